package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

/** The hashes were made by Python's hashlib and by libxcrypt. */
class PasswordsTest {
    private static final long NOW = 1_800_000_000;
    private static final Path HERE = Path.ofIpv4(0xc0000201, 1);
    private static final List<String> LINES = List.of("# name:hash", "",
            "ann:$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$Mqp8wAsrOsjVEIymTD0kATxTpTf4f.0ZMgQPDlukk/w",
            "bob:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW",
            "eve@example.org:$2b$04$abcdefghijklmnopqrstuum174eFeoTj0DHmtuueFaS3Wde4P7wHG",
            "uma:$pbkdf2-sha256$29000$AAECAwQFBgcICQoLDA0ODw$LtNEuTh68R4hz6LXkeDELgL1KV7BIMY9fzBSZc5m7eM",
            "max:$2y$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q");

    private final PasswordFile file = PasswordFile.parse(LINES, new SeededRandom(1));

    @ParameterizedTest
    @CsvSource({"ann, open sesame, true", "ann, open sesam, false", "ann, '', false", "bob, open sesame, true",
            "bob, Open sesame, false", "eve@example.org, p\u00e4ssword, true", "uma, p\u00e4ssword, true",
            "uma, passw\u00f6rd, false", "nobody, open sesame, false", "'', '', false", "ANN, open sesame, false"})
    void namesAndPasswords(String user, String password, boolean right) {
        assertThat(file.check(user, password)).isEqualTo(right);
    }

