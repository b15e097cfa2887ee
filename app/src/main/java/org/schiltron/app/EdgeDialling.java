package org.schiltron.app;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.schiltron.relay.LegAddress;

/**
 * Who dials for a service follows what is to be shown: first its packets' words, then where it dials. Where only the key
 * changes, connections stay, and their packets show the next.
 *
 * @param <T> what is dialled
 */
final class EdgeDialling<T> implements EdgeAgility.Dialling {
    /** Where to. */
    @FunctionalInterface
    interface Target<T> {
        T at(@Nullable InetSocketAddress moved, Shown shown);
    }

    private final String who;
    private final EdgeWords words;
    private final Target<T> target;
    private final Function<T, List<LegAddress>> legs;
    private final BiConsumer<T, Duration> change;
    private T dialled;
    private @Nullable InetSocketAddress moved;

    /**
     * @param shown  what is shown now
     * @param change has what is dialled next go there
     */
    EdgeDialling(String who, EdgeWords words, Shown shown, Target<T> target, Function<T, List<LegAddress>> legs,
            BiConsumer<T, Duration> change) {
        this.who = who;
        this.words = words;
        this.target = target;
        this.legs = legs;
        this.change = change;
        this.dialled = target.at(null, shown);
    }

    @Override
    public synchronized void change(@Nullable InetSocketAddress to, Shown shown, Duration overlap) {
        T next = target.at(to, shown);
        words.show(who, shown, legs.apply(next), overlap);
        if (next.equals(dialled) && Objects.equals(moved, to)) // of a move that others dial it is all that is known here
            return;
        change.accept(next, overlap);
        dialled = next;
        moved = to;
    }
}
