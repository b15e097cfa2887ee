package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private static SourceKey prefix(int number) {
        return SourceKey.prefix(InetAddress.ofLiteral("10.0." + number / 256 + "." + number % 256), 32, 64);
    }

    @Test
    void theLongestIdleOfTheLargestGoes() {
        FlowTable<String> table = new FlowTable<>();
        assertThat(table.longestIdle()).isNull();
        table.add(prefix(1), "a");
        table.add(prefix(2), "b");
        table.add(prefix(2), "c");
        table.touch(prefix(2), "b");
        assertThat(table.longestIdle()).isEqualTo("c");
        assertThat(table.longestIdle(prefix(1))).isEqualTo("a");
        table.remove(prefix(2), "c");
        assertThat(table.longestIdle()).isEqualTo("a"); // as many each: who was silent for longer
        table.touch(prefix(1), "a");
        assertThat(table.longestIdle()).isEqualTo("b");
        table.remove(prefix(2), "b");
        table.remove(prefix(1), "a");
        assertThat(table.longestIdle()).isNull();
        assertThat(table.size()).isZero();
    }

    /** The same said slowly: all flows in a list, in the order of their last datagram. */
    @Test
    void agreesWithASearchThroughAll() {
        long seed = Edges.seed();
        Random random = new Random(seed);
        FlowTable<Integer> table = new FlowTable<>();
        List<Integer> byUse = new ArrayList<>();
        Map<Integer, Integer> prefixOf = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            int action = random.nextInt(10);
            if (action < 4 || byUse.isEmpty()) {
                int prefix = random.nextInt(12);
                table.add(prefix(prefix), step);
                byUse.add(step);
                prefixOf.put(step, prefix);
            } else if (action < 7) {
                Integer flow = byUse.remove(/* index */ random.nextInt(byUse.size()));
                byUse.add(flow);
                table.touch(prefix(prefixOf.getOrDefault(flow, -1)), flow);
            } else {
                Integer flow = byUse.remove(/* index */ random.nextInt(byUse.size()));
                table.remove(prefix(prefixOf.getOrDefault(flow, -1)), flow);
                prefixOf.remove(flow);
            }
            Map<Integer, Integer> counts = new HashMap<>();
            byUse.forEach(flow -> counts.merge(prefixOf.getOrDefault(flow, -1), 1, Integer::sum));
            int most = counts.values().stream().max(Comparator.naturalOrder()).orElse(0);
            assertThat(table.size()).isEqualTo(byUse.size());
            Integer next = table.longestIdle();
            if (next == null) {
                assertThat(byUse).isEmpty();
                continue;
            }
            int prefix = prefixOf.getOrDefault(next, -1);
            assertThat(counts.get(prefix)).isEqualTo(most);
            for (Integer flow : byUse) { // of its prefix the first in the order of use
                if (prefixOf.getOrDefault(flow, -1) == prefix) {
                    assertThat(next).isEqualTo(flow);
                    break;
                }
            }
        }
    }
}
