package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** Mutants of SOCKS handshakes, in pieces of any length: an answer that a client can read, and an end of what is taken. */
class SocksFuzzTest {
    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 50_000);
    private static final List<String> CORPUS = List.of("05010005010003097363686c74726f6e2e0050",
            "050302010005010003117765622e736368696c74726f6e2e78780001", "0501000501000d",
            "05010005010001" + "7f0000010050",
            "0501000501000420010db80000000000000000000000010050", "0501000502000300" + "0050", "04010050", "05ff00",
            "05010005030001" + "000000000000", "0501000501000" + "3ff" + "61".repeat(255) + "0050");

    @Test
    void whateverComesIsAnsweredOrRefused() {
        long seed = Long.getLong("schiltron.seed", 1);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = HexFormat.of().parseHex(CORPUS.get(i < CORPUS.size() ? i : random.nextInt(CORPUS.size())));
            for (int changes = i < CORPUS.size() ? 0 : 1 + random.nextInt(4); changes > 0; changes--)
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextInt(3) == 0 ? 0 : random.nextLong());
            if (random.nextInt(4) == 0)
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 300));
            try {
                feed(random, bytes);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(bytes), e);
            }
        }
    }

    private static void feed(SeededRandom random, byte[] bytes) {
        SocksHandshake handshake = new SocksHandshake();
        int answered = 0;
        for (int at = 0; at < bytes.length;) {
            int taken = handshake.feed(bytes, at, Math.min(bytes.length - at, 1 + random.nextInt(64)));
            answered += handshake.answer().length;
            boolean over = handshake.state() == SocksHandshake.State.CONNECTING
                    || handshake.state() == SocksHandshake.State.ASSOCIATING
                    || handshake.state() == SocksHandshake.State.REFUSED;
            assertThat(taken > 0 || over).isTrue();
            if (over)
                break;
            at += taken;
        }
        assertThat(answered).isLessThanOrEqualTo(2 + 10);
    }
}
