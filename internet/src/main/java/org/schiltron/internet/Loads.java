package org.schiltron.internet;

/**
 * What {@link Congestion} found.
 *
 * @param passing  of each slot, the share of packets that it does not drop
 * @param offered  bit/s to each slot
 * @param arrived  of each demand, bit/s at its destination
 * @param filtered of each demand, bit/s dropped by rings
 * @param change   of the last round, relative
 */
record Loads(AsGraph graph, double[] capacity, double[] passing, double[] offered, double[] arrived, double[] filtered,
        int rounds, double change) {
    double carried(int slot) {
        return offered[slot] * passing[slot];
    }

    double lost(int slot) {
        return offered[slot] - carried(slot);
    }

    /** Of packets that take this way. */
    double passing(int[] path) {
        double share = 1;
        for (int slot : path)
            share *= passing[slot];
        return share;
    }

    /** Directions of links that lose at least a thousandth. */
    int congested() {
        int count = 0;
        for (double share : passing)
            if (share < 0.999)
                count++;
        return count;
    }
}
