package org.schiltron.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    @Test
    void eachCounterOnceAndNoneOlderThanTheSpan() {
        ReplayWindow window = new ReplayWindow();
        assertThat(window.highest()).isEqualTo(-1);
        assertThat(window.accept(-1)).isFalse();
        assertThat(window.accept(5)).isTrue();
        assertThat(window.accept(5)).isFalse();
        assertThat(window.accept(0)).isTrue();
        assertThat(window.accept(5 + ReplayWindow.SPAN)).isTrue();
        assertThat(window.accept(6)).isTrue();
        assertThat(window.accept(4)).isFalse();
        assertThat(window.accept(5)).isFalse();
        assertThat(window.accept(Long.MAX_VALUE)).isTrue();
        assertThat(window.accept(Long.MAX_VALUE)).isFalse();
        assertThat(window.accept(Long.MAX_VALUE - 1)).isTrue();
    }

    @Test
    void agreesWithASet() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("ReplayWindowTest -Dschiltron.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        ReplayWindow window = new ReplayWindow();
        Set<Long> seen = new HashSet<>();
        long highest = 0;
        for (int i = 0; i < 200_000; i++) {
            long jump = random.nextInt(500) == 0 ? random.nextInt(5_000) : random.nextInt(8);
            long counter = random.nextInt(3) == 0 ? highest + jump : Math.max(0, highest - random.nextInt(2_500));
            boolean fresh = highest - counter <= ReplayWindow.SPAN && seen.add(counter);
            highest = Math.max(highest, counter);
            assertThat(window.accept(counter)).as("%d of %d", counter, highest).isEqualTo(fresh);
        }
    }
}
