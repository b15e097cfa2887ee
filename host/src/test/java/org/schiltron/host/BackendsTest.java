package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendsTest {
    private static Backends parse(String... texts) {
        return Backends.parse(List.of(texts), false);
    }

    @Test
    void namesLeadToBackends() {
        Backends backends = parse("127.0.0.1:8080", "Admin=tcp://[::1]:22", "udp://127.0.0.1:53",
                "web=udp://h.example:443");
        assertThat(backends.tcp("")).hasToString("tcp://127.0.0.1:8080");
        assertThat(backends.tcp("admin")).hasToString("tcp://[::1]:22");
        assertThat(backends.tcp("web")).isNull();
        assertThat(backends.udp("")).hasToString("udp://127.0.0.1:53");
        assertThat(backends.udp("WEB")).hasToString("udp://h.example:443");
        assertThat(backends.describe()).containsExactly("tcp://127.0.0.1:8080", "admin=tcp://[::1]:22",
                "udp://127.0.0.1:53", "web=udp://h.example:443");
    }

    @Test
    void theFirstNamedOneIsTheDefault() {
        assertThat(parse("b=127.0.0.1:2", "a=127.0.0.1:1").tcp("")).hasToString("tcp://127.0.0.1:2");
        assertThat(parse("127.0.0.1:2").udp("")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "http://127.0.0.1:80 | backend \"http://127.0.0.1:80\": \"http://\" is not served: expected tcp:// or udp://",
            "127.0.0.1           | backend \"127.0.0.1\": \"127.0.0.1\" has no port: expected host:port",
            "127.0.0.1:0         | backend \"127.0.0.1:0\": port 0 cannot be connected to",
            "=127.0.0.1:80       | backend \"=127.0.0.1:80\": \"\" is not a name: expected 1 to 63 letters, digits, dots, dashes and underscores",
            "1.2.3.400:80        | backend \"1.2.3.400:80\": Invalid IP address literal: 1.2.3.400"})
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void namesAreTakenOnce() {
        assertThatThrownBy(() -> parse("a=127.0.0.1:1", "A=127.0.0.1:2")).hasMessage(
                "backend \"A=127.0.0.1:2\": \"A\" is taken: give each a name of its own, name=tcp://host:port");
        assertThatThrownBy(() -> parse("127.0.0.1:1", "127.0.0.1:2")).hasMessageContaining("a second tcp backend");
        assertThatThrownBy(() -> parse()).hasMessageContaining("no backend given");
    }
}