    @Test
    void longPasswords() {
        assertThat(file.check("max", "x".repeat(80))).isTrue();
        assertThat(file.check("max", "x".repeat(72))).as("all that bcrypt looks at").isTrue();
        assertThat(file.check("max", "x".repeat(71))).isFalse();
        assertThat(file.check("max", "x".repeat(257))).as("longer than is looked at").isFalse();
        assertThat(file.check("ann", "x".repeat(100_000))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann", "ann:", ":$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW",
            "an n:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW", "ann:secret", "ann:$1$abc$def",
            "ann:$2y$15$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW",
            "ann:$2y$03$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW",
            "ann:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wC",
            "ann:$pbkdf2-sha256$9000000$MDEyMzQ1Njc4OWFiY2RlZg$Mqp8wAsrOsjVEIymTD0kATxTpTf4f.0ZMgQPDlukk/w",
            "ann:$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZ$Mqp8wAsrOsjVEIymTD0kATxTpTf4f.0ZMgQPDlukk/w",
            "ann:$pbkdf2-sha256$1000$$Mqp8wAsrOsjVEIymTD0kATxTpTf4f.0ZMgQPDlukk/w"})
    void aBadLineIsNamedWithoutItsHash(String line) {
        assertThatThrownBy(() -> PasswordFile.parse(List.of("# x", line), new SeededRandom(1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("line 2: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("BUC49", "Mqp8", "secret"));
    }

    @Test
    void aFileSaysEachNameOnceAndSomeName() {
        assertThatThrownBy(() -> PasswordFile.parse(List.of(LINES.get(2), LINES.get(2)), new SeededRandom(1)))
                .hasMessage("line 2: \"ann\" is there twice");
        assertThatThrownBy(() -> PasswordFile.parse(List.of("#"), new SeededRandom(1)))
                .hasMessageContaining("1 to 100000");
    }

    @Test
    void aSourceMayBeWrongFiveTimesThenNowAndThen() {
        Passwords passwords = new Passwords(file, new SeededRandom(1));
        for (int i = 0; i < FailureLimit.BURST; i++)
            assertThat(passwords.check("bob", "guess " + i, HERE, NOW)).isEqualTo(Passwords.Outcome.WRONG);
        assertThat(passwords.check("bob", "open sesame", HERE, NOW)).as("even the right one, unseen")
                .isEqualTo(Passwords.Outcome.LATER);
        assertThat(passwords.check("bob", "open sesame", Path.ofIpv4(0xc0000202, 1), NOW)).as("from elsewhere")
                .isEqualTo(Passwords.Outcome.RIGHT);
        assertThat(passwords.check("bob", "guess", HERE, NOW + FailureLimit.INTERVAL_SECONDS))
                .isEqualTo(Passwords.Outcome.WRONG);
        assertThat(passwords.check("bob", "guess", HERE, NOW + FailureLimit.INTERVAL_SECONDS))
                .isEqualTo(Passwords.Outcome.LATER);
    }

    @Test
    void whoIsRightIsNotLimitedAndKnownAgain() {
        Passwords passwords = new Passwords(file, new SeededRandom(1));
        for (int i = 0; i < 200; i++)
            assertThat(passwords.check("bob", "open sesame", HERE, NOW)).isEqualTo(Passwords.Outcome.RIGHT);
        for (int i = 0; i < 20; i++)
            passwords.check("bob", "guess " + i, HERE, NOW);
        assertThat(passwords.check("bob", "open sesame", HERE, NOW)).as("remembered, though the source is limited")
                .isEqualTo(Passwords.Outcome.RIGHT);
        assertThat(passwords.check("ann", "open sesame", HERE, NOW)).as("another name with that password")
                .isEqualTo(Passwords.Outcome.LATER);
    }

    @Test
    void allTogetherCauseSoManyChecksASecond() {
        Passwords passwords = new Passwords(file, new SeededRandom(1));
        int looked = 0;
        for (int i = 0; i < 3 * Passwords.CHECKS_PER_SECOND; i++)
            if (passwords.check("nobody", "x", Path.ofIpv4(i, 1), NOW) == Passwords.Outcome.WRONG)
                looked++;
        assertThat(looked).isEqualTo(Passwords.CHECKS_PER_SECOND);
        assertThat(passwords.check("nobody", "x", HERE, NOW + 1)).isEqualTo(Passwords.Outcome.WRONG);
    }

    @Test
    void basicAuthenticationAtTheDoor() {
        Doorkeeper door = new Doorkeeper(DoorSettings.of("Shop", Authentication.PASSWORD, Authentication.NONE),
                new EdgeKey(new byte[32]), new Credentials(null, new Passwords(file, new SeededRandom(1)), null, null),
                new SeededRandom(1));
        assertThat(basic(door, "uma:p\u00e4ssword").client()).isEqualTo("uma");
        for (String wrong : List.of("uma:x", "uma", ":", ""))
            assertThat(basic(door, wrong).field("WWW-Authenticate"))
                    .isEqualTo("Basic realm=\"Shop\", charset=\"UTF-8\"");
        for (String row : List.of("", "Authorization: Basic~", "Authorization: Basic !!~", "Authorization: Bearer x~",
                "Accept: text/html~"))
            assertThat(
                    DoorkeeperTest.ask(door, "GET / HTTP/1.1~Host: a~" + row + "~", DoorkeeperTest.HERE, NOW).status())
                    .as(row).isEqualTo(401);
        for (int i = 0; i < 10; i++)
            basic(door, "uma:" + i);
        assertThat(basic(door, "uma:y").status()).isEqualTo(429);
        assertThat(basic(door, "uma:y").field("Retry-After")).isEqualTo("30");
    }

    private static DoorkeeperTest.Reply basic(Doorkeeper door, String pair) {
        return DoorkeeperTest.ask(door, "GET / HTTP/1.1~Host: a~Authorization: Basic "
                + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)) + "~~", DoorkeeperTest.HERE, NOW);
    }

    @Test
    void aPasswordEarnsAGrant() {
        SourceGrants grants = new SourceGrants(2);
        Doorkeeper door = new Doorkeeper(DoorSettings.of("Shop", Authentication.GRANT, Authentication.PASSWORD),
                new EdgeKey(new byte[32]),
                new Credentials(null, new Passwords(file, new SeededRandom(1)), null, grants),
                new SeededRandom(1));
        assertThat(form(door, "user=bob&password=no").body()).contains("name or the password is wrong");
        assertThat(grants.size()).isZero();
        assertThat(form(door, "user=bob&password=open+sesame").status()).isEqualTo(303);
        assertThat(grants.granted(DoorkeeperTest.HERE.source(), NOW)).isTrue();
        assertThat(form(door, "user=uma&password=p%C3%A4ssword").status()).isEqualTo(303);
        assertThat(form(door, "user=%&password=%zz&user").status()).isEqualTo(403);
    }

    private static DoorkeeperTest.Reply form(Doorkeeper door, String form) {
        return DoorkeeperTest.ask(door, "POST /.schiltron/grant HTTP/1.1~Host: a~Accept: text/html~Content-Length: "
                + form.length() + "~~" + form, DoorkeeperTest.HERE, NOW);
    }

    @Test
    void mutantsOfAFileAreReadOrNamed() {
        RandomSource random = Fuzz.random();
        Fuzz.mutants(random, LINES.subList(2, 7).stream().map(line -> line.getBytes(ISO_8859_1)).toList(), mutant -> {
            try {
                PasswordFile.parse(List.of(new String(mutant, ISO_8859_1).split("\n", -1)), random);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).matches("(?s)(line \\d+: .*|a password file has .*)");
            }
        });
    }
}
