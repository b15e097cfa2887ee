package org.schiltron.internet;

import java.util.stream.IntStream;

/**
 * Where mailboxes are.
 *
 * @param ases   nodes that have some, ascending
 * @param counts of each of {@code ases}
 * @param group  of each mailbox, its place in {@code ases}
 */
record Mailboxes(int[] ases, int[] counts, int[] group) {
    /** In proportion to the weights. */
    static Mailboxes placed(double[] weights, int count) {
        int[] hosts = Placement.largestRemainder(weights, count);
        int[] ases = IntStream.range(0, hosts.length).filter(u -> hosts[u] > 0).toArray();
        int[] counts = IntStream.of(ases).map(u -> hosts[u]).toArray();
        int[] group = new int[count];
        int mailbox = 0;
        for (int g = 0; g < ases.length; g++)
            for (int i = 0; i < counts[g]; i++)
                group[mailbox++] = g;
        return new Mailboxes(ases, counts, group);
    }

    int count() {
        return group.length;
    }
}
