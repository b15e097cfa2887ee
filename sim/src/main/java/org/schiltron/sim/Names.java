package org.schiltron.sim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names of the nodes, each once: UTF-8 bytes in pages, a name being known by where it lies, and an open-addressed table,
 * at most two thirds full, to find it again. About 20 bytes for a name of 10; as strings in a set it would be over 100.
 */
final class Names {
    static final int TAKEN = -1;
    private static final int PAGE_SHIFT = 15;
    private static final int PAGE_BYTES = 1 << PAGE_SHIFT;
    private static final int LENGTH_BYTES = 2;
    private static final int MOST_BYTES = 4_096;
    private static final int FREE = 0;

    private byte[][] pages = new byte[0][];
    private int pageUsed = PAGE_BYTES;
    private int[] table = new int[64]; // where a name lies and 1, or FREE
    private int count;

    /**
     * @return where it lies, or {@link #TAKEN}
     * @throws IllegalArgumentException if it is longer than 4,096 bytes
     */
    int add(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST_BYTES)
            throw new IllegalArgumentException("a name of " + bytes.length + " bytes, more than " + MOST_BYTES);
        if (3 * (count + 1) > 2 * table.length)
            rehash();
        int place = place(bytes);
        if (table[place] != FREE)
            return TAKEN;
        if (pageUsed + LENGTH_BYTES + bytes.length > PAGE_BYTES) {
            pages = Arrays.copyOf(pages, pages.length + 1);
            pages[pages.length - 1] = new byte[PAGE_BYTES];
            pageUsed = 0;
        }
        byte[] page = pages[pages.length - 1];
        page[pageUsed] = (byte) (bytes.length >>> 8);
        page[pageUsed + 1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, page, pageUsed + LENGTH_BYTES, bytes.length);
        int at = (pages.length - 1) << PAGE_SHIFT | pageUsed;
        pageUsed += LENGTH_BYTES + bytes.length;
        table[place] = at + 1;
        count++;
        return at;
    }

    /** A new string at each call. */
    String get(int at) {
        return new String(pages[at >>> PAGE_SHIFT], start(at), length(at), StandardCharsets.UTF_8);
    }

    private static int start(int at) {
        return (at & (PAGE_BYTES - 1)) + LENGTH_BYTES;
    }

    private int length(int at) {
        byte[] page = pages[at >>> PAGE_SHIFT];
        int in = at & (PAGE_BYTES - 1);
        return (page[in] & 0xff) << 8 | (page[in + 1] & 0xff);
    }

    /** Where in the table it is or would be. */
    private int place(byte[] name) {
        int mask = table.length - 1;
        int place = hash(name, 0, name.length) & mask;
        while (table[place] != FREE) {
            int at = table[place] - 1;
            if (Arrays.equals(pages[at >>> PAGE_SHIFT], start(at), start(at) + length(at), name, 0, name.length))
                break;
            place = (place + 1) & mask;
        }
        return place;
    }

    private void rehash() {
        int[] old = table;
        table = new int[2 * old.length];
        int mask = table.length - 1;
        for (int entry : old) {
            if (entry == FREE)
                continue;
            int place = hash(pages[(entry - 1) >>> PAGE_SHIFT], start(entry - 1), length(entry - 1)) & mask;
            while (table[place] != FREE)
                place = (place + 1) & mask;
            table[place] = entry;
        }
    }

    private static int hash(byte[] bytes, int from, int length) {
        long hash = length;
        for (int i = from; i < from + length; i++)
            hash = Trace.mix(hash, bytes[i]);
        return (int) (hash >>> 32);
    }
}
