package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EventHeapTest {
    private record Entry(long timeNs, long order, int handle) {
    }

    @Test
    void yieldsByTimeThenOrderWhateverIsMovedAndCancelled() {
        Seeds.each(50, (seed, random) -> {
            EventHeap heap = new EventHeap();
            TreeSet<Entry> model = new TreeSet<>(
                    Comparator.comparingLong(Entry::timeNs).thenComparingLong(Entry::order));
            int handles = 1 + random.nextInt(500);
            Entry[] byHandle = new Entry[handles];
            int times = 1 + random.nextInt(1_000); // few distinct times make ties
            for (long order = 0; order < 5_000; order++) {
                int handle = random.nextInt(handles);
                Entry old = byHandle[handle];
                switch (random.nextInt(4)) {
                    case 0 -> {
                        heap.cancel(handle);
                        if (old != null)
                            model.remove(old);
                        byHandle[handle] = null;
                    }
                    case 1 -> {
                        if (model.isEmpty())
                            continue;
                        Entry first = model.removeFirst();
                        byHandle[first.handle] = null;
                        assertThat(heap.firstTimeNs()).isEqualTo(first.timeNs);
                        assertThat(heap.firstOrder()).isEqualTo(first.order);
                        assertThat(heap.takeFirst()).isEqualTo(first.handle);
                    }
                    default -> {
                        if (old != null)
                            model.remove(old);
                        Entry entry = new Entry(random.nextInt(times), order, handle);
                        byHandle[handle] = entry;
                        model.add(entry);
                        heap.schedule(handle, entry.timeNs, order);
                    }
                }
                assertThat(heap.size()).isEqualTo(model.size());
                assertThat(heap.contains(handle)).isEqualTo(byHandle[handle] != null);
            }
            while (!model.isEmpty())
                assertThat(heap.takeFirst()).isEqualTo(model.removeFirst().handle);
            assertThat(heap.firstTimeNs()).isEqualTo(Long.MAX_VALUE);
        });
    }
}
