package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

class FloodTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void eachLeavesAtItsTimeHoweverTheRateDividesASecond() {
        Seeds.each(50, (seed, random) -> {
            long perSecond = 1 + random.nextLong(1L << random.nextInt(31));
            long startNs = random.nextLong(SECOND);
            Flood flood = new Flood(List.of(Path.ofIpv4(1, 1)), perSecond, 1, startNs, Long.MAX_VALUE,
                    new SeededRandom(seed));
            for (long number = 0; number < 1_000; number++) {
                assertThat(flood.nextDeadlineNs()).isEqualTo(startNs + number * SECOND / perSecond);
                flood.onTimer(flood.nextDeadlineNs());
            }
        });
    }

    @Test
    void noTwoDatagramsAreAlikeAtEitherEnd() {
        Seeds.each(5, (seed, random) -> {
            int length = 64 + random.nextInt(1_300);
            Simulation simulation = new Simulation(seed);
            Path to = simulation.newAddress(7);
            Set<List<Byte>> heads = new LinkedHashSet<>();
            Set<List<Byte>> tails = new LinkedHashSet<>();
            simulation.add("victim", new Attacker((self, nowNs, from, payload) -> {
                assertThat(payload).hasSize(length);
                heads.add(bytes(payload, 0));
                tails.add(bytes(payload, length - 16));
            }), to);
            for (int i = 0; i < 10; i++)
                simulation.add("flood " + i, new Flood(List.of(to), 100, length, 0, SECOND, simulation.random()),
                        simulation.newAddress(9));
            simulation.run(2 * SECOND);
            assertThat(heads).hasSize(1_000);
            assertThat(tails).hasSize(1_000);
        });
    }

    private static List<Byte> bytes(byte[] payload, int at) {
        return java.util.stream.IntStream.range(at, at + 16).mapToObj(i -> payload[i]).toList();
    }
}
