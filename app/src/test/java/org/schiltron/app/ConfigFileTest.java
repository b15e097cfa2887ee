package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a role finds wrong with a value of its file, it says where the value stands. */
class ConfigFileTest {
    @TempDir
    Path directory;

    private String errorOf(String role, Path file) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Schiltron.run(new PrintWriter(out, true), new PrintWriter(err, true), role, "-c", file.toString());
        assertThat(code).as(err.toString()).isEqualTo(Exit.USAGE.code());
        assertThat(err.toString()).hasLineCount(1);
        return err.toString();
    }

    /** In the second column a stroke ends a line; HERE is where an entry is wrong. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            mailbox | metrics = "none"                              | 1 | metrics: "none" has no port: expected host:port, or off
            mailbox | /metrics = "127.0.0.1:x"                      | 2 | metrics: "x" is not a port
            ring    | listen = "127.0.0.1:0"/customer = [/"abc"]    | 3 | customer:
            ring    | listen = "127.0.0.1:0"/key = "a\\u0000b"      | 2 | key: not the name of a file
            protect | backend = ["127.0.0.1:1",/"127.0.0.1"]        | 2 | backend: "127.0.0.1": "127.0.0.1" has no port
            protect | backend = ["127.0.0.1:1",/"127.0.0.1:2"]      | 2 | backend: "127.0.0.1:2": a second tcp backend without a name
            protect | backend = ["127.0.0.1:1"]/upstream = "maybe"  | 2 | upstream: "maybe" is not one of
            protect | backend = ["a:1"]/ring = [/"127.0.0.1:9",/"x@127.0.0.1:2"] | 4 | ring:
            protect | backend = ["a:1"]/key = ""                    | 2 | key: not the name of a file
            protect | backend = ["a:1"]/[tune]/udp-driver = "fast"  | 3 | tune.udp-driver: "fast" is not one of
            connect | link = "http://example.org"/listen = ["127.0.0.1:0"] | 1 | link: not a link
            connect | LINK/listen = [/"127.0.0.1:0",/"127.0.0.1"]   | 4 | listen: "127.0.0.1" has no port
            connect | LINK/listen = [/"a b=127.0.0.1:0"]            | 3 | listen: "a b" is not a name
            connect | LINK/udp = ["x"]                              | 2 | udp: "x" has no port
            mailbox | /[rare]/address-share-percent = 40/prefix-share-percent = 1 | 4 | rare.prefix-share-percent: 1 is less than rare.address-share-percent, 40
            mailbox | [rare]/services-per-prefix = 2                | 2 | rare.services-per-prefix: 2 is less than rare.services-per-address, 64
            mailbox | [tune]/udp-driver = "portable"/shards = 2     | 3 | tune.shards: more than one needs the native UDP driver
            mailbox | [tune]/max-gets = 63                          | 2 | tune.max-gets: 63 is less than 64
            mailbox | link-mbit-per-second = 100000/[tune]/store-ms = 60000 | 3 | tune.store-ms:
            """)
    void wrongValuesAreNamedWithFileAndLine(String role, String lines, int line, String message) throws IOException {
        Path file = directory.resolve("role.toml");
        Files.writeString(file, lines.replace("http://", "http:%%")
                .replace('/', '\n').replace("%%", "//").replace("LINK", "link = \"schiltron:"
                        + "4ztzlb7lq3vvarnpypikgx6bxgw7rcfuxjpagclpn2oumhivtfon765t@127.0.0.1:9\"")
                + "\n");
        assertThat(errorOf(role, file)).startsWith("schiltron " + role + ": " + file + ":" + line + ": " + message);
    }

    @Test
    void whatIsNotUtf8IsSaidSo() throws IOException {
        Path file = directory.resolve("role.toml");
        Files.write(file, "# caf\u00e9\nlisten = [\"127.0.0.1:0\"]\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(errorOf("mailbox", file)).contains(file + ":1: not UTF-8");
        Files.write(file, "\n\n# \u00e9".getBytes(StandardCharsets.UTF_16BE));
        assertThat(errorOf("mailbox", file)).contains(file + ":");
    }

    @Test
    void aByteOrderMarkIsNoFault() throws IOException {
        Path file = directory.resolve("role.toml");
        Files.writeString(file, "\ufeffmetrics = \"none\"\n");
        assertThat(errorOf("mailbox", file)).contains(file + ":1: metrics: \"none\" has no port");
    }
}
