package org.schiltron.relay.routes;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.schiltron.relay.LegAddress;

/**
 * Where an egress dials for a service, and what it shows to the ring there.
 *
 * @param backend for plain legs and datagrams; null if there are none
 * @param landing for carriers of resumable legs; null if there are none
 */
public record EgressService(@Nullable LegAddress backend, @Nullable LegAddress landing) {
    /** Both, or one. */
    public List<LegAddress> legs() {
        return Stream.of(backend, landing).filter(Objects::nonNull).toList();
    }
}
