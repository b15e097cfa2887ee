package org.schiltron.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sets of rules, as bitmaps of one length, each kept once and named by a number. */
final class Bits {
    /** 64-bit words a set. */
    final int words;
    private final List<long[]> sets = new ArrayList<>();
    private final Map<Key, Integer> numbers = new LinkedHashMap<>();

    private record Key(long[] bits) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bits, key.bits);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bits);
        }
    }

    Bits(int rules) {
        words = Math.max(1, (rules + 63) / 64);
    }

    long[] empty() {
        return new long[words];
    }

    static void add(long[] set, int rule) {
        set[rule >>> 6] |= 1L << rule;
    }

    static void remove(long[] set, int rule) {
        set[rule >>> 6] &= ~(1L << rule);
    }

    /** The number of a set with these rules. */
    int number(long[] set) {
        Key key = new Key(set.clone());
        Integer known = numbers.putIfAbsent(key, sets.size());
        if (known != null)
            return known;
        sets.add(key.bits);
        return sets.size() - 1;
    }

    long[] set(int number) {
        return sets.get(number);
    }

    /** All, by number. */
    long[][] all() {
        return sets.toArray(long[][]::new);
    }
}
