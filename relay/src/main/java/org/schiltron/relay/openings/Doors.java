package org.schiltron.relay.openings;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;

/** Doors by the names that clients ask for. */
final class Doors {
    private final Map<String, Door> byName = new TreeMap<>();

    /**
     * @param byName in lower case, without a port or a dot at the end; {@code *.example.org} has all names with one
     *               more label, but for those that are listed themselves; "" has all others, and clients that name
     *               none
     * @throws IllegalArgumentException for a name that no client's could equal, or without any
     */
    Doors(Map<String, Door> byName) {
        this(byName, UnaryOperator.identity());
    }

    private Doors(Map<String, Door> byName, UnaryOperator<Door> as) {
        if (byName.isEmpty())
            throw new IllegalArgumentException("an entrance without a door");
        byName.forEach((name, door) -> {
            if (!name.equals(name.toLowerCase(Locale.ROOT)) || name.endsWith("."))
                throw new IllegalArgumentException("\"" + name + "\": write it in lower case, and no dot at its end");
            this.byName.put(name, as.apply(door));
        });
    }

    /** Of those that the address alone opens. */
    static Doors byAddress(Map<String, Door> byName) {
        return new Doors(byName, Door::byAddress);
    }

    /** @param name as {@code HttpHead} and {@code ClientHello} give it; null or "" for none */
    @Nullable
    Door find(@Nullable String name) {
        String asked = name == null ? "" : name;
        Door exact = byName.get(asked);
        if (exact != null)
            return exact;
        int dot = asked.indexOf('.');
        Door wild = dot < 0 ? null : byName.get("*" + asked.substring(dot));
        return wild == null ? byName.get("") : wild;
    }

    /** Whether the address is let in to the service by every name it has. */
    boolean admits(String service, InetSocketAddress source, long nowEpochSeconds) {
        return of(service).allMatch(door -> door.admits(source, nowEpochSeconds));
    }

    /** Whether nobody is let in to the service without a grant. */
    boolean byGrant(String service) {
        return of(service).allMatch(door -> door.method() == Authentication.GRANT);
    }

    private Stream<Door> of(String service) {
        return byName.values().stream().filter(door -> door.service().equals(service));
    }
}
