package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FirstPoolTest {
    private static final long SECOND = 1_000_000_000L;
    private final FirstPool pool = new FirstPool(100, 4);

    private int takeAll(long nowNs, int slot) {
        int taken = 0;
        while (pool.take(nowNs, slot, 5))
            taken += 5;
        return taken;
    }

    @Test
    void oneThatIsAloneHasAllOfItEverySecond() {
        assertThat(takeAll(0, 1)).isEqualTo(100);
        assertThat(takeAll(SECOND / 2, 1)).isZero();
        assertThat(takeAll(SECOND, 1)).isEqualTo(100);
    }

    @Test
    void whoTookBeforeKeepsItsPartFromWhoIsFaster() {
        pool.take(0, 1, 5);
        pool.take(0, 2, 5);
        assertThat(takeAll(SECOND, 1)).isEqualTo(50);
        assertThat(takeAll(SECOND, 2)).isEqualTo(50);
        assertThat(takeAll(SECOND, 3)).as("comes too late, and has a part of the next").isZero();
        assertThat(takeAll(2 * SECOND, 1)).isEqualTo(30);
        assertThat(takeAll(2 * SECOND, 3)).isEqualTo(30);
    }

    @Test
    void allTogetherTakeNoMoreThanThereIs() {
        for (int second = 0; second < 5; second++) {
            int sum = 0;
            for (int slot = 3; slot >= 0; slot--)
                sum += takeAll(second * SECOND, slot);
            assertThat(sum).isBetween(50, 100);
        }
    }

    @Test
    void thereNeedBeNone() {
        assertThat(new FirstPool(0, 4).take(0, 1, 1)).isFalse();
    }
}
