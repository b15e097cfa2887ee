package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.toml.BadFileException;

/** Whatever a file of rules says, it is either rules or an error with its name; nothing else comes of it. */
class RulesFuzzTest {
    private static final String VALID = """
            name = "shop"
            protects = ["192.0.2.0/24", "2001:db8:5::/48"]
            otherwise = "drop"
            fragments = "judge"
            hides = ["hops", "ids"]
            interior = "198.51.100.0/24"
            [[rule]]
            name = "dns"
            do = "limit"
            protocol = ["udp", 17]
            source-port = 53
            rate = "20Mbit"
            burst = "50kB"
            per = "source"
            [[rule]]
            do = "allow"
            from = ["198.51.100.7", "2001:db8:e::7"]
            to = "192.0.2.80"
            protocol = "udp"
            port = [443, "7000-7999"]
            word = [{ in = "payload", at = 4, value = "0xdeadbeef", mask = "0xffffffff" }]
            [[rule]]
            do = "requested"
            to = "192.0.2.90"
            """;
    private static final String[] PIECES = {"\"", "[", "]", "{", "}", "=", "\n", "0", "-1", "99999999999999999999",
            "0x", "/129", "::", "\u0000", "\\", "[[rule]]", "do = \"drop\"", ",", ".", "word", "#", "'''", "1e9",
            "true"};

    @TempDir
    Path directory;

    @Test
    void mutantsAreRulesOrRefused() throws IOException {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("schiltron.seed=" + seed);
        Random random = new Random(seed);
        Path file = directory.resolve("rules.toml");
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            Files.write(file, mutant(random));
            try {
                assertThat(RulesFile.read(file).protects()).isNotEmpty();
                read++;
            } catch (BadFileException e) {
                assertThat(e).hasMessageContaining("rules.toml");
                refused++;
            }
        }
        assertThat(read).as("some change nothing that matters").isPositive();
        assertThat(refused).isGreaterThan(1_000);
    }

    private static byte[] mutant(Random random) {
        StringBuilder text = new StringBuilder(VALID);
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(3)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                default -> text.insert(random.nextInt(text.length()), text.substring(at, to));
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(8) == 0)
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        return bytes;
    }
}
