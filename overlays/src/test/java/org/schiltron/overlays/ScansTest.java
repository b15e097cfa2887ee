package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

class ScansTest {
    /** By hand. */
    @Test
    void rowsSayWhatTheParametersGive() {
        Table table = Scans.run().tables().getFirst();
        assertThat(table.texts()).extracting(row -> row.subList(1, 6)).containsExactly(
                List.of("64,000 ports at 100 Mbit/s, full-size packets", "11", "7.6800", "s", "no"),
                List.of("the same, smallest packets", "11", "0.4301", "s", "no"),
                List.of("a T1, full-size packets", "128", "128.3333", "packets/s", "yes"),
                List.of("1,000 packets/s over that (nearly an order of magnitude)", "10", "7.7922", "times", "no"),
                List.of("10 Mbit/s, full-size packets", "830", "833.3333", "packets/s", "yes"),
                List.of("100 Mbit/s, full-size packets (less than 10,000)", "< 10,000", "8333.3333", "packets/s",
                        "yes"),
                List.of("the same, smallest packets", "< 10,000", "148809.5238", "packets/s", "no"),
                List.of("10,000 packets/s over 50 nodes", "200", "200", "packets/s", "yes"),
                List.of("rounds against 100 nodes (under 8)", "< 8", "7", "at most", "yes"),
                List.of("destination port, all keys tried", "300", "640", "s", "no"),
                List.of("destination port, mean", "300", "320.0050", "s", "yes"),
                List.of("egress node of 100, mean", "50", "0.5050", "s", "no"),
                List.of("egress node of 1,000, mean", "50", "5.0050", "s", "no"),
                List.of("egress node of 10,000, mean", "50", "50.0050", "s", "yes"),
                List.of("port and egress node of 100, mean", "4", "0.3704", "days", "no"),
                List.of("port and egress node of 1,000, mean", "4", "3.7037", "days", "yes"),
                List.of("port and egress node of 10,000, mean", "4", "37.0370", "days", "no"),
                List.of("nodes disabled by 10,000 SYN/s at 500 each", "20", "20", "nodes", "yes"));
    }

    @Test
    void saysWhereThePaperDisagreesWithItself() {
        assertThat(Scans.run().claims()).extracting(Experiment.Claim::holds).containsExactly(true, false, true, true,
                true, false, false, false, false, true);
        assertThat(Scans.run().claims().get(6).ours()).isEqualTo("37.0 days");
        assertThat(Scans.run().claims().get(6).why()).contains("(3.70 days)").contains("factor of ten");
    }

    @Test
    void severalValidKeysAreFoundSooner() {
        // of three keys two are valid: the first is 1, 1 or 2 tries away
        assertThat(Scans.mean(3, 2, 1, 1)).isCloseTo(4 / 3.0, within(1e-12));
        assertThat(Scans.mean(10_000, 10, 10, 1_000)).isCloseTo(9.0918, within(1e-4));
    }
}
