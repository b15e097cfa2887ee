package org.schiltron.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.Sniffer;

/**
 * Somebody on links, as a file has it.
 *
 * @param links   by what {@link Scenario#links} names: on each its own
 * @param habit   what it does
 * @param sniffer the same for those who read messages; null for the others
 * @param share   of what crosses, for the others
 * @param byNs    for {@code DELAY}: held back for so long at most
 */
record TapSpec(List<String> links, Habit habit, Sniffer.@Nullable Habit sniffer, double share, long byNs, long startNs,
        long endNs) {
    /** What it does. */
    enum Habit {
        /** Puts forged messages before those it sees. */
        RACE,
        /** Requests for itself what it sees requested. */
        STEAL,
        /** Sends again what it saw. */
        REPLAY,
        /** Takes. */
        DROP,
        /** Changes a byte. */
        CHANGE,
        /** Holds back. */
        DELAY
    }

    String word() {
        return habit.name().toLowerCase(java.util.Locale.ROOT);
    }
}
