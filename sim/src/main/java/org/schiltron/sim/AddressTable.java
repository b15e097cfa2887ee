package org.schiltron.sim;

import org.schiltron.machine.Path;

/**
 * Which node and socket an address belongs to: open addressing over primitive arrays, at most half full. An entry of
 * port 0 stands for all ports of its address that have no entry of their own.
 */
final class AddressTable {
    static final int ABSENT = -1;
    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int REMOVED = 2;

    private long[] highs = new long[64];
    private long[] lows = new long[64];
    private int[] ports = new int[64];
    private int[] values = new int[64];
    private byte[] states = new byte[64];
    private int used; // taken and removed

    /** The value for the address and port, else for the whole address, else {@link #ABSENT}. */
    int find(Path address) {
        int at = index(address.addressHigh(), address.addressLow(), address.port());
        if (at < 0)
            at = index(address.addressHigh(), address.addressLow(), 0);
        return at < 0 ? ABSENT : values[at];
    }

    /** The value of exactly this entry, or {@link #ABSENT}. */
    int findExactly(Path address) {
        int at = index(address.addressHigh(), address.addressLow(), address.port());
        return at < 0 ? ABSENT : values[at];
    }

    /** @param value at least 0; the address must not be in the table */
    void put(Path address, int value) {
        if (2 * (used + 1) > states.length)
            rehash();
        insert(address.addressHigh(), address.addressLow(), address.port(), value);
    }

    void remove(Path address) {
        int at = index(address.addressHigh(), address.addressLow(), address.port());
        if (at >= 0)
            states[at] = REMOVED;
    }

    private int index(long high, long low, int port) {
        int mask = states.length - 1;
        int at = hash(high, low, port) & mask;
        while (states[at] != FREE) {
            if (states[at] == TAKEN && lows[at] == low && ports[at] == port && highs[at] == high)
                return at;
            at = (at + 1) & mask;
        }
        return -1;
    }

    private void insert(long high, long low, int port, int value) {
        int mask = states.length - 1;
        int at = hash(high, low, port) & mask;
        while (states[at] == TAKEN)
            at = (at + 1) & mask;
        if (states[at] == FREE)
            used++;
        highs[at] = high;
        lows[at] = low;
        ports[at] = port;
        values[at] = value;
        states[at] = TAKEN;
    }

    private void rehash() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldPorts = ports;
        int[] oldValues = values;
        byte[] oldStates = states;
        int length = 2 * states.length;
        highs = new long[length];
        lows = new long[length];
        ports = new int[length];
        values = new int[length];
        states = new byte[length];
        used = 0;
        for (int i = 0; i < oldStates.length; i++) {
            if (oldStates[i] == TAKEN)
                insert(oldHighs[i], oldLows[i], oldPorts[i], oldValues[i]);
        }
    }

    private static int hash(long high, long low, int port) {
        long h = (high * 31 + low) * 31 + port;
        h *= 0x9e37_79b9_7f4a_7c15L;
        return (int) (h >>> 32);
    }
}
