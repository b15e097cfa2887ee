package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"2|2||OPEN message error, bad peer AS (2/2)",
            "4|0||hold timer expired (4/0)", "6|3||cease, peer de-configured (6/3)", "6|9||cease, hard reset (6/9)",
            "6|77||cease, subcode 77 (6/77)", "99|1||code 99, subcode 1 (99/1)", "1|0||message header error (1/0)",
            "6|1|00018500000a|cease, maximum number of prefixes reached (6/1)",
            "6|1|0001850000000a|cease, maximum number of prefixes reached (6/1): at most 10 of FlowSpec IPv4",
            "6|1|00010100000064|cease, maximum number of prefixes reached (6/1): at most 100",
            "6|2|0568656c6c6f|cease, administrative shutdown (6/2): \"hello\"",
            "6|4|0568656c6c6f|cease, administrative reset (6/4): \"hello\"",
            "6|2|ff6869|cease, administrative shutdown (6/2): \"hi\"", "6|2|00|cease, administrative shutdown (6/2)",
            "2|2|0568656c6c6f|OPEN message error, bad peer AS (2/2)"})
    void aPersonCanReadIt(int code, int subcode, String data, String text) {
        assertThat(new Notification(code, subcode, data == null ? new byte[0] : TestRules.hex(data)).text())
                .isEqualTo(text);
    }

    @Test
    void thePeersWordsCannotForgeLinesOrColours() {
        byte[] words = "a\r\nDown: all is well\u001b[31m\u202e\u2028b\u0000é".getBytes(StandardCharsets.UTF_8);
        byte[] data = new byte[1 + words.length];
        data[0] = (byte) words.length;
        System.arraycopy(words, 0, data, 1, words.length);
        assertThat(new Notification(6, 2, data).operatorText()).isEqualTo("aDown: all is well[31mbé");
    }

    @Test
    void aLongFarewellIsCutBetweenCharacters() {
        Notification cut = Notification.shutdown("ü🛡".repeat(100));
        assertThat(cut.data()).hasSize(1 + 128); // 21 pairs of 6 octets, and 2 of the next
        assertThat(cut.operatorText()).isEqualTo("ü🛡".repeat(21) + "ü");
        assertThat(Notification.shutdown("🛡".repeat(40)).data()).hasSize(1 + 128);
        assertThat(Notification.shutdown("x" + "🛡".repeat(40)).operatorText()).isEqualTo("x" + "🛡".repeat(31));
        assertThat(Notification.shutdown("").text()).isEqualTo("cease, administrative shutdown (6/2)");
        assertThat(Notification.shutdown("rules are in maintenance").operatorText())
                .isEqualTo("rules are in maintenance");
    }
}
