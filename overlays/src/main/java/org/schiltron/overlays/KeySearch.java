package org.schiltron.overlays;

/**
 * Adaptive flooding over numbered keys (Mayday, section 4.3): groups of as many as slow the service down if one of them is
 * valid, one group after another; a group that does is halved until one key is left, which then gets all force for as long as
 * the service is slow. {@link FloodingGame} is about how long that takes; here several keys may be valid.
 */
final class KeySearch {
    private final long keys;
    private final int atOnce;
    private long next;
    /** Flooded with: from {@code low} up to, not with, {@code middle}. Taken to hold a valid key: up to {@code high}. */
    private long low;
    private long middle;
    private long high;
    private boolean halving;
    private boolean exhausted;

    KeySearch(long keys, int atOnce) {
        this.keys = keys;
        this.atOnce = atOnce;
        group();
    }

    /** What a round has shown. */
    void saw(boolean slow) {
        if (!halving) {
            if (!slow) {
                group();
                return;
            }
            halving = true;
            high = middle;
        } else if (middle == high) { // one key, all force
            if (!slow)
                group();
            return;
        } else if (slow) {
            high = middle;
        } else {
            low = middle;
        }
        middle = high - low == 1 ? high : low + (high - low) / 2;
    }

    private void group() {
        halving = false;
        if (next == keys) {
            exhausted = true;
            next = 0;
        }
        low = next;
        middle = Math.min(keys, low + atOnce);
        next = middle;
    }

    long low() {
        return low;
    }

    int count() {
        return (int) (middle - low);
    }

    /** Whether it has been through all keys, and begun again. */
    boolean exhausted() {
        return exhausted;
    }
}
