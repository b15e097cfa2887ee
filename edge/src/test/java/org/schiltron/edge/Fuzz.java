package org.schiltron.edge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

/** Mutants of valid samples, from a seed that is printed and taken from -Dschiltron.seed where given. */
final class Fuzz {
    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 20_000);

    private Fuzz() {
    }

    static RandomSource random() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        return new SeededRandom(seed);
    }

    /** What {@code check} throws is told with the input that made it throw. */
    static void mutants(RandomSource random, List<byte[]> samples, Consumer<byte[]> check) {
        mutants(random, 1, samples, check);
    }

    /** @param dearer how many times fewer mutants, for what costs so much more to check */
    static void mutants(RandomSource random, int dearer, List<byte[]> samples, Consumer<byte[]> check) {
        for (int i = 0; i < MUTANTS / dearer; i++) {
            byte[] mutant = mutate(random, samples.get(random.nextInt(samples.size())));
            try {
                check.accept(mutant);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("input " + HexFormat.of().formatHex(mutant), e);
            }
        }
    }

    /** A few bytes changed, cut off, inserted, doubled or swapped with those of elsewhere. */
    static byte[] mutate(RandomSource random, byte[] valid) {
        byte[] bytes = valid.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length + 1);
            int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
            bytes = switch (random.nextInt(8)) {
                case 0 -> Arrays.copyOf(bytes, at);
                case 1 -> splice(bytes, at, 0, random.bytes(1 + random.nextInt(8)));
                case 2 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
                case 3 -> splice(bytes, at, length, new byte[0]);
                default -> {
                    if (at < bytes.length)
                        bytes[at] = switch (random.nextInt(4)) {
                            case 0 -> (byte) -1;
                            case 1 -> 0;
                            case 2 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
                            default -> (byte) random.nextLong();
                        };
                    yield bytes;
                }
            };
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int cut, byte[] inserted) {
        byte[] out = new byte[bytes.length - cut + inserted.length];
        System.arraycopy(bytes, 0, out, 0, at);
        System.arraycopy(inserted, 0, out, at, inserted.length);
        System.arraycopy(bytes, at + cut, out, at + inserted.length, bytes.length - at - cut);
        return out;
    }

    /** The first {@code length} bytes, as a socket's buffer would show them: not at the array's beginning. */
    static ByteBuffer prefix(byte[] bytes, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(3 + bytes.length);
        buffer.position(3).put(bytes).limit(3 + length).position(3);
        return buffer;
    }

    /** A file of hexadecimal digits beside the tests. */
    static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(Fuzz.class.getResourceAsStream(name), name)) {
            return HexFormat.of()
                    .parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
