package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesTest {
    private static final String MARKER = "ffffffffffffffffffffffffffffffff";

    private static List<String> read(Messages messages, byte[] bytes, int step) throws MalformedException {
        List<String> seen = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += step) {
            ByteBuffer some = ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at));
            for (var m = messages.next(some); m != null; m = messages.next(some))
                seen.add(m.type() + " " + m.body().remaining());
            assertThat(some.hasRemaining()).isFalse();
        }
        return seen;
    }

    @Test
    void aStreamIsCutWhateverThePieces() throws MalformedException {
        byte[] stream = TestRules.hex((MARKER + "001304" + MARKER + "0017020000 0000" + MARKER + "001503 0602" + MARKER
                + "001304" + MARKER + "00170500010085" + MARKER + "0013"));
        for (int step : List.of(1, 2, 7, 19, 20, 64, 4096))
            assertThat(read(new Messages(), stream, step)).containsExactly("KEEPALIVE 0", "UPDATE 4", "NOTIFICATION 2",
                    "KEEPALIVE 0", "ROUTE_REFRESH 4");
    }

    @Test
    void theLongestMessageFits() throws MalformedException {
        byte[] update = new byte[4_096];
        ByteBuffer.wrap(update).putLong(-1).putLong(-1).putShort((short) 4_096).put((byte) 2);
        assertThat(read(new Messages(), update, 1_000)).containsExactly("UPDATE 4077");
    }

    @ParameterizedTest
    @CsvSource({"474554202f20485454502f312e310d0a, 1/1", "ffffffffffffffffffffffffffffff00, 1/1",
            "ffffffffffffffffffffffffffffffff001204, 1/2", "ffffffffffffffffffffffffffffffff000004, 1/2",
            "ffffffffffffffffffffffffffffffff100102, 1/2", "ffffffffffffffffffffffffffffffffffff02, 1/2",
            "ffffffffffffffffffffffffffffffff001404, 1/2", "ffffffffffffffffffffffffffffffff001c01, 1/2",
            "ffffffffffffffffffffffffffffffff001602, 1/2", "ffffffffffffffffffffffffffffffff001403, 1/2",
            "ffffffffffffffffffffffffffffffff001805, 1/2", "ffffffffffffffffffffffffffffffff001300, 1/3",
            "ffffffffffffffffffffffffffffffff001306, 1/3", "ffffffffffffffffffffffffffffffff0013ff, 1/3"})
    void whatIsNoMessageEndsTheConnection(String octets, String code) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> read(new Messages(), TestRules.hex(octets), 5))
                .satisfies(e -> assertThat(e.notification().text()).contains("(" + code + ")"));
    }
}
