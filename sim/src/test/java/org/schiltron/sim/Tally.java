package org.schiltron.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/** How often each thing is owed. Of more than 200,000 kinds the oldest is forgotten: more than any run has at one host. */
final class Tally<K> {
    private static final int REMEMBERED = 200_000;

    private final Map<K, Integer> counts = new LinkedHashMap<>();

    void add(K key) {
        counts.merge(key, 1, Integer::sum);
        if (counts.size() > REMEMBERED)
            counts.remove(counts.keySet().iterator().next());
    }

    boolean has(K key) {
        return counts.containsKey(key);
    }

    /** Takes one away; false if there was none. */
    boolean take(K key) {
        Integer left = counts.get(key);
        if (left == null)
            return false;
        if (left == 1)
            counts.remove(key);
        else
            counts.put(key, left - 1);
        return true;
    }

    /** Takes all away; false if there was none. */
    boolean takeAll(K key) {
        return counts.remove(key) != null;
    }
}
