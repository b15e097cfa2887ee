package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.schiltron.machine.Path;

/**
 * Which rules' condition on an address holds for which address. The ends of all prefixes cut the addresses into intervals, in each of which the same rules hold; looked up by
 * halving. IPv4 lies in IPv6 as in {@link Path}.
 */
final class AddressTable {
    private final long[] highs;
    private final long[] lows;
    private final int[] sets;

    private record Edge(long high, long low, int rule, boolean begins) {
    }

    AddressTable(List<Rule> rules, Function<Rule, List<Prefix>> prefixes, Bits bits) {
        long[] now = bits.empty();
        List<Edge> edges = new ArrayList<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            if (prefixes.apply(rules.get(rule)).isEmpty())
                Bits.add(now, rule);
            for (Prefix prefix : prefixes.apply(rules.get(rule)))
                addEdges(edges, prefix, rule);
        }
        edges.sort(
                (a, b) -> a.high != b.high ? Long.compareUnsigned(a.high, b.high) : Long.compareUnsigned(a.low, b.low));
        int places = 1;
        for (int i = 0; i < edges.size(); i++)
            places += isNewPlace(edges, i) ? 1 : 0;
        highs = new long[places];
        lows = new long[places];
        sets = new int[places];
        int[] depth = new int[rules.size()]; // a rule's prefixes may lie in each other
        int at = 0;
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            if (isNewPlace(edges, i)) {
                sets[at++] = bits.number(now);
                highs[at] = edge.high;
                lows[at] = edge.low;
            }
            depth[edge.rule] += edge.begins ? 1 : -1;
            if (depth[edge.rule] > 0)
                Bits.add(now, edge.rule);
            else
                Bits.remove(now, edge.rule);
        }
        sets[at] = bits.number(now);
    }

    private static void addEdges(List<Edge> edges, Prefix prefix, int rule) {
        edges.add(new Edge(prefix.high(), prefix.low(), rule, true));
        if (prefix.containsIpv4()) { // a prefix of IPv6 is not about IPv4, which lies in it here
            edges.add(new Edge(Prefix.IPV4.high(), Prefix.IPV4.low(), rule, false));
            edges.add(new Edge(Prefix.IPV4.lastHigh(), Prefix.IPV4.lastLow() + 1, rule, true));
        }
        long low = prefix.lastLow() + 1;
        long high = prefix.lastHigh() + (low == 0 ? 1 : 0);
        if (high != 0 || low != 0) // else it reaches to the last address of all
            edges.add(new Edge(high, low, rule, false));
    }

    /** The very first place is address 0, with or without an edge. */
    private static boolean isNewPlace(List<Edge> edges, int i) {
        Edge edge = edges.get(i);
        if (i == 0)
            return edge.high != 0 || edge.low != 0;
        return edge.high != edges.get(i - 1).high || edge.low != edges.get(i - 1).low;
    }

    /** The number of the set of rules for an address. */
    int lookUp(Path address) {
        long high = address.addressHigh();
        long low = address.addressLow();
        int from = 0;
        int to = highs.length;
        while (to - from > 1) { // the place lies in [from, to)
            int middle = (from + to) >>> 1;
            int order = Long.compareUnsigned(highs[middle], high);
            if (order < 0 || (order == 0 && Long.compareUnsigned(lows[middle], low) <= 0))
                from = middle;
            else
                to = middle;
        }
        return sets[from];
    }
}
