package org.schiltron.app;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.enforce.NftWords;
import org.schiltron.enforce.WordWriter;
import org.schiltron.enforce.WordWriter.Sending;
import org.schiltron.relay.LegAddress;

/** The secondary keys of services' authenticators, in the headers of what this edge sends to them. */
final class EdgeWords implements AutoCloseable {
    /** Begins to write, once there is something. */
    @FunctionalInterface
    interface Opening {
        WordWriter open() throws IOException;
    }

    /** @param untilMs when legs that show it have ended; {@code Long.MAX_VALUE} for what is shown now */
    private record Entry(String who, Sending sending, long untilMs) {
    }

    private final LongSupplier epochMs;
    private final Opening opening;
    private List<Entry> written = List.of();
    private @Nullable WordWriter writer;
    private boolean closed;

    /** By nftables. */
    EdgeWords(LongSupplier epochMs) {
        this(epochMs, () -> new NftWords(epochMs.getAsLong()));
    }

    EdgeWords(LongSupplier epochMs, Opening opening) {
        this.epochMs = epochMs;
        this.opening = opening;
    }

    /**
     * Has all legs to these addresses show it; those to the addresses before go on showing what the ring takes there.
     *
     * @param who     dials them: a service, or an egress for one
     * @param overlap how long legs to other addresses than these may go on
     * @throws Failure if it cannot be written; what was before still is
     */
    synchronized void show(String who, Shown shown, List<LegAddress> legs, Duration overlap) {
        if (closed)
            return;
        List<Sending> now = legs.stream().map(shown::sending).filter(Objects::nonNull).toList();
        boolean isNone = now.isEmpty() && written.stream().noneMatch(entry -> entry.who.equals(who));
        if (isNone)
            return; // most edges: nothing is asked of anybody
        long nowMs = epochMs.getAsLong();
        List<Entry> next = new ArrayList<>();
        for (Entry entry : written)
            if (!entry.who.equals(who))
                next.add(entry);
            else if (now.stream().noneMatch(sending -> isToThere(entry.sending, sending)))
                next.add(new Entry(who, kept(entry.sending, shown, now),
                        Math.min(entry.untilMs, nowMs + overlap.toMillis())));
        next.removeIf(entry -> entry.untilMs <= nowMs);
        now.forEach(sending -> next.add(new Entry(who, sending, Long.MAX_VALUE)));
        write(who, next);
    }

    private static boolean isToThere(Sending one, Sending other) {
        return Objects.equals(one.from(), other.from()) && Objects.equals(one.ports(), other.ports())
                && one.to().equals(other.to());
    }

    /** What legs to an earlier address show: the key of the time, if that holds there too; else the one they had. */
    private static Sending kept(Sending before, Shown shown, List<Sending> now) {
        if (!shown.holdsEverywhere())
            return before;
        return now.stream().filter(sending -> Objects.equals(sending.from(), before.from())).findFirst()
                .map(sending -> new Sending(before.from(), before.ports(), before.to(), sending.place(), sending.key()))
                .orElse(before);
    }

    private void write(String who, List<Entry> next) {
        try {
            if (writer == null)
                writer = opening.open();
            writer.write(next.stream().map(Entry::sending).toList());
            written = next;
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "the word of the authenticator of " + who + " cannot be written: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (writer != null)
                writer.close();
        } catch (IOException e) {
            System.err.println("schiltron: words may still be written: " + e.getMessage());
        }
    }
}
