package org.schiltron.ring;

import java.util.Arrays;

/**
 * First-contact nonces that customers of one ring node share (Phalanx 3.4.3: aggregation): who has used up its own takes
 * what others leave, an even part of the pool for each that wanted some in this second or the last. So a service whose
 * door is crowded refreshes its nonces faster, and two such services do not take each other's part.
 */
final class FirstPool {
    private static final long SECOND_NS = 1_000_000_000L;

    private final int perSecond;
    private final int[] taken; // in this second, by slot
    private final boolean[] wants; // in this second
    private final boolean[] wanted; // in the last
    private int wanting; // in one of the two
    private int sum;
    private long second = Long.MIN_VALUE;

    FirstPool(int perSecond, int slots) {
        this.perSecond = perSecond;
        taken = new int[slots];
        wants = new boolean[slots];
        wanted = new boolean[slots];
    }

    /** Takes {@code amount} for the customer in that slot, all or nothing. */
    boolean take(long nowNs, int slot, int amount) {
        if (perSecond == 0)
            return false;
        long now = Math.floorDiv(nowNs, SECOND_NS);
        if (now != second)
            turn(now);
        if (!wants[slot] && !wanted[slot])
            wanting++;
        wants[slot] = true;
        if (taken[slot] + amount > perSecond / wanting || sum + amount > perSecond)
            return false;
        taken[slot] += amount;
        sum += amount;
        return true;
    }

    private void turn(long now) {
        wanting = 0;
        for (int i = 0; i < wants.length; i++) {
            wanted[i] = wants[i] && now == second + 1;
            wanting += wanted[i] ? 1 : 0;
        }
        Arrays.fill(wants, false);
        Arrays.fill(taken, 0);
        sum = 0;
        second = now;
    }
}
