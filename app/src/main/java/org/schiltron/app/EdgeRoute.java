package org.schiltron.app;

import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Route;
import org.schiltron.proof.PublicKey;

/**
 * The way from an edge to a service (Mayday, section 3.5).
 *
 * @param normal  by default
 * @param secure  in secure mode; null for the same
 * @param landing the key of the landing beside the service, for connections that outlive their way; null without one
 */
record EdgeRoute(Route normal, @Nullable Route secure, @Nullable PublicKey landing) {
    static final EdgeRoute DIRECT = new EdgeRoute(Route.PROXIMITY, null, null);

    /** @throws IllegalArgumentException that says what does not fit together */
    EdgeRoute {
        if (landing != null && normal == Route.PROXIMITY && secure == null)
            throw new IllegalArgumentException("landing is for routes over other nodes, not for proximity");
        if (secure == Route.PROXIMITY)
            throw new IllegalArgumentException("secure-route: proximity is the normal one; give a stricter");
    }

    /** Whether other nodes are needed. */
    boolean isIndirect() {
        return normal != Route.PROXIMITY || secure != null;
    }
}
