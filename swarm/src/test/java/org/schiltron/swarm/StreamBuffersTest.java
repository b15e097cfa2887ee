package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** A send buffer and a receive buffer with a network between them that loses, repeats and reorders pieces. */
class StreamBuffersTest {
    private record Piece(long offset, byte[] bytes, boolean fin) {
    }

    @Test
    void everyByteArrivesOnceInOrder() {
        long only = Long.getLong("schiltron.seed", -1);
        for (long seed = only < 0 ? 0 : only; seed < (only < 0 ? 60 : only + 1); seed++)
            transfer(seed);
    }

    private static void transfer(long seed) {
        SeededRandom random = new SeededRandom(seed);
        byte[] data = random.bytes(random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(300_000));
        int window = 64 << 10;
        SendBuffer out = new SendBuffer(window);
        ReceiveBuffer in = new ReceiveBuffer(window);
        List<Piece> flying = new ArrayList<>();
        int written = 0;
        int read = 0;
        boolean ended = false;
        byte[] into = new byte[10_000];
        for (int step = 0; !ended || !out.isDone(); step++) {
            assertThat(step).as("seed %d makes no progress at %d of %d", seed, read, data.length).isLessThan(200_000);
            if (written < data.length)
                written += out.write(data, written, Math.min(data.length - written, random.nextInt(20_000)));
            if (written == data.length)
                out.finish();
            if (out.hasDue() && flying.size() < 40) {
                long offset = out.nextOffset();
                byte[] piece = new byte[out.nextLength(1 + random.nextInt(1_200))];
                boolean fin = out.takePiece(offset, piece.length, piece, 0);
                flying.add(new Piece(offset, piece, fin));
            }
            if (!flying.isEmpty() && random.nextInt(3) > 0) {
                Piece piece = flying.remove(random.nextInt(flying.size()));
                int fate = random.nextInt(5);
                if (fate > 0)
                    assertThat(in.accept(piece.offset, piece.bytes, 0, piece.bytes.length, piece.fin))
                            .as("seed %d", seed).isTrue();
                if (fate == 1) // arrived, though the sender takes it for lost
                    out.onLost(piece.offset, piece.bytes.length, piece.fin);
                else if (fate > 1)
                    out.onAcked(piece.offset, piece.bytes.length, piece.fin);
                else
                    out.onLost(piece.offset, piece.bytes.length, piece.fin);
            }
            int count = in.read(into, 0, 1 + random.nextInt(into.length));
            for (int i = 0; i < count; i++)
                assertThat(into[i]).as("seed %d, byte %d", seed, read + i).isEqualTo(data[read + i]);
            if (count > 0)
                read += count;
            ended |= count < 0;
            long credit = in.creditDue(window);
            if (credit >= 0)
                out.credit(credit);
        }
        assertThat(read).as("seed %d", seed).isEqualTo(data.length);
    }

    @Test
    void aPeerBeyondItsCreditOrPastTheEndIsAtFault() {
        ReceiveBuffer in = new ReceiveBuffer(10);
        assertThat(in.accept(5, new byte[6], 0, 6, false)).isFalse();
        assertThat(in.accept(0, new byte[4], 0, 4, true)).isTrue();
        assertThat(in.accept(4, new byte[1], 0, 1, false)).isFalse();
        assertThat(in.accept(0, new byte[3], 0, 3, true)).isFalse();
        assertThat(in.accept(Long.MAX_VALUE, new byte[3], 0, 3, false)).isFalse();
    }
}
