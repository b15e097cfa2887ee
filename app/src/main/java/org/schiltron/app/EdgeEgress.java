package org.schiltron.app;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.schiltron.relay.routes.EgressService;

/**
 * A service for which this node is an egress: the last before the ring.
 *
 * @param name    as at the ingresses
 * @param to      the service, resolved; null if there are connections to its landing alone
 * @param landing where its landing takes carriers in, resolved; null without one
 * @param shown   what the ring asks for; null if nothing
 */
record EdgeEgress(String name, @Nullable InetSocketAddress to, @Nullable InetSocketAddress landing,
        @Nullable AuthenticatorFile shown) {
    /** @throws IllegalArgumentException if there is nothing to dial */
    EdgeEgress {
        if (to == null && landing == null)
            throw new IllegalArgumentException("nothing to dial: give to, or landing, or both");
        if (!EdgeService.NAME.matcher(name).matches())
            throw new IllegalArgumentException("name: \"" + name + "\" is not " + EdgeService.NAME_FORM);
        if (to != null && to.getPort() == 0 || landing != null && landing.getPort() == 0)
            throw new IllegalArgumentException("port 0 is nowhere");
        if (shown != null && to != null)
            shown.check(to);
        if (shown != null && landing != null)
            shown.check(landing);
    }

    /** Unlike the service of that name at an ingress, which may be the same node. */
    String who() {
        return "egress " + name;
    }

    /**
     * What it dials.
     *
     * @param moved where the service is instead of {@code to}; null if it is there
     * @param now   what the ring asks for
     */
    EgressService at(@Nullable InetSocketAddress moved, Shown now) {
        InetSocketAddress backend = moved == null ? to : moved;
        // a landing listens at one port of all the service's addresses
        InetSocketAddress end = landing == null || moved == null
                ? landing
                : new InetSocketAddress(moved.getAddress(), landing.getPort());
        return new EgressService(backend == null ? null : now.leg(backend), end == null ? null : now.leg(end));
    }
}
