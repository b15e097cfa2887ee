package org.schiltron.internet;

import java.util.Arrays;

/** Links between ASes as they are read or drawn: growing arrays, in order. */
final class LinkList {
    static final byte PROVIDER_CUSTOMER = -1;
    static final byte PEER = 0;

    /** Bounds memory at about 300 MB; the real graph has 0.6 million. */
    static final int MAX_LINKS = 10_000_000;

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

    /** Every AS number once, ascending as unsigned. */
    int[] asns() {
        long[] all = new long[2 * size];
        for (int i = 0; i < size; i++) {
            all[2 * i] = Integer.toUnsignedLong(first[i]);
            all[2 * i + 1] = Integer.toUnsignedLong(second[i]);
        }
        Arrays.sort(all);
        int[] distinct = new int[all.length];
        int count = 0;
        for (int i = 0; i < all.length; i++)
            if (i == 0 || all[i] != all[i - 1])
                distinct[count++] = (int) all[i];
        return Arrays.copyOf(distinct, count);
    }
}
