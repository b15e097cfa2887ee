package org.schiltron.relay.routes;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.schiltron.edge.ResetReason;
import org.schiltron.edge.TrunkClose;

/** What a {@link RouteNode} has done, for a status page. From any thread; all but those that say "open" only rise. */
public final class RouteCounters {
    final LongAdder trunksOpened = new LongAdder();
    final LongAdder trunksClosed = new LongAdder();
    final LongAdder strangersTurnedAway = new LongAdder();
    final LongAdder streamsOpened = new LongAdder();
    final LongAdder streamsClosed = new LongAdder();
    final LongAdder hopsOpened = new LongAdder();
    final LongAdder hopsClosed = new LongAdder();
    final LongAdder legsOpened = new LongAdder();
    final LongAdder legsClosed = new LongAdder();
    final LongAdder egressLegsOpened = new LongAdder();
    final LongAdder egressLegsClosed = new LongAdder();
    final LongAdder carriersResumed = new LongAdder();
    final LongAdder waysFailed = new LongAdder();
    final LongAdder recordsOut = new LongAdder();
    final LongAdder paddingOut = new LongAdder();
    private final Map<TrunkClose, LongAdder> closes = new EnumMap<>(TrunkClose.class);
    private final Map<ResetReason, LongAdder> resets = new EnumMap<>(ResetReason.class);

    RouteCounters() {
        for (TrunkClose close : TrunkClose.values())
            closes.put(close, new LongAdder());
        for (ResetReason reason : ResetReason.values())
            resets.put(reason, new LongAdder());
    }

    void closed(TrunkClose reason) {
        adder(closes, reason).increment();
    }

    void reset(ResetReason reason) {
        adder(resets, reason).increment();
    }

    private static <K> LongAdder adder(Map<K, LongAdder> adders, K key) {
        LongAdder adder = adders.get(key);
        if (adder == null)
            throw new AssertionError("every value has one");
        return adder;
    }

    /** Trunks open now, in both directions. */
    public long trunksOpen() {
        return trunksOpened.sum() - trunksClosed.sum();
    }

    /** Streams of trunks, at either end of a leg or on its way. */
    public long streamsOpen() {
        return streamsOpened.sum() - streamsClosed.sum();
    }

    /** Legs on their way through here to another node. */
    public long hopsOpen() {
        return hopsOpened.sum() - hopsClosed.sum();
    }

    /** Legs that begin here. */
    public long legsOpen() {
        return legsOpened.sum() - legsClosed.sum();
    }

    /** Connections from here to backends and landings. */
    public long egressLegsOpen() {
        return egressLegsOpened.sum() - egressLegsClosed.sum();
    }

    /** Connections to backends and landings so far. */
    public long egressLegs() {
        return egressLegsOpened.sum();
    }

    /** Legs on their way through here so far. */
    public long hops() {
        return hopsOpened.sum();
    }

    /** How often a resumable leg that begins here has taken another way. */
    public long carriersResumed() {
        return carriersResumed.sum();
    }

    /** Ways that were tried and could not be opened. */
    public long waysFailed() {
        return waysFailed.sum();
    }

    /** Connections that were turned away before they said anything: too many at once. */
    public long strangersTurnedAway() {
        return strangersTurnedAway.sum();
    }

    /** Records or cells sent, on all trunks. */
    public long recordsOut() {
        return recordsOut.sum();
    }

    /** Those of them that said nothing: with cells, the cover traffic. */
    public long paddingOut() {
        return paddingOut.sum();
    }

    /** Trunks that ended for this reason, those that never opened among them. */
    public long trunksClosed(TrunkClose reason) {
        return adder(closes, reason).sum();
    }

    /** Streams that were given up for this reason, here or as the other end says. */
    public long resets(ResetReason reason) {
        return adder(resets, reason).sum();
    }
}
