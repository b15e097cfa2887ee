package org.schiltron.internet;

/**
 * ASes and their links in compressed rows. Nodes are numbered by ascending AS number. Each link has two <i>slots</i>, one at
 * each end: the slot at u towards v stands for the direction u to v. Slots towards providers come first, of all nodes in
 * order, then all towards peers, then all towards customers; within a row they ascend, so that the first of equals is the
 * neighbour with the lowest AS number. Nearly all traffic starts towards a provider: what a pass over a destination's tree
 * touches lies close together.
 *
 * <pre>
 *   towards providers      towards peers          towards customers
 *   | u=0 | u=1 | ...      | u=0 | u=1 | ...      | u=0 | u=1 | ...     |
 *   ^provider[0]           ^peer[0]               ^customer[0]          ^customer[nodes]
 * </pre>
 *
 * Memory: 24 bytes a slot and 16 a node: 29 MB for the graph of 2024.
 */
public final class AsGraph {
    /** More ASes than there will be for long; slots and nodes are ints. */
    static final int MAX_NODES = 4_000_000;

    /** The row of node u is from [u] to [u + 1]; the same for peers and customers. */
    final int[] provider;
    final int[] peer;
    final int[] customer;
    /** The node at the other end. */
    final int[] to;
    /** The node whose slot it is. */
    final int[] from;
    /** From and to in one word, for passes over whole trees: one wait for memory instead of two. */
    final long[] ends;
    /** The same link seen from the other end. */
    final int[] reverse;
    /** The link's place in the list that the graph was made from. */
    final int[] link;
    private final int[] asn;

    AsGraph(LinkList links) {
        asn = links.asns();
        int nodes = asn.length;
        int[] halfEnds = new int[2 * links.size()];
        int[] degree = new int[nodes];
        provider = new int[nodes + 1];
        peer = new int[nodes + 1];
        customer = new int[nodes + 1];
        int[] nodeOfLow = new int[LinkList.LOW_ASNS];
        for (int u = 0; u < nodes && LinkList.isLow(asn[u]); u++)
            nodeOfLow[asn[u]] = u;
        for (int i = 0; i < links.size(); i++) {
            int a = LinkList.isLow(links.first(i)) ? nodeOfLow[links.first(i)] : node(links.first(i));
            int b = LinkList.isLow(links.second(i)) ? nodeOfLow[links.second(i)] : node(links.second(i));
            halfEnds[2 * i] = a;
            halfEnds[2 * i + 1] = b;
            degree[a]++;
            degree[b]++;
            (links.isPeer(i) ? peer : customer)[a + 1]++;
            (links.isPeer(i) ? peer : provider)[b + 1]++;
        }
        int slots = rows(customer, rows(peer, rows(provider, 0)));
        to = new int[slots];
        from = new int[slots];
        reverse = new int[slots];
        link = new int[slots];
        fill(links, halfEnds, degree);
        ends = new long[slots];
        for (int slot = 0; slot < slots; slot++)
            ends[slot] = (long) from[slot] << 32 | to[slot];
    }

    /** Counts, each one place late, into beginnings. */
    private static int rows(int[] counts, int begin) {
        counts[0] = begin;
        for (int u = 1; u < counts.length; u++)
            counts[u] += counts[u - 1];
        return counts[counts.length - 1];
    }

    /** Neighbours are handed round in ascending order, so each row comes out sorted without a sort. */
    private void fill(LinkList links, int[] halfEnds, int[] degree) {
        int nodes = asn.length;
        int[] halves = new int[halfEnds.length];
        int[] begin = new int[nodes + 1];
        for (int u = 0; u < nodes; u++)
            begin[u + 1] = begin[u] + degree[u];
        int[] next = begin.clone();
        for (int half = 0; half < halfEnds.length; half++)
            halves[next[halfEnds[half]]++] = half;
        int[] nextProvider = provider.clone();
        int[] nextPeer = peer.clone();
        int[] nextCustomer = customer.clone();
        int[] slotOfHalf = new int[halfEnds.length];
        for (int v = 0; v < nodes; v++)
            for (int i = begin[v]; i < begin[v + 1]; i++) {
                int other = halves[i] ^ 1; // the half at the neighbour, whose row v goes into
                int u = halfEnds[other];
                boolean isUpper = (other & 1) == 0;
                int slot = (links.isPeer(other >> 1) ? nextPeer : isUpper ? nextCustomer : nextProvider)[u]++;
                to[slot] = v;
                from[slot] = u;
                link[slot] = other >> 1;
                slotOfHalf[other] = slot;
            }
        for (int half = 0; half < halfEnds.length; half++)
            reverse[slotOfHalf[half]] = slotOfHalf[half ^ 1];
    }

    public int size() {
        return asn.length;
    }

    public int links() {
        return to.length / 2;
    }

    /** Directions of links: two a link. */
    int slots() {
        return to.length;
    }

    public long asn(int node) {
        return Integer.toUnsignedLong(asn[node]);
    }

    /** The node of an AS number, or -1. */
    public int nodeOf(long asNumber) {
        return asNumber < 0 || asNumber > 0xFFFF_FFFFL ? -1 : node((int) asNumber);
    }

    private int node(int asNumber) {
        int low = 0;
        int high = asn.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compareUnsigned(asn[middle], asNumber);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    public int degree(int node) {
        return providerCount(node) + peerCount(node) + customerCount(node);
    }

    public int providerCount(int node) {
        return provider[node + 1] - provider[node];
    }

    public int peerCount(int node) {
        return peer[node + 1] - peer[node];
    }

    public int customerCount(int node) {
        return customer[node + 1] - customer[node];
    }

    public boolean isStub(int node) {
        return customerCount(node) == 0;
    }

    /** A node's slots one after the other, whatever their kind: {@code index} below its degree. */
    int slot(int node, int index) {
        int providers = providerCount(node);
        if (index < providers)
            return provider[node] + index;
        int peers = peerCount(node);
        return index < providers + peers
                ? peer[node] + index - providers
                : customer[node] + index - providers - peers;
    }
}
