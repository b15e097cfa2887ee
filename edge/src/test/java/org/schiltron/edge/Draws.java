package org.schiltron.edge;

import java.util.Arrays;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

/** What random tests draw from: the seed is printed, and taken from -Dschiltron.seed where given. */
final class Draws {
    private Draws() {
    }

    static RandomSource random() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        return new SeededRandom(seed);
    }

    /** A few bytes changed, cut off, inserted or repeated. */
    static byte[] mutate(RandomSource random, byte[] valid) {
        byte[] bytes = valid.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length + 1);
            switch (random.nextInt(5)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(40));
                case 2 -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                    bytes = longer;
                }
                default -> {
                    if (at < bytes.length)
                        bytes[at] = random.nextInt(3) == 0 ? (byte) -1 : (byte) random.nextLong();
                }
            }
        }
        return bytes;
    }
}
