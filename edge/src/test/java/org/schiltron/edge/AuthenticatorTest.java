package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.RandomSource;

class AuthenticatorTest {
    private static final String ALL = "source=192.0.2.7, source-port=40001, destination=203.0.113.9, "
            + "destination-port=8443, key=1a2b3c4d";

    @ParameterizedTest
    @ValueSource(strings = {ALL, "source=192.0.2.7", "source=2001:db8::7, destination=2001:db8:1::9", "source-port=1",
            "destination=::1", "destination-port=65535", "key=00000000", "key=ffffffff", "source=0.0.0.0"})
    void theTextIsReadAndWrittenAlike(String text) {
        assertThat(Authenticator.parse(text).text()).isEqualTo(text);
    }

    @Test
    void partsStandInAnyOrderWithAnySpaces() {
        assertThat(Authenticator.parse(
                "key=1A2B3C4D,destination-port=8443 ,  source-port = 40001,destination=203.0.113.9,source=192.0.2.7"))
                .isEqualTo(Authenticator.parse(ALL));
        assertThat(Authenticator.parse("key=7").text()).isEqualTo("key=00000007");
    }

    @Test
    void partsAreNamed() {
        assertThat(Authenticator.parse(ALL).fields()).containsExactly(AuthenticatorField.values());
        assertThat(Authenticator.parse("key=1, source-port=2").fields()).containsExactly(
                AuthenticatorField.SOURCE_PORT, AuthenticatorField.KEY);
    }

    @Test
    void aLogShowsNoValue() {
        assertThat(Authenticator.parse(ALL)).hasToString(
                "authenticator of source, source-port, destination, destination-port, key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''                                     | is not name=value",
            "destination-port                                                     | is not name=value",
            "destination-port=8443,                                               | is not name=value",
            "port=8443                                                            | is no part of an authenticator",
            "destination-port=0                                                   | is not a port (1-65535)",
            "destination-port=65536                                               | is not a port (1-65535)",
            "destination-port=99999999999999999999                                | is not a port (1-65535)",
            "destination-port=-1                                                  | is not a port (1-65535)",
            "destination-port=                                                    | is not a port (1-65535)",
            "destination-port=80, destination-port=81                             | has one destination-port",
            "source=example.org                                                   | is a name: write an address",
            "source=1.2.3                                                         | source: ",
            "source=1.2.3.4.5                                                     | source: ",
            "source=300.1.1.1                                                     | source: ",
            "source=[2001:db8::1]                                                 | source: ",
            "source=2001:db8::1::2                                                | source: ",
            "source=fe80::1%eth0                                                  | source: ",
            "source=192.0.2.7, destination=2001:db8::1                            | are not of one family",
            "key=                                                                 | one to eight hexadecimal digits",
            "key=123456789                                                        | one to eight hexadecimal digits",
            "key=0x123                                                            | one to eight hexadecimal digits",
            "key=-1                                                               | one to eight hexadecimal digits"})
    void aBadTextIsRefusedWithTheReason(String text, String why) {
        assertThatThrownBy(() -> Authenticator.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anEnormousTextIsRefused() {
        assertThatThrownBy(() -> Authenticator.parse("key=1, ".repeat(1_000_000)))
                .hasMessageContaining("at most 256 characters");
    }

    @Test
    void mutantsAreReadOrRefused() {
        RandomSource random = Draws.random();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            String text = new String(Draws.mutate(random, ALL.getBytes(StandardCharsets.UTF_8)),
                    StandardCharsets.UTF_8);
            try {
                Authenticator authenticator = Authenticator.parse(text);
                assertThat(Authenticator.parse(authenticator.text())).isEqualTo(authenticator);
                read++;
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as(text).isNotBlank();
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void rangesOfPorts() {
        assertThat(PortRange.parse("8443")).isEqualTo(new PortRange(8443, 8443)).hasToString("8443");
        assertThat(PortRange.parse("1-65535").size()).isEqualTo(65_535);
        for (String bad : new String[]{"", "-", "1-", "-1", "2-1", "0-5", "1-65536", "1-2-3", "a", "1 - 2"})
            assertThatThrownBy(() -> PortRange.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
    }
}
