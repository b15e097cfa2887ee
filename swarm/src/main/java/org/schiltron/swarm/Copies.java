package org.schiltron.swarm;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was sent last, to go once more through other mailboxes when nothing else is due: repetition as forward error
 * correction (Phalanx 3.5). Keeps at most {@value #MAX} packets; the oldest gives way, so that bulk data is not
 * repeated but for its end.
 */
final class Copies {
    private static final int MAX = 8;

    record Copy(SentPacket.Cargo cargo, byte[] plain, boolean waking) {
    }

    private final ArrayDeque<Copy> waiting = new ArrayDeque<>(0);

    void add(SentPacket.Cargo cargo, byte[] plain, int length, boolean waking) {
        if (waiting.size() == MAX)
            waiting.removeFirst();
        waiting.addLast(new Copy(cargo, Arrays.copyOf(plain, length), waking));
    }

    /** Whether one is left that has neither arrived nor been given up, and sent again, meanwhile. */
    boolean isEmpty() {
        while (!waiting.isEmpty() && waiting.getFirst().cargo.isSettled())
            waiting.removeFirst();
        return waiting.isEmpty();
    }

    /** The oldest, which counts as under way from now on; null if there is none. */
    @Nullable
    Copy take() {
        if (isEmpty())
            return null;
        Copy copy = waiting.removeFirst();
        copy.cargo.copy();
        return copy;
    }

    void clear() {
        waiting.clear();
    }
}
