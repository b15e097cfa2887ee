package org.schiltron.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.ring.NonceFilter;

/** Without errors: so that a packet that passes unrequested is a mistake and not the filter's stated chance. */
final class ExactNonceFilter implements NonceFilter {
    private static final int CAPACITY = 65_536; // the oldest goes

    private final Map<Long, Integer> standing = new LinkedHashMap<>();

    @Override
    public void remember(long nowNs, long[] keys, int offset, int count) {
        for (int i = 0; i < count; i++)
            standing.merge(keys[offset + i], 1, Integer::sum);
        while (standing.size() > CAPACITY)
            standing.remove(standing.keySet().iterator().next());
    }

    @Override
    public void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
        for (int i = 0; i < count; i++) {
            Integer times = standing.get(keys[offset + i]);
            admitted[i] = times != null;
            if (times != null && times == 1)
                standing.remove(keys[offset + i]);
            else if (times != null)
                standing.put(keys[offset + i], times - 1);
        }
    }

    @Override
    public long bytes() {
        return 0;
    }
}
