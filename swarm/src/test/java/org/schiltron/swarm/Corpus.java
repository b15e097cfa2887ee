package org.schiltron.swarm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SeededRandom;

/**
 * Inputs of one decoder, kept in {@code corpus/NAME.hex}, one a line: replayed as they are, and then mutated from a seed.
 * With {@code -Dschiltron.grow=DIRECTORY} mutants with an outcome that no other input has are added to the file there.
 */
final class Corpus {
    /** An input and what comes of it, as something with equals: a reason, a class, a state. Never throws. */
    interface Decoder {
        @Nullable
        Object decode(byte[] input);
    }

    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 10_000);
    private static final int KEPT_BYTES = 400;

    private final String name;
    private final List<byte[]> inputs = new ArrayList<>();

    Corpus(String name) {
        this.name = name;
        try (InputStream file = Objects.requireNonNull(Corpus.class.getResourceAsStream("corpus/" + name + ".hex"),
                name)) {
            for (String line : new String(file.readAllBytes(), US_ASCII).split("\n", -1))
                if (!line.isBlank() && !line.startsWith("#"))
                    inputs.add(HexFormat.of().parseHex(line.strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<byte[]> inputs() {
        return inputs;
    }

    /** The outcomes, so that a test can say which there must be at least. */
    Set<Object> replayAndMutate(Decoder decoder) {
        long seed = Long.getLong("schiltron.seed", 1);
        Set<Object> outcomes = new LinkedHashSet<>();
        for (byte[] input : inputs)
            outcomes.add(decode(decoder, input, "of the corpus"));
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutate(random);
            if (outcomes.add(decode(decoder, mutant, "mutant " + i + " of seed " + seed)))
                keep(mutant);
        }
        return outcomes;
    }

    private Object decode(Decoder decoder, byte[] input, String what) {
        try {
            return String.valueOf(decoder.decode(input));
        } catch (Throwable e) {
            throw new AssertionError(name + ", " + what + ": " + HexFormat.of().formatHex(input), e);
        }
    }

    private void keep(byte[] mutant) {
        String grow = System.getProperty("schiltron.grow");
        if (grow == null || mutant.length > KEPT_BYTES)
            return;
        try {
            Files.writeString(Path.of(grow, name + ".hex"), HexFormat.of().formatHex(mutant) + "\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the inputs with one to four changes. */
    byte[] mutate(SeededRandom random) {
        byte[] bytes = inputs.get(random.nextInt(inputs.size())).clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length + 1);
            if (at == bytes.length || random.nextInt(6) == 0)
                bytes = resize(random, bytes, at);
            else
                switch (random.nextInt(4)) {
                    case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 1 -> bytes[at] = (byte) random.nextLong();
                    case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)),
                            (byte) (random.nextInt(2) - 1));
                    default -> {
                        byte[] other = inputs.get(random.nextInt(inputs.size()));
                        int length = Math.min(bytes.length - at, random.nextInt(other.length + 1));
                        System.arraycopy(other, 0, bytes, at, length);
                    }
                }
        }
        return bytes;
    }

    private static byte[] resize(SeededRandom random, byte[] bytes, int at) {
        if (random.nextInt(2) == 0)
            return Arrays.copyOf(bytes, at);
        byte[] more = random.bytes(random.nextInt(random.nextInt(8) == 0 ? 1_500 : 40));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, at, more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        return longer;
    }
}
