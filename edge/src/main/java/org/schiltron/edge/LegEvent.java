package org.schiltron.edge;

/** What a {@link LegClient} tells its driver. */
public sealed interface LegEvent {

    /** The leg has no carrier, or the landing has left it: make a connection, then call {@link LegClient#carrier}. */
    record NeedCarrier() implements LegEvent {
    }

    /** That carrier is over: send what was taken from it, then close its connection. */
    record CarrierOver(int carrier, CarrierEnd reason) implements LegEvent {
    }

    /** There are bytes, or the end, to read. Given again only after a read has returned 0. */
    record CanRead() implements LegEvent {
    }

    /** There is room again after a write that took less than it was offered. */
    record CanWrite() implements LegEvent {
    }

    /** The landing reset the leg, and has taken nothing more; what came before may still be read. */
    record Reset(ResetReason reason) implements LegEvent {
    }

    /** The leg is over; its carriers too. */
    record Over(LegOver reason) implements LegEvent {
    }
}
