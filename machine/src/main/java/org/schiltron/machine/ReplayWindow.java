package org.schiltron.machine;

import java.util.Arrays;

/**
 * Which counters of one direction were seen: a bitmap that slides with the highest (RFC 6479). Datagrams may overtake
 * each other by up to {@link #SPAN} counters; what is older counts as seen. Holds 256 bytes. Ask only about counters
 * that have been authenticated.
 */
public final class ReplayWindow {
    private static final int WORDS = 32; // a power of two
    /** How far behind the highest counter one is still remembered: a whole window less the word being filled. */
    public static final int SPAN = (WORDS - 1) * Long.SIZE;

    private final long[] seen = new long[WORDS];
    private long highest = -1;

    /** Whether this counter comes for the first time; from then on it has come. */
    public boolean accept(long counter) {
        if (counter < 0)
            return false;
        long word = counter >>> 6;
        if (counter > highest) {
            long from = highest >>> 6; // of -1: far below, all words are cleared
            if (highest < 0 || word - from >= WORDS) {
                Arrays.fill(seen, 0);
            } else {
                for (long w = from + 1; w <= word; w++)
                    seen[(int) w & (WORDS - 1)] = 0;
            }
            highest = counter;
        } else if (highest - counter > SPAN) {
            return false;
        }
        long bit = 1L << (counter & 63);
        int index = (int) word & (WORDS - 1);
        boolean fresh = (seen[index] & bit) == 0;
        seen[index] |= bit;
        return fresh;
    }

    /** The highest counter accepted, or -1. */
    public long highest() {
        return highest;
    }
}
