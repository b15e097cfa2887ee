package org.schiltron.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.DoorLiar;

/** Half of the contacts lie. */
final class Liars {
    private Liars() {
    }

    /** Half of the contacts, drawn. */
    static Set<Integer> half(long seed, int contacts) {
        List<Integer> half = new ArrayList<>();
        for (int i = 0; i < contacts; i++)
            half.add(i);
        Collections.shuffle(half, new Random(seed));
        return new TreeSet<>(half.subList(0, contacts / 2));
    }

    /** Half of the contacts lie; null: none does. */
    static DoorModel.Contact half(long seed, int contacts, DoorLiar.@Nullable Lie lie) {
        Set<Integer> half = half(seed, contacts);
        return (i, mailbox, random) -> lie != null && half.contains(i) ? new DoorLiar(mailbox, lie, random) : mailbox;
    }

    static String words(DoorLiar.Lie lie) {
        return switch (lie) {
            case DROP -> "drops all but cookies";
            case DELAY -> "all but cookies 3 s late";
            case SWALLOW -> "swallows hellos";
            case FOREIGN -> "foreign challenges, hellos said to wait";
            case STALE -> "stale challenges";
            case FRIENDS -> "gives nonces to friends";
        };
    }
}
