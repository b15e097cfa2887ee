package org.schiltron.bgp;

import java.util.List;

/** What a session tells its host. */
public sealed interface BgpEvent {
    /** Why a session, or an attempt at one, ended. */
    enum Cause {
        /** No connection came about. */
        UNREACHABLE,
        /** The peer said no, with a NOTIFICATION. */
        REJECTED,
        /** What the peer said was not acceptable, and a NOTIFICATION told it so. */
        REFUSED,
        /** The connection broke, or the peer closed it without a word. */
        LOST,
        /** The peer was silent for the hold time, or took nothing for long. */
        SILENT,
        /** {@link BgpSession#close}. */
        CLOSED
    }

    /**
     * The session is established, and the rules are on their way.
     *
     * @param peerId      the peer's router id
     * @param holdSeconds agreed on; 0 if neither side watches the other
     * @param families    what the peer takes; may be none
     */
    record Up(int peerId, int holdSeconds, List<FlowFamily> families) implements BgpEvent {
    }

    /** After {@link Up}: the peer does not speak FlowSpec for this family, so none of its rules are announced. */
    record Missing(FlowFamily family) implements BgpEvent {
    }

    /**
     * Everything has been handed to the driver: what the peer should have is, or will shortly be, with it.
     *
     * @param rules of families that the peer takes or not
     */
    record Announced(int rules) implements BgpEvent {
    }

    /**
     * The session ended, or an attempt at one failed; the peer has forgotten all rules.
     *
     * @param reason  for a person
     * @param wasUp   whether it had been established
     * @param retryNs until the next attempt; -1 if there is none
     */
    record Down(Cause cause, String reason, boolean wasUp, long retryNs) implements BgpEvent {
    }
}
