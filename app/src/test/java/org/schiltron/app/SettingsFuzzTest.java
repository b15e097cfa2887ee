package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.machine.SeededRandom;

/** Mutants of configuration files: read, or refused with file and line; nothing else. */
class SettingsFuzzTest {
    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 3_000);
    private static final List<String> CORPUS = List.of(
            "listen = [\"0.0.0.0:4500\", \"[::1]:4501\"]\nlink-mbit-per-second = 100\n[tune]\nshards = 2\n",
            "# a comment\n[rare]\nput-lifetime-ms = 4_000\nhello-burst = 0x14\n",
            "listen = '''\n127.0.0.1:1'''\n\"link-mbit-per-second\" = +7\ntune.shards = 1\n",
            "listen = [\"a:1\",\n \"b:2\", # two\n]\n[tune]\nstore-ms = 10\nmax-gets = 1979-05-27T07:32:00Z\n",
            "[[listen]]\nx = inf\n[tune.shards]\ny = {a = 1, b = \"\\u00e9\"}\n");

    @TempDir
    Path directory;

    @Test
    void aFileIsReadOrRefusedWithItsLine() throws IOException {
        long seed = Long.getLong("schiltron.seed", 1);
        SeededRandom random = new SeededRandom(seed);
        Path file = directory.resolve("mailbox.toml");
        int refused = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = i < CORPUS.size() ? utf8(CORPUS.get(i)) : mutate(random);
            Files.write(file, bytes);
            try {
                Settings.read(file, Map.of(), MailboxSettings.ALL);
            } catch (Failure failure) {
                refused++;
                assertThat(failure.line()).as("seed %d, mutant %d: %s", seed, i, Arrays.toString(bytes))
                        .matches("(?s).*mailbox\\.toml:(\\d+:)? .+").doesNotContain("\n");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", mutant " + i + ": " + Arrays.toString(bytes), e);
            }
        }
        assertThat(refused).isBetween(MUTANTS / 10, MUTANTS - 2);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] mutate(SeededRandom random) {
        byte[] bytes = utf8(CORPUS.get(random.nextInt(CORPUS.size())));
        for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextLong();
                case 1 -> bytes[at] = (byte) "[]{}\"'=.#\n,_-+:0e".charAt(random.nextInt(17));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    byte[] other = utf8(CORPUS.get(random.nextInt(CORPUS.size())));
                    System.arraycopy(other, 0, bytes, at, Math.min(other.length, bytes.length - at));
                }
            }
        }
        return bytes;
    }
}
