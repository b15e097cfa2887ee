package org.schiltron.relay.openings;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.Doorkeeper;
import org.schiltron.edge.SourceGrants;
import org.schiltron.machine.Path;

/**
 * How one service's clients are let in, whatever entrance they come by. May be used by several threads.
 *
 * @param service the service's name, as the edge's configuration has it
 * @param method  of letting in
 * @param keeper  decides about requests of HTTP; null only for {@code NONE} and {@code GRANT}, whose HTTP then has no
 *                page of the edge's own
 * @param grants  the addresses that are let in; null where none are asked for, or by the keeper alone
 */
public record Door(String service, Authentication method, @Nullable Doorkeeper keeper, @Nullable SourceGrants grants) {
    /** @throws IllegalArgumentException if nothing could decide */
    public Door {
        boolean byAddress = method == Authentication.NONE || method == Authentication.GRANT && grants != null;
        if (keeper == null && !byAddress)
            throw new IllegalArgumentException(
                    "service " + service + ": " + method + " needs a doorkeeper" + (method == Authentication.GRANT
                            ? " or a table of grants"
                            : ""));
    }

    /** The same without a doorkeeper, for what shows an edge no more than an address. */
    Door byAddress() {
        if (method != Authentication.NONE && (method != Authentication.GRANT || grants == null))
            throw new IllegalArgumentException("service " + service + ": only NONE, and GRANT with a table of grants,"
                    + " let in what an edge does not see into, not " + method);
        return new Door(service, method, null, grants);
    }

    /** Whether the address lets in. */
    boolean admits(InetSocketAddress source, long nowEpochSeconds) {
        return method == Authentication.NONE || grants != null && grants.granted(path(source), nowEpochSeconds);
    }

    static Path path(InetSocketAddress source) {
        return Path.of(0, source.getAddress().getAddress(), source.getPort());
    }
}
