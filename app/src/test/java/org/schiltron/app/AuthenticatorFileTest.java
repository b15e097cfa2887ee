package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.filter.Rule;
import org.schiltron.filter.Word;

/** What both ends read in one file, and what is wrong with others. */
class AuthenticatorFileTest {
    private static final Word.Base NETWORK = Word.Base.NETWORK;
    private static final Word.Base TRANSPORT = Word.Base.TRANSPORT;

    @TempDir
    Path directory;

    private AuthenticatorFile read(String text) throws IOException {
        return AuthenticatorFile.read(Files.writeString(directory.resolve("auth.toml"), text));
    }

    private void refused(String says, String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(Failure.class).hasMessageContaining(says);
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(java.net.InetAddress.ofLiteral(address), 80);
    }

    /** Each family has a rule of its own: its key stands elsewhere. */
    @Test
    void theRuleLooksForWhatIsWritten() throws IOException {
        AuthenticatorFile file = read("""
                service = ["192.0.2.80", "2001:db8::80"]
                word = ["ip-id", "urgent-pointer"]
                key = "123beef"
                """);
        List<Rule> rules = file.at(0).rules("authenticator 1");
        assertThat(rules).extracting(Rule::name).containsExactly("authenticator 1", "authenticator 1 IPv6");
        assertThat(rules).allMatch(rule -> rule.protocols().equals(List.of(6)));
        assertThat(rules.getFirst().words()).containsExactly(new Word(NETWORK, 4, 0xff80_0000, 0x123 << 23),
                new Word(TRANSPORT, 16, 0xffff, 0xbeef));
        assertThat(rules.getLast().words()).containsExactly(new Word(TRANSPORT, 16, 0xffff, 0xbeef));
        assertThat(rules.getFirst().to()).hasSize(1).allMatch(prefix -> prefix.isIpv4());
        assertThat(rules.getLast().to()).hasSize(1).noneMatch(prefix -> prefix.isIpv4());
    }

    @Test
    void aKeyIsDrawnFromTheSecretAndChanges() throws IOException {
        KeyFiles.create(directory.resolve("shop.key"));
        AuthenticatorFile file = read("""
                service = "192.0.2.80"
                word = "ip-id"
                secret = "shop.key"
                every = "10s"
                """);
        Rule first = file.at(0).rules("a").getFirst();
        assertThat(first.words()).hasSize(1).noneMatch(word -> word.value() == 0);
        assertThat(first.protocols()).as("what edges send has it, and nothing else").containsExactly(6, 17);
        assertThat(file.at(10_000).rules("a").getFirst().words()).isNotEqualTo(first.words());
        assertThat(file.at(9_999).rules("a").getFirst().words()).isEqualTo(first.words());
    }

    @Test
    void whatGoesThereHasToHaveAField() throws IOException {
        AuthenticatorFile file = read("word = \"flow-label\"\nkey = \"cafe\"\n");
        file.check(at("2001:db8::80"));
        assertThatThrownBy(() -> file.check(at("192.0.2.80"))).hasMessageContaining("192.0.2.80");
    }

    @Test
    void whatIsWrongIsSaid() {
        refused("there are ip-id", "service = \"192.0.2.80\"\nword = \"dscp\"\nkey = \"1\"\n");
        refused("neither a secret to draw its key from", "service = \"192.0.2.80\"\nword = \"ip-id\"\n");
        refused("of 9 bits", "service = \"192.0.2.80\"\nword = \"ip-id\"\nkey = \"200\"\n");
        refused("in none of its fields 0", "service = \"192.0.2.80\"\nword = \"ip-id\"\nkey = \"0\"\n");
        refused("in none of its fields 0",
                "service = \"192.0.2.80\"\nword = [\"ip-id\", \"urgent-pointer\"]\nkey = \"beef\"\n");
        refused("hexadecimal", "service = \"192.0.2.80\"\nword = \"ip-id\"\nkey = \"1, source=192.0.2.1\"\n");
        refused("hexadecimal", "service = \"192.0.2.80\"\nword = \"ip-id\"\nkey = \"xyz\"\n");
        refused("it needs word", "source-port = \"4000-4999\"\nkey = \"1\"\n");
        refused("in a packet to 2001:db8", "service = \"2001:db8::1\"\nword = \"ip-id\"\nkey = \"1\"\n");
        refused("in a packet to 192.0.2.80",
                "destination = \"192.0.2.80\"\nservice = \"2001:db8::1\"\nword = \"flow-label\"\nkey = \"1\"\n");
        refused("41", "word = [\"ip-id\", \"flow-label\", \"urgent-pointer\"]\nkey = \"1\"\n");
        refused("nothing to show", "every = \"10s\"\n");
    }
}
