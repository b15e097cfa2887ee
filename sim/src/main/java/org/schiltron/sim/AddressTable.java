package org.schiltron.sim;

import java.util.Arrays;
import org.schiltron.machine.Path;

/**
 * The addresses of a run, and which node and socket each belongs to. An entry is three words in pages that never move; an
 * open-addressed table, at most two thirds full, finds the entries that are reachable. An entry of port 0 stands for all
 * ports of its address that have no entry of their own. Entries are numbered from 0 as they are added, and never leave.
 */
final class AddressTable {
    static final int ABSENT = -1;
    private static final int PAGE_SHIFT = 9;
    private static final int PAGE_ENTRIES = 1 << PAGE_SHIFT;

    // Words of an entry.
    private static final int WORDS = 3;
    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int PORT_VALUE = 2; // port << 32 | value

    // What a place of the table has, else an entry and 1.
    private static final int FREE = 0;
    private static final int REMOVED = -1;

    private long[][] pages = new long[0][];
    private int entries;
    private int[] table = new int[64];
    private int used; // taken and removed
    private int version = 1;

    /** Another after each change (until 2^32 changes later), never 0 before that. */
    int version() {
        return version;
    }

    /** How many there are, the number of the next. */
    int entries() {
        return entries;
    }

    /** The value for the address and port, else for the whole address, else {@link #ABSENT}. */
    int find(Path address) {
        int at = place(address.addressHigh(), address.addressLow(), address.port());
        if (at < 0)
            at = place(address.addressHigh(), address.addressLow(), 0);
        return at < 0 ? ABSENT : (int) word(table[at] - 1, PORT_VALUE);
    }

    /** The value of exactly this entry, or {@link #ABSENT}. */
    int findExactly(Path address) {
        int at = place(address.addressHigh(), address.addressLow(), address.port());
        return at < 0 ? ABSENT : (int) word(table[at] - 1, PORT_VALUE);
    }

    /**
     * Adds an entry that can be found.
     *
     * @param value at least 0; the address must not be in the table
     * @return its number
     */
    int add(Path address, int value) {
        if (entries == pages.length << PAGE_SHIFT) {
            pages = Arrays.copyOf(pages, pages.length + 1);
            pages[pages.length - 1] = new long[PAGE_ENTRIES * WORDS];
        }
        int entry = entries++;
        write(entry, address, value);
        show(entry);
        return entry;
    }

    /** Gives an entry another address, under which it can be found from now on. */
    void move(int entry, Path address) {
        hide(entry);
        write(entry, address, (int) word(entry, PORT_VALUE));
        show(entry);
    }

    /** The entry cannot be found any more, but read. */
    void hide(int entry) {
        int at = place(high(entry), low(entry), port(entry));
        if (at >= 0 && table[at] == entry + 1)
            table[at] = REMOVED;
        version++;
    }

    long high(int entry) {
        return word(entry, HIGH);
    }

    long low(int entry) {
        return word(entry, LOW);
    }

    int port(int entry) {
        return (int) (word(entry, PORT_VALUE) >>> 32);
    }

    private void write(int entry, Path address, int value) {
        long[] page = pages[entry >>> PAGE_SHIFT];
        int at = (entry & (PAGE_ENTRIES - 1)) * WORDS;
        page[at + HIGH] = address.addressHigh();
        page[at + LOW] = address.addressLow();
        page[at + PORT_VALUE] = (long) address.port() << 32 | value;
    }

    private void show(int entry) {
        if (3 * (used + 1) > 2 * table.length)
            rehash();
        insert(entry);
        version++;
    }

    private long word(int entry, int word) {
        return pages[entry >>> PAGE_SHIFT][(entry & (PAGE_ENTRIES - 1)) * WORDS + word];
    }

    private int place(long high, long low, int port) {
        int mask = table.length - 1;
        int at = hash(high, low, port) & mask;
        while (table[at] != FREE) {
            int entry = table[at] - 1;
            if (table[at] != REMOVED && low(entry) == low && port(entry) == port && high(entry) == high)
                return at;
            at = (at + 1) & mask;
        }
        return -1;
    }

    private void insert(int entry) {
        int mask = table.length - 1;
        int at = hash(high(entry), low(entry), port(entry)) & mask;
        while (table[at] > FREE)
            at = (at + 1) & mask;
        if (table[at] == FREE)
            used++;
        table[at] = entry + 1;
    }

    private void rehash() {
        int[] old = table;
        int taken = 0;
        for (int place : old)
            taken += place > FREE ? 1 : 0;
        table = new int[3 * taken > old.length ? 2 * old.length : old.length];
        used = 0;
        for (int place : old) {
            if (place > FREE)
                insert(place - 1);
        }
    }

    private static int hash(long high, long low, int port) {
        long h = (high * 31 + low) * 31 + port;
        h *= 0x9e37_79b9_7f4a_7c15L;
        return (int) (h >>> 32);
    }
}
