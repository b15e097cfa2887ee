package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long START_NS = 5_000_000_123L;

    private static final class Noted extends Timed {
        final List<Long> calls = new ArrayList<>();

        @Override
        void due(long nowNs) {
            calls.add(nowNs);
        }
    }

    @Test
    void isCalledOnceWithinATickAfterItsDeadlineAndNeverBefore() {
        long seed = Edges.seed();
        Random random = new Random(seed);
        TimerWheel wheel = new TimerWheel(START_NS);
        List<Noted> all = new ArrayList<>();
        List<Long> deadlines = new ArrayList<>();
        long nowNs = START_NS;
        for (int round = 0; round < 600; round++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                Noted noted = new Noted();
                long deadline = nowNs + random.nextLong(200_000_000_000L); // up to four times around
                wheel.set(noted, deadline);
                all.add(noted);
                deadlines.add(deadline);
            }
            if (!all.isEmpty() && random.nextInt(3) == 0) { // moved, nearer or further away
                int moved = random.nextInt(all.size());
                if (all.get(moved).calls.isEmpty()) {
                    long deadline = nowNs + random.nextLong(100_000_000_000L);
                    deadlines.set(moved, deadline);
                    wheel.set(all.get(moved), deadline);
                }
            }
            long before = nowNs;
            nowNs += random.nextInt(50) == 0 ? random.nextLong(70_000_000_000L) : random.nextLong(300_000_000L);
            wheel.advance(nowNs);
            for (int i = 0; i < all.size(); i++) {
                Noted noted = all.get(i);
                boolean mustBeOver = deadlines.get(i) <= nowNs - 2 * TimerWheel.TICK_NS;
                if (mustBeOver)
                    assertThat(noted.calls).hasSize(1);
                if (!noted.calls.isEmpty() && noted.calls.getFirst() > before)
                    assertThat(noted.calls.getFirst()).isGreaterThanOrEqualTo(deadlines.get(i));
                assertThat(noted.calls).hasSizeLessThanOrEqualTo(1);
            }
        }
        wheel.advance(nowNs + 300_000_000_000L);
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void aDeadlineThatMovesAwayByItselfIsNotCalledEarly() {
        TimerWheel wheel = new TimerWheel(0);
        Noted noted = new Noted();
        wheel.set(noted, 1_000_000_000L);
        noted.deadlineNs = 3_000_000_000L;
        wheel.advance(2_000_000_000L);
        assertThat(noted.calls).isEmpty();
        wheel.advance(3_200_000_000L);
        assertThat(noted.calls).hasSize(1);
    }

    @Test
    void whatIsCalledMayRemoveAndSetOthersOfTheSameSlot() {
        TimerWheel wheel = new TimerWheel(0);
        Noted victim = new Noted();
        Noted again = new Noted();
        Timed first = new Timed() {
            @Override
            void due(long nowNs) {
                wheel.remove(victim);
                wheel.set(again, nowNs + 1);
            }
        };
        wheel.set(victim, 1_000_000_000L);
        wheel.set(again, 1_000_000_000L);
        wheel.set(first, 1_000_000_000L); // the last in is the first out
        wheel.advance(1_200_000_000L);
        assertThat(victim.calls).isEmpty();
        assertThat(again.calls).isEmpty();
        wheel.advance(1_400_000_000L);
        assertThat(again.calls).hasSize(1);
        assertThat(wheel.isEmpty()).isTrue();
    }
}
