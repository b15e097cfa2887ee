package org.schiltron.relay.routes;

import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EdgeDrop;

/** What a leg's connection is told of why its way failed. */
final class Reasons {
    private Reasons() {
    }

    /** For a leg that was open. */
    static EdgeDrop drop(ResetReason reason) {
        return switch (reason) {
            case AUTHENTICATOR_OVER -> EdgeDrop.OVERLAP_ENDED;
            case TIMED_OUT -> EdgeDrop.BACKEND_TIMEOUT;
            case UNREACHABLE, STOPPING, PROTOCOL, REPLAYED, TAMPERED -> EdgeDrop.BACKEND_UNREACHABLE;
            case CANCELLED, REFUSED -> EdgeDrop.BACKEND_RESET;
        };
    }

    /** For one that did not come about. */
    static EdgeDrop notOpened(ResetReason reason) {
        return reason == ResetReason.REFUSED ? EdgeDrop.BACKEND_REFUSED : drop(reason);
    }
}
