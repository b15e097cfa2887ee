package org.schiltron.internet;

import java.util.Arrays;

/** Links between ASes as they are read or drawn: growing arrays, in order. */
final class LinkList {
    static final byte PROVIDER_CUSTOMER = -1;
    static final byte PEER = 0;

    /** Bounds memory at about 300 MB; the real graph has 0.6 million. */
    static final int MAX_LINKS = 10_000_000;
    /** More than have been handed out, but for those set aside for private use. */
    static final int LOW_ASNS = 1 << 20;

    private int size;
    private int[] first = new int[1 << 16];
    private int[] second = new int[1 << 16];
    private byte[] relation = new byte[1 << 16];
    private int[] line = new int[1 << 16];

    /** @param firstAsn the provider of a {@link #PROVIDER_CUSTOMER} link; AS numbers are unsigned */
    void add(int firstAsn, int secondAsn, byte kind, int atLine) {
        if (size == first.length) {
            int longer = size * 2;
            first = Arrays.copyOf(first, longer);
            second = Arrays.copyOf(second, longer);
            relation = Arrays.copyOf(relation, longer);
            line = Arrays.copyOf(line, longer);
        }
        first[size] = firstAsn;
        second[size] = secondAsn;
        relation[size] = kind;
        line[size++] = atLine;
    }

    int size() {
        return size;
    }

    int first(int link) {
        return first[link];
    }

    int second(int link) {
        return second[link];
    }

    boolean isPeer(int link) {
        return relation[link] == PEER;
    }

    int line(int link) {
        return line[link];
    }

    /** Every AS number once, ascending as unsigned. Those handed out so far are low: a table finds them, the others are sorted. */
    int[] asns() {
        boolean[] low = new boolean[LOW_ASNS];
        long[] high = new long[2];
        int others = 0;
        for (int i = 0; i < 2 * size; i++) {
            int asn = (i & 1) == 0 ? first[i >> 1] : second[i >> 1];
            if (isLow(asn)) {
                low[asn] = true;
                continue;
            }
            if (others == high.length)
                high = Arrays.copyOf(high, 2 * others);
            high[others++] = Integer.toUnsignedLong(asn);
        }
        Arrays.sort(high, 0, others);
        int[] distinct = new int[Math.min(LOW_ASNS, 2 * size) + others];
        int count = 0;
        for (int asn = 0; asn < LOW_ASNS; asn++)
            if (low[asn])
                distinct[count++] = asn;
        for (int i = 0; i < others; i++)
            if (i == 0 || high[i] != high[i - 1])
                distinct[count++] = (int) high[i];
        return Arrays.copyOf(distinct, count);
    }

    static boolean isLow(int asn) {
        return asn >= 0 && asn < LOW_ASNS;
    }
}
