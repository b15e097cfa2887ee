package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Succession;
import org.schiltron.proof.Token;
import tools.jackson.databind.JsonNode;

/** Tokens, delegations and successions as a person makes them. */
class TokenCommandTest {
    private static final long DAY = 86_400;

    @TempDir
    Path directory;

    private Path key;
    private Identity service;
    private Identity client;

    record Run(int exit, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    @BeforeEach
    void makeKeys() {
        key = directory.resolve("service.key");
        service = KeyFiles.create(key);
        client = KeyFiles.create(directory.resolve("client.key"));
    }

    static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Schiltron.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Run(exit, out.toString(), err.toString());
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private Run ok(String... args) {
        Run run = run(args);
        assertThat(run.exit).as(run.err).isZero();
        assertThat(run.err).isEmpty();
        return run;
    }

    @Test
    void aTokenIsTheServicesForThatClient() {
        String printed = ok("token", "issue", "--key", key.toString(), "--for", client.publicKey().text(), "--expires",
                "30d", "--rate", "12").lines().getFirst();
        Token token = Token.parse(printed);
        long now = System.currentTimeMillis() / 1_000;
        assertThat(token.isFor(service.publicKey())).isTrue();
        assertThat(token.signedBy(service.publicKey())).isTrue();
        assertThat(token.client()).isEqualTo(client.publicKey());
        assertThat(token.connectionsPerMinute()).isEqualTo(12);
        assertThat(token.expiresEpochSeconds() % DAY).as("tells nothing of when it was issued").isZero();
        assertThat(token.expiresEpochSeconds() - now).isBetween(30 * DAY - 60, 31 * DAY);

        ok("token", "issue", "--key", key.toString(), "--for", client.publicKey().text(), "--expires", "30d", "--out",
                at("a.token"));
        Run shown = ok("token", "show", at("a.token"), "--issuer", service.publicKey().text());
        assertThat(shown.out).contains("client: " + client.publicKey(), "rate: as the mailbox likes",
                "signature: by " + service.publicKey());
        Run notHis = run("token", "show", printed, "--issuer", client.publicKey().text(), "--json");
        assertThat(notHis.exit).isEqualTo(Exit.FAILED.code());
        JsonNode json = Json.MAPPER.readTree(notHis.out);
        assertThat(json.path("signed").asBoolean(true)).isFalse();
        assertThat(json.path("serial").asLong()).isEqualTo(token.serial());
        assertThat(json.path("client").asString()).isEqualTo(client.publicKey().text());
    }

    /** Keys, serials and seconds must not tell that they belong together. */
    @Test
    void manyTokensShareNothingThatIsNotTheServices() throws IOException {
        List<String> lines = ok("token", "issue", "--key", key.toString(), "--count", "5", "--expires", "7d", "--out",
                at("tokens"), "--json").lines();
        assertThat(lines).hasSize(5);
        List<Long> serials = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            Path keyFile = directory.resolve("tokens/client-" + i + ".key");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile))).isEqualTo("rw-------");
            Token token = TextFiles.read(directory.resolve("tokens/client-" + i + ".token"), Token::parse);
            assertThat(token.client()).isEqualTo(KeyFiles.read(keyFile).publicKey());
            assertThat(token.expiresEpochSeconds() % DAY).isZero();
            serials.add(token.serial());
            JsonNode line = Json.MAPPER.readTree(lines.get(i - 1));
            assertThat(line.path("token").asString()).isEqualTo(token.text());
            assertThat(line.path("files").valueStream().map(JsonNode::asString))
                    .containsExactly(keyFile.toString(), at("tokens/client-" + i + ".token"));
        }
        assertThat(serials).doesNotHaveDuplicates().isNotEqualTo(serials.stream().sorted().toList());
        Run again = run("token", "issue", "--key", key.toString(), "--count", "1", "--expires", "7d", "--out",
                at("tokens"));
        assertThat(again.exit).as("never overwrites a key").isEqualTo(Exit.FILE.code());
    }

    @Test
    void aDelegateIssuesWhatItMay() {
        Path desk = directory.resolve("desk.key");
        Identity delegate = KeyFiles.create(desk);
        for (String use : new String[]{"tokens", "records"}) {
            ok("key", "delegate", "--key", key.toString(), "--for", delegate.publicKey().text(), "--expires", "7d",
                    "--uses", use, "--out", at(use));
            Run run = run("token", "issue", "--key", desk.toString(), "--delegation", at(use), "--for",
                    client.publicKey().text(), "--expires", "1h");
            if (use.equals("tokens")) {
                Token token = Token.parse(run.lines().getFirst());
                assertThat(token.isFor(service.publicKey())).isTrue();
                assertThat(token.signedBy(delegate.publicKey())).isTrue();
            } else {
                assertThat(run.exit).isEqualTo(Exit.FILE.code());
                assertThat(run.err).contains("the delegation is not for tokens");
            }
        }
        Run others = run("token", "issue", "--key", at("client.key"), "--delegation", at("tokens"), "--for",
                client.publicKey().text(), "--expires", "1h");
        assertThat(others.exit).isEqualTo(Exit.FILE.code());
        assertThat(others.err).contains("delegates to " + delegate.publicKey());
    }

    @Test
    void delegationsAndSuccessionsHold() {
        long now = System.currentTimeMillis() / 1_000;
        Delegation delegation = Delegation.parse(ok("key", "delegate", "--key", key.toString(), "--for",
                client.publicKey().text(), "--expires", "7d", "--uses", "records,batches,handshakes,tokens").lines()
                .getFirst());
        for (Delegation.Use use : Delegation.Use.values())
            assertThat(delegation.check(service.publicKey(), use, now)).isNull();
        JsonNode json = Json.MAPPER.readTree(ok("key", "delegate", "--key", key.toString(), "--for",
                client.publicKey().text(), "--expires", "90s", "--uses", "batches", "--json").out);
        assertThat(Delegation.parse(json.path("delegation").asString()).expiresEpochSeconds() - now)
                .isBetween(90L, 150L);
        assertThat(json.path("uses").valueStream().map(JsonNode::asString)).containsExactly("batches");

        Succession succession = Succession
                .parse(ok("key", "succeed", "--key", key.toString(), "--new", at("client.key")).lines().getFirst());
        assertThat(succession.check(now)).isNull();
        assertThat(succession.from()).isEqualTo(service.publicKey());
        assertThat(succession.to()).isEqualTo(client.publicKey());
    }

    @Test
    void revokedTokensStandBesideTheKeyUntilTheyWouldHaveExpired() throws IOException {
        ok("token", "issue", "--key", key.toString(), "--for", client.publicKey().text(), "--expires", "30d", "--out",
                at("a.token"));
        Token token = TextFiles.read(directory.resolve("a.token"), Token::parse);
        RevocationFile file = RevocationFile.besideKey(key);
        assertThat(file.read(0)).isEmpty();
        ok("token", "revoke", "--key", key.toString(), at("a.token"), "77");
        assertThat(ok("token", "revoke", "--key", key.toString(), token.text()).out)
                .isEqualTo("revoked " + token.serial() + " in " + key + ".revoked\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path()))).isEqualTo("rw-------");
        long end = token.expiresEpochSeconds();
        assertThat(file.read(end - 1)).containsExactlyInAnyOrderEntriesOf(
                Map.of(77L, RevocationFile.UNKNOWN, token.serial(), end));
        assertThat(file.read(end)).containsOnlyKeys(77L);
        file.add(Map.of(78L, end + 5), end + 1);
        assertThat(file.path()).hasContent("77\n78 " + (end + 5) + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "1 2 3", "-1", "99999999999999999999", "1 x", "1 99999999999999999999"})
    void aDamagedRevocationFileIsOneLineThatNamesIt(String line) throws IOException {
        RevocationFile file = RevocationFile.besideKey(key);
        Files.writeString(file.path(), "# by hand\n5 9\n" + line + "\n");
        Failure failure = catchThrowableOfType(Failure.class, () -> file.read(0));
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("service.key.revoked:3: ");
    }

    @Test
    void theRevocationFileIsBounded() throws IOException {
        RevocationFile file = RevocationFile.besideKey(key);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i <= RevocationFile.MAX_ENTRIES; i++)
            lines.append(i).append('\n');
        Files.writeString(file.path(), lines);
        assertThat(catchThrowableOfType(Failure.class, () -> file.read(0)).line()).contains("more than 65536");
        Files.writeString(file.path(), " ".repeat(RevocationFile.MAX_BYTES + 1));
        assertThat(catchThrowableOfType(Failure.class, () -> file.read(0)).line()).contains("longer than");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            token issue --key K --for x --expires 30d            | 2 | --for: a public key has 56 characters
            token issue --key K --for C --expires 30             | 2 | --expires: "30" is not a time from 1s to 3660d
            token issue --key K --for C --expires 0d             | 2 | --expires: "0d" is not a time
            token issue --key K --for C --expires 99999d         | 2 | --expires:
            token issue --key K --for C --expires 1d --rate 65536 | 2 | --rate: 65536 is not one of 0-65535
            token issue --key K --for C --count 3 --expires 1d   | 2 | Error:
            token issue --key K --expires 1d                     | 2 | Error:
            token issue --key K --count 3 --expires 1d           | 2 | --out DIR
            token issue --key K --count 0 --expires 1d --out d   | 2 | --count: 0 is not one of 1-10000
            token issue --key none.key --for C --expires 1d      | 5 | none.key: cannot be read
            token issue --for C --expires 1d                     | 2 | Missing required option: '--key=FILE'
            token show none.token                                | 5 | none.token: cannot be read
            token show schiltron-token-1-abc                     | 2 | a token has 236 characters, this has 3
            token show schiltron-token-2-abc                     | 2 | not a token
            token show K                                         | 5 | not a token
            token revoke --key K none.token                      | 5 | none.token: cannot be read
            token revoke --key none.key 5                        | 5 | none.key: cannot be read
            token revoke --key K 9999999999999999999             | 2 | too large
            token revoke --key K                                 | 2 | Missing required parameter: 'TOKEN'
            key delegate --key K --for C --expires 1d --uses a   | 2 | --uses: "a" is not one of records, batches
            key delegate --key K --for x --expires 1d --uses tokens | 2 | --for: a public key has 56
            key delegate --key K --for C --expires 1w --uses tokens | 2 | --expires: "1w"
            key delegate --key K --for C --expires 1d --uses tokens --out /nonexistent/d | 5 | /nonexistent/d: cannot be written
            key succeed --key K --new K                          | 2 | holds the same key
            key succeed --key K --new none.key                   | 5 | none.key: cannot be read
            """)
    void wrongUseIsOneLineAndItsCode(String line, int exit, String message) {
        String[] args = line.strip().split(" ");
        for (int i = 0; i < args.length; i++)
            args[i] = args[i].equals("K") ? key.toString() : args[i].equals("C") ? client.publicKey().text() : args[i];
        Run run = run(args);
        assertThat(run.err).contains(message).hasLineCount(1);
        assertThat(run.out).isEmpty();
        assertThat(run.exit).isEqualTo(exit);
    }
}
