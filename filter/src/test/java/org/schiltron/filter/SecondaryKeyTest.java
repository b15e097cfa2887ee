package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecondaryKeyTest {
    private static final Word.Base NETWORK = Word.Base.NETWORK;
    private static final Word.Base TRANSPORT = Word.Base.TRANSPORT;

    @Test
    void theLowestBitsAreInTheLastField() {
        SecondaryKey key = SecondaryKey.parse(List.of("urgent-pointer", "ip-id"));
        assertThat(key.bits()).isEqualTo(25);
        assertThat(key.words(0x123_beef, true)).containsExactly(new Word(NETWORK, 4, 0xff80_0000, 0x123 << 23),
                new Word(TRANSPORT, 16, 0xffff, 0xbeef));
        assertThat(key.words(0x123_beef, false)).as("IPv6 has no identification")
                .containsExactly(new Word(TRANSPORT, 16, 0xffff, 0xbeef));
        assertThat(key.isOfTcp()).isTrue();
    }

    /** The lower seven bits count the segments of what is sent in one piece. */
    @Test
    void whatIsWrittenIsWhatTheRuleLooksFor() {
        assertThat(SecondaryKey.parse(List.of("ip-id", "urgent-pointer")).statements(0x123_beef, true))
                .isEqualTo(" ip id set " + (0x123 << 7) + " tcp urgptr set " + 0xbeef);
        assertThat(SecondaryKey.parse(List.of("flow-label")).statements(0xcafe, false))
                .isEqualTo(" ip6 flowlabel set " + 0xcafe);
    }

    @Test
    void allOf32BitsAreUsed() {
        SecondaryKey key = SecondaryKey.parse(List.of("flow-label", "urgent-pointer"));
        assertThat(key.bits()).isEqualTo(32);
        assertThat(key.words(0xcafe_beef, false)).containsExactly(new Word(NETWORK, 0, 0xffff, 0xcafe),
                new Word(TRANSPORT, 16, 0xffff, 0xbeef));
    }

    /** Everybody's packets have an urgent pointer of 0. */
    @Test
    void aFieldIsNeverWhatOthersShow() {
        for (HeaderField field : HeaderField.values()) {
            SecondaryKey key = SecondaryKey.parse(List.of(field.text()));
            boolean ipv4 = field != HeaderField.FLOW_LABEL;
            assertThat(key.words(0, ipv4)).isEqualTo(key.words((1 << field.bits()) - 1, ipv4));
            assertThat(key.statements(0, ipv4)).isEqualTo(key.statements((1 << field.bits()) - 1, ipv4));
            assertThat(key.words(0, ipv4)).allMatch(word -> word.value() == word.mask());
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> SecondaryKey.parse(List.of("ttl"))).hasMessageContaining("ip-id, flow-label, urgent");
        assertThatThrownBy(() -> SecondaryKey.parse(List.of("ip-id", "ip-id"))).hasMessageContaining("twice");
        assertThatThrownBy(() -> SecondaryKey.parse(List.of("ip-id", "flow-label", "urgent-pointer")))
                .hasMessageContaining("at most 32 bits, and these fields have 41");
    }
}
