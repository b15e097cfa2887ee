package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GetSlotsTest {
    @Test
    void noGapIsTooWide() {
        for (int gap = 1; gap < 200; gap++) {
            GetSlots slots = new GetSlots();
            Outstanding first = new Outstanding(null, 0, 1, 2, 0);
            Outstanding last = new Outstanding(null, 1 + gap, 1, 2, 0);
            slots.add(first);
            for (int i = 0; i < gap; i++)
                slots.skip();
            slots.add(last);
            assertThat(slots.get(0)).as("gap " + gap).isSameAs(first);
            slots.remove(first);
            assertThat(slots.get(1 + gap)).as("gap " + gap).isSameAs(last);
        }
    }
}
