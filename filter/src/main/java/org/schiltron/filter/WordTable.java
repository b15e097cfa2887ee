package org.schiltron.filter;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Which rules' condition on the word at one place holds for which value. */
final class WordTable {
    final Word place;
    private final int[] values; // sorted
    private final int[] sets;
    /** For packets with another value there, or none. */
    private final int otherSet;

    WordTable(Word place, List<Rule> rules, Bits bits) {
        this.place = place;
        long[] others = bits.empty();
        TreeMap<Integer, long[]> byValue = new TreeMap<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            Word asked = rules.get(rule).words().stream().filter(word -> word.place().equals(place)).findFirst()
                    .orElse(null);
            if (asked == null)
                Bits.add(others, rule);
            else
                Bits.add(byValue.computeIfAbsent(asked.value(), value -> bits.empty()), rule);
        }
        values = new int[byValue.size()];
        sets = new int[byValue.size()];
        int at = 0;
        for (var entry : byValue.entrySet()) {
            long[] set = entry.getValue();
            for (int w = 0; w < set.length; w++)
                set[w] |= others[w];
            values[at] = entry.getKey();
            sets[at++] = bits.number(set);
        }
        otherSet = bits.number(others);
    }

    int lookUp(IpHeaders packet) {
        if (!packet.has(place))
            return otherSet;
        int at = Arrays.binarySearch(values, packet.word(place));
        return at < 0 ? otherSet : sets[at];
    }
}
