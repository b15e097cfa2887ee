package org.schiltron.filter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.schiltron.machine.Path;

/** An unbroken row of addresses of one family, both ends included. IPv4 lies in IPv6 as in {@link Path}. */
record Span(long firstHigh, long firstLow, long lastHigh, long lastLow) {
    private static final Prefix ALL_IPV4 = new Prefix(0, 0xffffL << 32, 96);
    static final Comparator<Span> BY_FIRST = (a, b) -> compare(a.firstHigh, a.firstLow, b.firstHigh, b.firstLow);

    static int compare(long high, long low, long otherHigh, long otherLow) {
        return high != otherHigh ? Long.compareUnsigned(high, otherHigh) : Long.compareUnsigned(low, otherLow);
    }

    static Span of(Prefix prefix) {
        return new Span(prefix.high(), prefix.low(), prefix.lastHigh(), prefix.lastLow());
    }

    /**
     * The addresses of one family in a list of prefixes: in their order, none in two spans, none that touch. {@code ::/0} to {@code ::/95}
     * hold all of IPv4 too.
     */
    static List<Span> of(List<Prefix> prefixes, boolean ipv4) {
        List<Span> all = new ArrayList<>();
        for (Prefix prefix : prefixes) {
            if (prefix.isIpv4() == ipv4)
                all.add(of(prefix));
            else if (ipv4 && prefix.contains(ALL_IPV4))
                return List.of(of(ALL_IPV4));
        }
        all.sort(BY_FIRST);
        List<Span> merged = new ArrayList<>(all.size());
        for (Span span : all) {
            Span last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.reaches(span))
                merged.set(merged.size() - 1, last.with(span));
            else
                merged.add(span);
        }
        return merged;
    }

    /** Whether nothing lies between this and one that begins later or with it. */
    private boolean reaches(Span later) {
        long low = lastLow + 1;
        long high = lastHigh + (low == 0 ? 1 : 0);
        return (high == 0 && low == 0) || compare(later.firstHigh, later.firstLow, high, low) <= 0;
    }

    private Span with(Span later) {
        boolean within = compare(later.lastHigh, later.lastLow, lastHigh, lastLow) <= 0;
        return within ? this : new Span(firstHigh, firstLow, later.lastHigh, later.lastLow);
    }

    /** {@code 192.0.2.0/24} where it is a prefix, else {@code 192.0.2.0-192.0.2.5}. */
    String text(boolean ipv4) {
        String first = text(firstHigh, firstLow, ipv4);
        long low = firstLow ^ lastLow;
        long high = firstHigh ^ lastHigh;
        if (low == 0 && high == 0)
            return first;
        int free = high == 0 ? 64 - Long.numberOfLeadingZeros(low) : 128 - Long.numberOfLeadingZeros(high);
        Prefix prefix = new Prefix(firstHigh, firstLow, 128 - free);
        boolean whole = (firstHigh & ~prefix.highMask()) == 0 && (firstLow & ~prefix.lowMask()) == 0
                && prefix.lastHigh() == lastHigh && prefix.lastLow() == lastLow;
        return whole ? first + "/" + ((ipv4 ? 32 : 128) - free) : first + "-" + text(lastHigh, lastLow, ipv4);
    }

    private static String text(long high, long low, boolean ipv4) {
        if (ipv4)
            return (low >>> 24 & 0xff) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        Path path = new Path(0, high, low, 0);
        if (path.isIpv4()) // which it would write with dots
            return "::ffff:" + Long.toHexString(low >>> 16 & 0xffff) + ":" + Long.toHexString(low & 0xffff);
        String text = path.toString(); // [address]:0
        return text.substring(1, text.length() - 3);
    }

    /** {@code 0xc0000200-0xc00002ff}. */
    String hexadecimal(boolean ipv4) {
        return ipv4
                ? String.format("0x%08x-0x%08x", firstLow & 0xffff_ffffL, lastLow & 0xffff_ffffL)
                : String.format("0x%016x%016x-0x%016x%016x", firstHigh, firstLow, lastHigh, lastLow);
    }

    /** The first address as a word of letters and digits. */
    String firstWord(boolean ipv4) {
        return ipv4 ? text(firstHigh, firstLow, true) : String.format("%016x%016x", firstHigh, firstLow);
    }
}
