package org.schiltron.app;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.enforce.NftWords;
import org.schiltron.relay.LegAddress;

/** The secondary keys of services' authenticators, in the headers of what this edge sends to them: nftables writes them. */
final class EdgeWords implements AutoCloseable {
    /** @param untilMs when legs that show it have ended; {@code Long.MAX_VALUE} for what is shown now */
    private record Entry(String service, NftWords.Sending sending, long untilMs) {
        Entry ending(long atMs) {
            return new Entry(service, sending, Math.min(untilMs, atMs));
        }
    }

    private final LongSupplier epochMs;
    private List<Entry> written = List.of();
    private @Nullable NftWords nft;

    EdgeWords(LongSupplier epochMs) {
        this.epochMs = epochMs;
    }

    /**
     * Has all legs to these addresses show it; those to the addresses before go on showing what they did.
     *
     * @param overlap how long they may
     * @throws Failure if it cannot be written; what was before still is
     */
    synchronized void show(String service, Shown shown, List<LegAddress> legs, Duration overlap) {
        long nowMs = epochMs.getAsLong();
        List<Entry> next = new ArrayList<>();
        for (Entry entry : written) {
            Entry still = entry.service.equals(service) ? entry.ending(nowMs + overlap.toMillis()) : entry;
            if (still.untilMs > nowMs)
                next.add(still);
        }
        legs.stream().map(shown::sending).filter(Objects::nonNull)
                .forEach(sending -> next.add(new Entry(service, sending, Long.MAX_VALUE)));
        if (next.isEmpty() && nft == null)
            return; // most edges: nothing is asked of nftables
        try {
            if (nft == null)
                nft = new NftWords();
            nft.write(next.stream().map(Entry::sending).toList());
            written = next;
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "the word of the authenticator of " + service + " cannot be written: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (nft != null)
                nft.close();
        } catch (IOException e) {
            System.err.println("schiltron: words are still written: " + e.getMessage());
        }
    }
}
