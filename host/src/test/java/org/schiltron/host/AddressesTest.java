package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({"192.0.2.1:4500, 192.0.2.1, 4500", "[2001:db8::1]:4500, 2001:db8::1, 4500",
            "example.org:0, example.org, 0", "localhost:65535, localhost, 65535"})
    void readsHostAndPort(String text, String host, int port) {
        InetSocketAddress parsed = Addresses.parse(text);
        assertThat(parsed.getHostString()).isEqualTo(host);
        assertThat(parsed.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"192.0.2.1|\"192.0.2.1\" has no port: expected host:port",
            "[::1]|\"[::1]\" has no port: expected host:port", "a:70000|\"70000\" is not a port (0-65535)",
            "a:-1|\"-1\" is not a port (0-65535)", "a:|\"\" is not a port (0-65535)",
            "a:٣|\"٣\" is not a port (0-65535)",
            ":80|\":80\" has no host name or address: expected host:port",
            "http://a:80|\"http://a:80\" is ambiguous: put the IPv6 address in brackets, [address]:port",
            "2001:db8::1:80|\"2001:db8::1:80\" is ambiguous: put the IPv6 address in brackets, [address]:port"})
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Addresses.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1:4500", "[2001:db8::1]:4500", "0.0.0.0:1", "[::]:65535", "255.255.255.255:0"})
    void crossesAllThreeForms(String text) throws Exception {
        InetSocketAddress address = Addresses.resolve(text);
        assertThat(Addresses.toPath(address)).hasToString(text);
        assertThat(Addresses.toSocketAddress(Addresses.toPath(address))).isEqualTo(address);
        assertThat(Addresses.toText(address)).isEqualTo(text);
        assertThat(Addresses.toText(Addresses.parse(text))).as("not looked up").isEqualTo(text);
    }

    @Test
    void unknownNameIsNamed() {
        assertThatThrownBy(() -> Addresses.resolve("nowhere.invalid:80")).isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("\"nowhere.invalid\"");
    }
}
