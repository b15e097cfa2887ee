package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.toml.BadFileException;

/** Files of rules: what is understood, and what is said of those that are wrong. */
class RulesFileTest {
    private static final String TOP = "protects = [\"192.0.2.0/24\"]\n";

    @TempDir
    Path directory;

    private RuleSet read(String toml) throws Exception {
        Path file = directory.resolve("rules.toml");
        Files.writeString(file, toml);
        return RulesFile.read(file);
    }

    @Test
    void textIsReadAsAFileIs() throws Exception {
        String toml = TOP + "[[rule]]\ndo = \"allow\"\nprotocol = \"udp\"\nport = 53\n";
        assertThat(RulesFile.of(directory.resolve("rules.toml"), toml)).isEqualTo(read(toml));
        assertThatThrownBy(() -> RulesFile.of(Path.of("made up"), TOP + "[[rule]]\ndo = \"jump\"\n"))
                .isInstanceOf(BadFileException.class).hasMessageStartingWith("made up:3:");
    }

    @Test
    void everyKeyIsUnderstood() throws Exception {
        Files.writeString(directory.resolve("blocked.txt"), "# a list\n203.0.113.0/24 ; spam\n\n2001:db8::1\n");
        RuleSet rules = read("""
                name = "shop"
                protects = ["192.0.2.0/24", "2001:db8:5::/48"]
                otherwise = "allow"
                fragments = "judge"
                hides = ["ids", "hops"]
                interior = "198.51.100.0/24"
                [[rule]]
                do = "drop"
                from-file = "blocked.txt"
                from = "198.51.100.0/24"
                [[rule]]
                name = "web"
                do = "allow"
                to = ["192.0.2.80"]
                protocol = ["tcp", 17]
                port = [80, "8000-8080"]
                source-port = "1024-65535"
                word = [{ in = "transport", at = 4, mask = "0xff", value = "0x7F" }]
                [[rule]]
                do = "limit"
                rate = "80Mbit"
                per = "source"
                """);
        assertThat(rules.name()).isEqualTo("shop");
        assertThat(rules.allowsRest()).isTrue();
        assertThat(rules.judgeFragments()).isTrue();
        assertThat(rules.hides()).isEqualTo(new Hiding(true, true, List.of(Prefix.parse("198.51.100.0/24"))));
        assertThat(rules.rules().getFirst().from()).extracting(Prefix::text).containsExactly("198.51.100.0/24",
                "203.0.113.0/24", "2001:db8::1");
        Rule web = rules.rules().get(1);
        assertThat(web).isEqualTo(new Rule("web", 11, new Action.Allow(), List.of(),
                List.of(Prefix.parse("192.0.2.80")),
                List.of(6, 17),
                List.of(new PortRange(1_024, 65_535)), List.of(new PortRange(80, 80), new PortRange(8_000, 8_080)),
                List.of(new Word(Word.Base.TRANSPORT, 4, 0xff, 0x7f))));
        assertThat(rules.rules().getLast().name()).isEqualTo("rule 3");
        assertThat(rules.rules().getLast().action()).isEqualTo(new Action.Limit(10_000_000, 1_000_000, false, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "do = \"deny\" | 3: rule 1.do: \"deny\" is not one of allow, drop, limit, requested",
            "do = \"drop\"\\nport = 70000 | 4: rule 1.port: 70000-70000 is not a port (0 to 65535) or a range such as \"1000-1999\"",
            "do = \"drop\"\\nport = \"9-1\" | 4: rule 1.port: 9-1 is not a port",
            "do = \"drop\"\\nport = [] | 4: rule 1.port: an empty list",
            "do = \"drop\"\\nprotocol = \"icmp\"\\nport = 1 | 5: rule 1.port: only tcp and udp have ports",
            "do = \"drop\"\\nprotocol = 256 | 4: rule 1.protocol: \"256\" is not a protocol",
            "do = \"drop\"\\nfrom = \"1.2.3.4/33\" | 4: rule 1.from: \"1.2.3.4/33\" has more than 32 bits",
            "do = \"drop\"\\nfrom = \"1.2.3.4/24\" | 4: rule 1.from: \"1.2.3.4/24\" has bits beyond its length",
            "do = \"drop\"\\nfrom = [] | 4: rule 1.from: an empty list: leave the key out for all addresses",
            "do = \"drop\"\\nto = \"192.0.3.1\" | 4: rule 1.to: 192.0.3.1 is not within what this file protects",
            "do = \"drop\"\\nfrom-file = \"gone.txt\" | 4: rule 1.from-file: ",
            "do = \"drop\"\\nfromm = \"1.2.3.4\" | 4: rule 1.fromm: no such key; did you mean from?",
            "do = \"limit\" | 2: rule 1: needs a key rate",
            "do = \"limit\"\\nrate = \"1Mbit\"\\npackets = 3 | 2: rule 1: needs a key rate",
            "do = \"limit\"\\nrate = \"fast\" | 4: rule 1.rate: \"fast\" is not a rate",
            "do = \"limit\"\\npackets = 0 | 4: rule 1.packets: 0 is out of range",
            "do = \"allow\"\\nrate = \"1Mbit\" | 4: rule 1.rate: no such key",
            "do = \"requested\"\\nprotocol = \"tcp\" | 4: rule 1.protocol: mailboxes answer over UDP alone",
            "do = \"allow\"\\nprotocol = \"udp\"\\nword = [{ at = 125, value = \"0x1\" }] | 5: rule 1.word 1.at: 125 is out of range",
            "do = \"allow\"\\nprotocol = \"udp\"\\nword = [{ at = 0, value = \"beef\" }] | 5: rule 1.word 1.value: \"beef\" is not four bytes",
            "do = \"allow\"\\nprotocol = \"udp\"\\nword = [{ at = 0, value = \"0x1\", mask = \"0x0\" }] | 5: rule 1.word 1.mask: 0 leaves nothing",
            "do = \"allow\"\\nprotocol = \"udp\"\\nword = [{ at = 0, value = \"0x3\", mask = \"0x1\" }] | 5: rule 1.word 1.value: has bits outside",
            "do = \"allow\"\\nword = [{ at = 0, value = \"0x3\" }] | 4: rule 1.word 1.in: a payload lies behind the header of one protocol",
            "do = \"allow\"\\nname = \"authenticator 1\" | 4: rule 1.name: \"authenticator 1\" is what the ring calls rules of its own",
            "do = \"allow\"\\nname = \"a\"\\n[[rule]]\\ndo = \"drop\"\\nname = \"a\" | 7: rule 2.name: the rule in line 2 is called \"a\" too",
            "do = \"allow\"\\nname = \"say \\\\\"x\\\\\"\" | 4: rule 1.name: 1 to 64 printable characters"})
    void whatIsWrongIsSaidWithItsLine(String rule, String message) {
        assertThatThrownBy(() -> read(TOP + "[[rule]]\n" + rule.replace("\\n", "\n").replace("\\\\", "\\")))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("rules.toml:" + message);
    }

    @Test
    void aFileWithoutProtectedAddressesIsRefused() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("needs a key protects");
        assertThatThrownBy(() -> read("protects = []")).hasMessageContaining("empty list");
        assertThatThrownBy(() -> read("name = \"A b\"\n" + TOP)).hasMessageContaining("is not a name");
        assertThatThrownBy(() -> read(TOP + "hides = \"ttl\"")).hasMessageContaining("one of hops, ids");
        assertThatThrownBy(() -> read(TOP + "hides = \"hops\"\ninterior = \"192.0.3.1\""))
                .hasMessageContaining("rules.toml:3: interior: only hides = [\"ids\"]");
    }

    @Test
    void aListOfNobodyIsRefusedSinceItWouldBeAboutEverybody() throws Exception {
        Files.writeString(directory.resolve("empty.txt"), "# nobody yet\n");
        assertThatThrownBy(() -> read(TOP + "[[rule]]\ndo = \"drop\"\nfrom-file = \"empty.txt\""))
                .hasMessageContaining("empty.txt: no prefix in it");
        Files.writeString(directory.resolve("bad.txt"), "1.2.3.4\n1.2.3\n");
        assertThatThrownBy(() -> read(TOP + "[[rule]]\ndo = \"drop\"\nfrom-file = \"bad.txt\""))
                .hasMessageContaining("bad.txt:2: \"1.2.3\" is not");
        Files.write(directory.resolve("binary.txt"), new byte[]{(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> read(TOP + "[[rule]]\ndo = \"drop\"\nfrom-file = \"binary.txt\""))
                .hasMessageContaining("not UTF-8");
    }
}
