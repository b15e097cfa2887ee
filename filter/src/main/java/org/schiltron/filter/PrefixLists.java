package org.schiltron.filter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lists of prefixes, with as few entries as say the same. */
final class PrefixLists {
    private PrefixLists() {
    }

    /** Without those that lie in others, and with two halves as their whole. */
    static List<Prefix> merged(List<Prefix> prefixes) {
        List<Prefix> sorted = new ArrayList<>(prefixes);
        sorted.sort(Comparator.comparing(Prefix::isIpv4).thenComparing(Prefix::high, Long::compareUnsigned)
                .thenComparing(Prefix::low, Long::compareUnsigned).thenComparingInt(Prefix::bits));
        List<Prefix> merged = new ArrayList<>();
        for (Prefix prefix : sorted) {
            if (!merged.isEmpty() && merged.getLast().contains(prefix))
                continue;
            merged.add(prefix);
            while (merged.size() > 1 && areHalves(merged.get(merged.size() - 2), merged.getLast())) {
                Prefix first = merged.get(merged.size() - 2);
                merged.subList(merged.size() - 2, merged.size()).clear();
                merged.add(first.whole());
            }
        }
        return merged;
    }

    /** Of one prefix that is a bit shorter, in order. */
    private static boolean areHalves(Prefix first, Prefix second) {
        return first.bits() == second.bits() && first.length() > 0 && first.isIpv4() == second.isIpv4()
                && first.whole().equals(second.whole());
    }
}
