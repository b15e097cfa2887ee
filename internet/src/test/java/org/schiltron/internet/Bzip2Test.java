package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class Bzip2Test {
    @Test
    void whatTheLibraryPacksComesOutAgain() throws IOException {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 60; i++) {
            byte[] data = data(random, i);
            byte[] packed = pack(data, 1 + random.nextInt(9));
            assertThat(unpack(packed)).as("seed %d, case %d", seed, i).isEqualTo(data);
        }
    }

    @Test
    void severalStreamsInARowAreOne() throws IOException {
        byte[] one = {1, 2, 3};
        byte[] other = {4};
        byte[] nothing = pack(new byte[0], 1);
        assertThat(unpack(join(join(pack(one, 1), nothing), pack(other, 9)))).containsExactly(1, 2, 3, 4);
        assertThat(unpack(nothing)).isEmpty();
    }

    @Test
    void cutAnywhereItEndsTooEarly() throws IOException {
        byte[] packed = pack("a graph of ases ".repeat(50).getBytes(java.nio.charset.StandardCharsets.UTF_8), 1);
        for (int length = 0; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> unpack(cut)).isInstanceOf(EOFException.class);
        }
    }

    /** A changed bit is noticed by a checksum or a rule, or it was one that means nothing (in a table that no symbol uses). */
    @Test
    void aChangedBitNeverChangesTheData() throws IOException {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        SeededRandom random = new SeededRandom(seed);
        int noticed = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] whole = data(random, 1 + i % 5);
            byte[] data = Arrays.copyOf(whole, Math.min(whole.length, 3_000));
            byte[] packed = pack(data, 1);
            int bit = random.nextInt(packed.length * 8);
            packed[bit >> 3] ^= (byte) (1 << (bit & 7));
            try {
                assertThat(unpack(packed)).as("seed %d, case %d", seed, i).isEqualTo(data);
            } catch (IOException _) {
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(2_700);
    }

    /** Runs, few different bytes, noise, long alike: what each of the format's layers is for. */
    private static byte[] data(SeededRandom random, int kind) {
        byte[] data = new byte[random.nextInt(kind % 10 == 0 ? 1_200_000 : 20_000)];
        int alphabet = 1 + random.nextInt(256);
        int run = 0;
        byte value = 0;
        for (int i = 0; i < data.length; i++) {
            if (run-- <= 0) {
                value = (byte) random.nextInt(alphabet);
                run = random.nextInt(3) == 0 ? random.nextInt(1 + (kind % 5) * 90) : 0;
            }
            data[i] = value;
        }
        return data;
    }

    private static byte[] pack(byte[] data, int level) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new BZip2CompressorOutputStream(packed, level)) {
            out.write(data);
        }
        return packed.toByteArray();
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        try (Bzip2 in = new Bzip2(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
