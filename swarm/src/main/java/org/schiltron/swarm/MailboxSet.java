package org.schiltron.swarm;

import java.util.Arrays;

/**
 * The mailboxes of one direction of a session and their weights: version by version the same at both ends. A nonce picks
 * one of them (Phalanx 3.2.1, {@code M[x_i]}), biased by weight (section 3.5). Immutable.
 */
final class MailboxSet {
    /** Most mailboxes in one set. */
    static final int MAX_SIZE = 64;
    static final int MAX_WEIGHT = 255;

    private final int[] members; // indices in the swarm list
    private final int[] weights; // 1 to 255
    private final int[] cumulative;

    /** @throws IllegalArgumentException unless there are 1 to 64 members with weights of 1 to 255 */
    MailboxSet(int[] members, int[] weights) {
        if (members.length < 1 || members.length > MAX_SIZE || members.length != weights.length) {
            throw new IllegalArgumentException("a set of " + members.length);
        }
        this.members = members.clone();
        this.weights = weights.clone();
        cumulative = new int[weights.length];
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] < 1 || weights[i] > MAX_WEIGHT)
                throw new IllegalArgumentException("weight " + weights[i]);
            sum += weights[i];
            cumulative[i] = sum;
        }
    }

    /** All members alike. */
    static MailboxSet even(int[] members) {
        int[] weights = new int[members.length];
        Arrays.fill(weights, MAX_WEIGHT);
        return new MailboxSet(members, weights);
    }

    int size() {
        return members.length;
    }

    /** Index in the swarm list of the member at {@code position}. */
    int member(int position) {
        return members[position];
    }

    int weight(int position) {
        return weights[position];
    }

    /** The position of list index {@code member}, or -1. */
    int position(int member) {
        for (int i = 0; i < members.length; i++)
            if (members[i] == member)
                return i;
        return -1;
    }

    /** Index in the swarm list of the mailbox for the packet with this nonce. */
    int pick(long nonceHigh) {
        long draw = (nonceHigh >>> 32) * cumulative[cumulative.length - 1] >>> 32;
        int low = 0;
        int high = cumulative.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > draw)
                high = middle;
            else
                low = middle + 1;
        }
        return members[low];
    }
}
