package org.schiltron.ring;

import java.util.HashMap;
import java.util.Map;

/** Without errors and without bounds: what a nonce filter approximates. */
final class ExactFilter implements NonceFilter {
    private final Map<Long, Integer> standing = new HashMap<>();

    @Override
    public void remember(long nowNs, long[] keys, int offset, int count) {
        for (int i = 0; i < count; i++)
            standing.merge(keys[offset + i], 1, Integer::sum);
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
