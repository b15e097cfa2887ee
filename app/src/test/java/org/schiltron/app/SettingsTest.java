package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.app.Setting.Tier;

class SettingsTest {
    private static final Setting LISTEN = Setting.address(Tier.FIRST, "listen", "0.0.0.0:4500", "where to listen");
    private static final Setting NAMES = Setting.texts(Tier.FIRST, "name", 2, "names");
    private static final Setting PEERS = Setting.addresses(Tier.FIRST, "peer", 2, "peers");
    private static final Setting LINK = Setting.whole(Tier.TUNE, "link-mbit-per-second", 100, 1, 100_000, "the link");
    private static final Setting TRAINS = Setting.flag(Tier.TUNE, "egress-trains", true, "GSO");
    private static final Setting LABEL = Setting.text(Tier.RARE, "label", "", 8, "a label");
    private static final Setting KEYS = Setting.keys(Tier.FIRST, "customer", 2, "customers");
    private static final List<Setting> ALL = List.of(LISTEN, NAMES, PEERS, LINK, TRAINS, LABEL, KEYS);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            listen = "0.0.0.0:70000"          | 2 | listen: "70000" is not a port (0-65535)
            listen = "::1:4500"               | 2 | listen: "::1:4500"
            listen = 4500                     | 2 | listen: 4500 is not a host:port (host:port)
            listne = "0.0.0.0:1"              | 2 | listne: no such setting; did you mean listen?
            link-mbit-per-second = 5          | 2 | link-mbit-per-second: no such setting; did you mean tune.link-mbit-per-second?
            colour = "red"                    | 2 | colour: no such setting; docs/OPERATING.md lists them all
            peer = ["a:1", "b", "c:3"]        | 2 | peer: "b" has no port
            peer = ["a:1", "b:2", "c:3"]      | 2 | peer: 3 entries, at most 2 are allowed
            name = [1]                        | 2 | name: 1 is not a list of texts (up to 2)
            customer = [/"4ztzlb7lq3vvarnpypikgx6bxgw7rcfuxjpagclpn2oumhivtfon765t",/"abc"] | 4 | customer: a public key has 56 characters, this has 3
            listen = ["a:1", "b:2"]           | 2 | listen: a list is not a host:port (host:port)
            listen = "a:1                     | 2 | Unexpected
            [tune]/link-mbit-per-second = 0   | 3 | tune.link-mbit-per-second: 0 is out of range (1-100000)
            [tune]/link-mbit-per-second = 1.5 | 3 | tune.link-mbit-per-second: 1.5 is not a whole number (1-100000)
            [tune]/egress-trains = "yes"      | 3 | tune.egress-trains: "yes" is not a true or false
            [tune]/listen = "a:1"             | 3 | tune.listen: no such setting; did you mean listen?
            [rare]/label = "much too long"    | 3 | rare.label: 13 characters, at most 8 are allowed
            """)
    void wrongFilesAreRefusedWithTheirLine(String lines, int line, String message) throws IOException {
        Path file = write("# a comment\n" + lines.replace('/', '\n') + "\n");
        Failure failure = catchThrowableOfType(Failure.class, () -> Settings.read(file, Map.of(), ALL));
        assertThat(failure.exit()).isEqualTo(Exit.USAGE);
        assertThat(failure.line()).startsWith(file + ":" + line + ": " + message).doesNotContain("\n");
    }

    @Test
    void commandLineOverridesFileOverridesDefault() throws IOException {
        Path file = write("listen = \"[2001:db8::1]:4501\"\nname = [\"a\", \"b\"]\n[tune]\nlink-mbit-per-second = 7\n");
        Settings settings = Settings.read(file, Map.of("tune.link-mbit-per-second", List.of("9")), ALL);
        assertThat(String.valueOf(settings.address(LISTEN))).contains("4501");
        assertThat(settings.texts(NAMES)).containsExactly("a", "b");
        assertThat(settings.whole(LINK)).isEqualTo(9);
        assertThat(settings.flag(TRAINS)).isTrue();
        assertThat(settings.text(LABEL)).isNull();
        assertThat(settings.addresses(PEERS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            listen                    | x             | --listen: "x" has no port
            tune.link-mbit-per-second | 0             | --set tune.link-mbit-per-second: 0 is out of range (1-100000)
            tune.link-mbit-per-second | ten           | --set tune.link-mbit-per-second: "ten" is not a whole number
            tune.egress-trains        | on            | --set tune.egress-trains: "on" is not a true or false
            tune.nothing              | 1             | --set tune.nothing: no such setting
            """)
    void wrongArgumentsAreRefusedWithTheirName(String key, String value, String message) {
        Failure failure = catchThrowableOfType(Failure.class,
                () -> Settings.read(null, Map.of(key, List.of(value)), ALL));
        assertThat(failure.exit()).isEqualTo(Exit.USAGE);
        assertThat(failure.line()).startsWith(message);
    }

    @Test
    void missingFile() {
        Failure failure = catchThrowableOfType(Failure.class,
                () -> Settings.read(directory.resolve("none.toml"), Map.of(), ALL));
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("none.toml: cannot be read: there is no such file");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("role.toml"), text);
    }
}
