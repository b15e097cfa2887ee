package org.schiltron.edge;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;

/**
 * Source addresses that may use a service for a time, whatever they speak: all that an edge can go by where it does
 * not see into what it passes on. An IPv4 address counts whole, of an IPv6 address the first 64 bits, within which a
 * host may choose freely. Whoever shares the address shares the grant; behind a large NAT that is many.
 *
 * <p>May be used by several threads.
 */
public final class SourceGrants {
    /** As many as a small provider has customers; some 100 bytes each. */
    public static final int DEFAULT_CAPACITY = 65_536;

    private final int capacity;
    private final Map<Long, Long> until = new LinkedHashMap<>();

    /** @param capacity when full, those that have expired go first; after that newcomers are turned away */
    public SourceGrants(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Lets a source in, or in for longer.
     *
     * @return false if there is no room
     */
    public synchronized boolean grant(Path source, long untilEpochSeconds, long nowEpochSeconds) {
        long key = key(source);
        Long before = until.remove(key);
        if (before == null && until.size() >= capacity && !forgetExpired(nowEpochSeconds))
            return false;
        until.put(key, before == null ? untilEpochSeconds : Math.max(before, untilEpochSeconds));
        return true;
    }

    public boolean granted(Path source, long nowEpochSeconds) {
        return until(source, nowEpochSeconds) > 0;
    }

    /** The end of the source's grant in seconds since 1970; 0 without one. */
    public synchronized long until(Path source, long nowEpochSeconds) {
        Long end = until.get(key(source));
        return end == null || end <= nowEpochSeconds ? 0 : end;
    }

    public synchronized void revoke(Path source) {
        until.remove(key(source));
    }

    /** Those that have expired and were not forgotten yet included. */
    public synchronized int size() {
        return until.size();
    }

    /** Whether there was one. Grants stand in the order in which they were given, nearly that in which they expire. */
    private boolean forgetExpired(long nowEpochSeconds) {
        boolean any = false;
        Iterator<Long> ends = until.values().iterator();
        while (ends.hasNext() && ends.next() <= nowEpochSeconds) {
            ends.remove();
            any = true;
        }
        return any;
    }

    /**
     * IPv4: what follows {@code ::ffff:}; IPv6: the first half. They do not meet: no host is in {@code 0:ffff::/32}.
     */
    static long key(Path source) {
        return source.isIpv4() ? source.addressLow() : source.addressHigh();
    }
}
