package org.schiltron.edge;

/** What a {@link LegLanding} tells its driver. */
public sealed interface LandingEvent {

    /** A leg from that ingress has begun, and its other end has shown that it is there: connect to the backend. */
    record Opened(int leg, Node ingress, LegAsk ask) implements LandingEvent {
    }

    /** There are bytes, or the end, to read. Given again only after a read has returned 0. */
    record CanRead(int leg) implements LandingEvent {
    }

    /** There is room again after a write that took less than it was offered. */
    record CanWrite(int leg) implements LandingEvent {
    }

    /** The ingress reset the leg; what came before may still be read until {@link Over}. */
    record Reset(int leg, ResetReason reason) implements LandingEvent {
    }

    /** The leg is over, and forgotten: close its backend. Only for those that were opened. */
    record Over(int leg, LegOver reason) implements LandingEvent {
    }

    /** That carrier is over: send what was taken from it, then close its connection. */
    record CarrierOver(int carrier, CarrierEnd reason) implements LandingEvent {
    }
}
