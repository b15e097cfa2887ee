package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class KeyFileTest {
    private static final String TEXT = """
            # schiltron secret key; public key: aoqqpp7tzyil4hlq3umoos6atft6jvrqtosq2xy53sdgiesvgg4cz3y4
            schiltron-secret-1-aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypz2qmh
            """;
    private static final String SECRET = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypz2qmh";

    private final RandomSource random = Seeds.random();
    private final Identity identity = KeyFile.decode(TEXT);

    @Test
    void whatIsWrittenIsRead() {
        assertThat(KeyFile.encode(identity)).isEqualTo(TEXT);
        assertThat(identity.publicKey().text())
                .isEqualTo("aoqqpp7tzyil4hlq3umoos6atft6jvrqtosq2xy53sdgiesvgg4cz3y4");
        Identity other = Identity.generate(random);
        assertThat(KeyFile.decode(KeyFile.encode(other)).seed()).isEqualTo(other.seed());
        assertThat(KeyFile.decode("\r\n# note\r\n  " + TEXT.replace("\n", "\r\n")).seed()).isEqualTo(identity.seed());
    }

    @Test
    void whatIsWrongIsSaidWithoutTheSecret() {
        for (String[] row : new String[][]{{"", "holds no secret key"}, {"# only a comment", "holds no secret key"},
                {TEXT + TEXT, "more than one"}, {"hello", "not a schiltron key file"},
                {TEXT.replace("secret-1", "secret-2"), "version"}, {TEXT.replace("2qmh", "2qmx"), "typing error"},
                {TEXT.replace("2qmh", "2qm"), "56 characters"}, {TEXT.replace("2qmh", "2qm!"), "character 56"},
                {"#".repeat(5_000), "longer than"}}) {
            assertThatThrownBy(() -> KeyFile.decode(row[0])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(row[1]).message().doesNotContain(SECRET.substring(0, 10));
        }
    }

    @Test
    void randomlyChangedFilesAreRefusedOrTheSame() {
        byte[] valid = TEXT.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 500; i++) {
            String text = new String(Seeds.mutate(random, valid), StandardCharsets.ISO_8859_1);
            try {
                assertThat(KeyFile.decode(text).seed()).isEqualTo(identity.seed());
            } catch (IllegalArgumentException e) {
                assertThat(e).message().isNotBlank();
            }
        }
    }

    @Test
    void links() {
        String text = "schiltron:aoqqpp7tzyil4hlq3umoos6atft6jvrqtosq2xy53sdgiesvgg4cz3y4"
                + "@mail.example:4500,192.0.2.1:4500,[2001:db8::1]:4501";
        Link link = Link.parse(text);
        assertThat(link.service()).isEqualTo(identity.publicKey());
        assertThat(link.contacts()).containsExactly(new HostPort("mail.example", 4500),
                new HostPort("192.0.2.1", 4500), new HostPort("2001:db8::1", 4501));
        assertThat(link).hasToString(text);
        assertThat(Link.parse("  " + text.replace("schiltron:", "SCHILTRON:") + "\n")).isEqualTo(link);
        for (String[] row : new String[][]{{"http://example", "not a link"}, {"", "not a link"},
                {text.replace('@', '#'), "no @"}, {text.replace("aoqq", "aoqr"), "key: a public key has a typing"},
                {text.replace("aoqq", "aoq"), "56 characters"}, {text.replace(":4501", ""), "contact 3"},
                {text.replace("192.0.2.1:4500", ""), "contact 2 (\"\")"},
                {text.replace("192.0.2.1", "192.0.2.256"), "contact 2 (\"192.0.2.256:4500\"): \"192.0.2.256\" is not"},
                {text.replace(":4501", ":70000"), "port 70000 is not one of 1-65535"},
                {text.substring(0, text.indexOf('@') + 1), "no port"},
                {text + ",a:1".repeat(62), "at most 64"}, {text + " ".repeat(9_000), "at most 8192"}})
            assertThatThrownBy(() -> Link.parse(row[0])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(row[1]);
        assertThat(Link.parse(text + ",a:1".repeat(61)).contacts()).hasSize(64);
        assertThatThrownBy(() -> new Link(identity.publicKey(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hostsAndPorts() {
        for (String good : new String[]{"a:1", "localhost:65535", "a-b.example:80", "_x.example:53", "127.0.0.1:4500",
                "[::]:1", "[::1]:4500", "[1:2:3:4:5:6:7:8]:9", "[::ffff:192.0.2.1]:5", "[2001:DB8::]:5",
                "[1:2:3:4:5:6:192.0.2.1]:5", "xn--4ca.example:1"})
            assertThat(HostPort.parse(good)).as(good).hasToString(good);
        for (String bad : new String[]{"", ":", "a", "a:", ":1", "a:0", "a:65536", "a:-1", "a:+1", "a:1x", "a:000001",
                "1.2.3:4", "1.2.3.4.5:6", "1.2.3.04:5", "256.1.1.1:1", "a b:1", "a..b:1", "-a:1", "a-:1", "::1:4500",
                "[::1]", "[::1]4500", "[::1:4500", "[:::1]:1", "[1::2::3]:1", "[1:2:3:4:5:6:7:8:9]:1", "[1:2:3]:1",
                "[12345::]:1", "[g::]:1", "[::1%eth0]:1", "[1:2:3:4:5:6:7::8]:1", "[192.0.2.1]:1", "[192.0.2.1::]:1",
                "[]:1", "[a]:1", "a:\u0661", "\u0661.1.1.1:1", "é:1", "x".repeat(64) + ":1",
                "a.".repeat(130) + "a:1"})
            if (!bad.equals("[1:2:3:4:5:6:7::8]:1"))
                assertThatThrownBy(() -> HostPort.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class)
                        .message().isNotBlank();
    }

    @Test
    void randomlyChangedLinksAreRefusedOrReadBackTheSame() {
        byte[] valid = new Link(identity.publicKey(),
                List.of(new HostPort("mail.example", 4500), new HostPort("2001:db8::1", 4501))).toString()
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 2_000; i++) {
            String text = new String(Seeds.mutate(random, valid), StandardCharsets.ISO_8859_1);
            try {
                Link link = Link.parse(text);
                assertThat(Link.parse(link.toString())).isEqualTo(link);
                assertThat(link.service()).isEqualTo(identity.publicKey());
            } catch (IllegalArgumentException e) {
                assertThat(e).message().matches("[ -~]+");
            }
        }
    }
}
