package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** The event queue and the timers in it, against a sorted set. */
class TimersTest {
    private record Entry(long timeNs, long order, int handle) {
    }

    private static final Comparator<Entry> BY_TIME_THEN_ORDER = Comparator.comparingLong(Entry::timeNs)
            .thenComparingLong(Entry::order);

    /** Few distinct times make ties; a wide range goes through all levels of the wheel. */
    private static long ahead(SeededRandom random) {
        return random.nextInt(3) == 0 ? random.nextInt(4) * 5_000L : random.nextLong() >>> (2 + random.nextInt(60));
    }

    @Test
    void eventsComeByTimeThenOrderHoweverFarAheadTheyAreAdded() {
        Seeds.each(50, (seed, random) -> {
            EventQueue queue = new EventQueue();
            TreeSet<Entry> model = new TreeSet<>(BY_TIME_THEN_ORDER);
            long nowNs = 0;
            int most = 1 + random.nextInt(2_000);
            for (long order = 0; order < 20_000; order++) {
                if (model.size() < most && random.nextInt(5) > 1) {
                    long timeNs = nowNs + Math.min(ahead(random), Long.MAX_VALUE - 1 - nowNs);
                    model.add(new Entry(timeNs, order, (int) order));
                    queue.add((int) order, timeNs, order);
                } else if (!model.isEmpty()) {
                    Entry first = model.first();
                    long limitNs = nowNs + random.nextLong(first.timeNs - nowNs + 1);
                    if (limitNs < first.timeNs)
                        assertThat(queue.firstTimeNs(limitNs)).isGreaterThan(limitNs);
                    assertThat(queue.firstTimeNs(first.timeNs)).isEqualTo(first.timeNs);
                    assertThat(queue.firstOrder()).isEqualTo(first.order);
                    assertThat(queue.takeFirst()).isEqualTo(first.handle);
                    nowNs = first.timeNs;
                    model.removeFirst();
                }
                assertThat(queue.size()).isEqualTo(model.size());
            }
            while (!model.isEmpty())
                assertThat(queue.takeFirst()).isEqualTo(model.removeFirst().handle);
            assertThat(queue.firstTimeNs(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        });
    }

    @Test
    void timersComeByTimeThenOrderWhateverIsMovedAndCancelled() {
        Seeds.each(50, (seed, random) -> {
            Timers timers = new Timers();
            TreeSet<Entry> model = new TreeSet<>(BY_TIME_THEN_ORDER);
            List<Entry> byTimer = new ArrayList<>();
            int most = 1 + random.nextInt(300);
            for (int i = 0; i < most; i++) {
                assertThat(timers.newTimer()).isEqualTo(i);
                byTimer.add(null);
            }
            long nowNs = 0;
            for (long order = 0; order < 10_000; order++) {
                int timer = random.nextInt(most);
                Entry old = byTimer.get(timer);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        timers.cancel(timer);
                        if (old != null)
                            model.remove(old);
                        byTimer.set(timer, null);
                    }
                    case 1 -> {
                        if (model.isEmpty())
                            continue;
                        Entry first = model.removeFirst();
                        byTimer.set(first.handle, null);
                        assertThat(timers.firstTimeNs(first.timeNs)).isEqualTo(first.timeNs);
                        assertThat(timers.firstOrder()).isEqualTo(first.order);
                        assertThat(timers.takeFirst()).isEqualTo(first.handle);
                        nowNs = first.timeNs;
                    }
                    default -> {
                        if (old != null)
                            model.remove(old);
                        long timeNs = nowNs + Math.min(ahead(random), Long.MAX_VALUE - 1 - nowNs);
                        Entry entry = new Entry(timeNs, order, timer);
                        byTimer.set(timer, entry);
                        model.add(entry);
                        timers.schedule(timer, entry.timeNs, order);
                        assertThat(timers.isAt(timer, timeNs)).isTrue();
                    }
                }
                assertThat(timers.size()).isEqualTo(model.size());
            }
            while (!model.isEmpty()) {
                assertThat(timers.firstTimeNs(Long.MAX_VALUE)).isEqualTo(model.first().timeNs);
                assertThat(timers.takeFirst()).isEqualTo(model.removeFirst().handle);
            }
            assertThat(timers.firstTimeNs(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        });
    }
}
