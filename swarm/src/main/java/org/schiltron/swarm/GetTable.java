package org.schiltron.swarm;

import java.util.Arrays;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;

/**
 * The gets that wait for their packets, by image.
 *
 * <p><b>Bound.</b> A fixed number of gets. An owner past its quota, or an owner of a prefix past its quota, loses an
 * oldest get of its own; when the table is full, the owner that {@link FairShare} names loses its oldest.
 *
 * <p><b>Expiry.</b> A wheel of {@value #SPOKES} spokes, each a power of two nanoseconds, so that a get expires with a few
 * memory accesses and never by a search; a lookup tells an expired get from a live one to the nanosecond.
 */
final class GetTable {
    static final int NONE = IntLists.NONE;
    private static final int SPOKES = 256;

    // Of each get, in longs
    private static final int IMAGE_HIGH = 0;
    private static final int IMAGE_LOW = 1;
    private static final int ADDRESS_HIGH = 2;
    private static final int ADDRESS_LOW = 3;
    private static final int EXPIRY_NS = 4;
    private static final int LONGS = 5;
    // and in ints
    private static final int CHAIN_NEXT = 0;
    private static final int OWNER = 1;
    private static final int TAG = 2;
    private static final int PORT_AND_BODY = 3;
    private static final int SOCKET = 4;
    private static final int INTS = 5;

    private final int capacity;
    private final int ownerQuota;
    private final int prefixQuota;
    private final KeyedHash hash;
    private final Owners owners;
    private final Counters counters;
    private final FairShare share;
    private final int mask;
    private final int[] chains;
    private final long[] longs;
    private final int[] ints;
    private final IntLists byOwner;
    private final IntLists wheel;
    private final int spokeShift;
    private long spoke = Long.MIN_VALUE;
    private int used;
    private int fresh;
    private int free = NONE;

    GetTable(MailboxConfig config, Owners owners, KeyedHash hash, Counters counters) {
        this.owners = owners;
        this.hash = hash;
        this.counters = counters;
        capacity = config.maxGets();
        ownerQuota = Math.max(1, (int) (capacity * config.addressShare()));
        prefixQuota = Math.max(1, (int) (capacity * config.prefixShare()));
        share = new FairShare(owners);
        int size = KeyedHash.chains(capacity);
        mask = size - 1;
        chains = new int[size];
        Arrays.fill(chains, NONE);
        longs = new long[LONGS * capacity];
        ints = new int[INTS * capacity];
        byOwner = new IntLists(capacity, owners.slots());
        wheel = new IntLists(capacity, SPOKES);
        // The longest lifetime spans less than half of the spokes, so that the sweep may lag by the other half.
        long leastSpokeNs = config.maxGetLifetimeMs() * 1_000_000L / (SPOKES / 2 - 2);
        spokeShift = 64 - Long.numberOfLeadingZeros(leastSpokeNs);
    }

    static long bytes(MailboxConfig config) {
        long capacity = config.maxGets();
        long slots = Owners.slots(config);
        return 4L * KeyedHash.chains(config.maxGets()) + capacity * (8 * LONGS + 4 * INTS)
                + IntLists.bytes(capacity, slots) + IntLists.bytes(capacity, SPOKES) + FairShare.bytes(slots);
    }

    long bytes() {
        return 4L * chains.length + 8L * longs.length + 4L * ints.length + byOwner.bytes() + wheel.bytes()
                + share.bytes();
    }

    int size() {
        return used;
    }

    /** The live get for an image, or {@link #NONE}. */
    int find(long imageHigh, long imageLow, long nowNs) {
        for (int i = chains[hash.chain(imageHigh, imageLow, mask)]; i != NONE; i = ints[INTS * i + CHAIN_NEXT]) {
            int at = LONGS * i;
            if (longs[at + IMAGE_HIGH] == imageHigh && longs[at + IMAGE_LOW] == imageLow) {
                if (longs[at + EXPIRY_NS] > nowNs)
                    return i;
                expire(i);
                return NONE;
            }
        }
        return NONE;
    }

    boolean isFrom(int get, Path path) {
        int at = LONGS * get;
        return longs[at + ADDRESS_LOW] == path.addressLow() && longs[at + ADDRESS_HIGH] == path.addressHigh()
                && port(get) == path.port();
    }

    int owner(int get) {
        return ints[INTS * get + OWNER];
    }

    int tag(int get) {
        return ints[INTS * get + TAG];
    }

    /** Bytes. */
    int maxBody(int get) {
        return ints[INTS * get + PORT_AND_BODY] & 0xffff;
    }

    private int port(int get) {
        return ints[INTS * get + PORT_AND_BODY] >>> 16;
    }

    void path(int get, Path into) {
        int at = LONGS * get;
        into.set(ints[INTS * get + SOCKET], longs[at + ADDRESS_HIGH], longs[at + ADDRESS_LOW], port(get));
    }

    /** A get that is not in the table yet. */
    void add(long imageHigh, long imageLow, Path path, int owner, int tag, int maxBody, long expiryNs) {
        makeRoom(owner);
        int get = free;
        if (get == NONE)
            get = fresh++;
        else
            free = ints[INTS * get + CHAIN_NEXT];
        used++;
        int at = LONGS * get;
        longs[at + IMAGE_HIGH] = imageHigh;
        longs[at + IMAGE_LOW] = imageLow;
        longs[at + ADDRESS_HIGH] = path.addressHigh();
        longs[at + ADDRESS_LOW] = path.addressLow();
        int chain = hash.chain(imageHigh, imageLow, mask);
        int more = INTS * get;
        ints[more + CHAIN_NEXT] = chains[chain];
        chains[chain] = get;
        ints[more + OWNER] = owner;
        ints[more + SOCKET] = path.socket();
        ints[more + PORT_AND_BODY] = path.port() << 16 | maxBody;
        ints[more + TAG] = tag;
        longs[at + EXPIRY_NS] = expiryNs;
        byOwner.append(owner, get);
        wheel.append(spokeOf(expiryNs), get);
        share.add(owner, 1);
        owners.hold(owner);
    }

    /** The same get again: as if it had come just now. */
    void renew(int get, Path path, int tag, int maxBody, long expiryNs) {
        int at = LONGS * get;
        int more = INTS * get;
        wheel.remove(spokeOf(longs[at + EXPIRY_NS]), get);
        longs[at + EXPIRY_NS] = expiryNs;
        wheel.append(spokeOf(expiryNs), get);
        byOwner.remove(ints[more + OWNER], get);
        byOwner.append(ints[more + OWNER], get);
        ints[more + SOCKET] = path.socket();
        ints[more + PORT_AND_BODY] = path.port() << 16 | maxBody;
        ints[more + TAG] = tag;
    }

    private void makeRoom(int owner) {
        int prefix = owners.prefix(owner);
        if (share.ownerCount(owner) >= ownerQuota)
            evict(owner, Drop.QUOTA_ADDRESS);
        else if (share.prefixCount(prefix) >= prefixQuota)
            evict(share.heaviestOwner(prefix), Drop.QUOTA_PREFIX);
        else if (used == capacity)
            evict(share.heaviestOwner(), Drop.GET_EVICTED);
    }

    private void evict(int owner, Drop why) {
        counters.drop(why);
        remove(byOwner.first(owner));
    }

    void remove(int get) {
        int at = LONGS * get;
        int more = INTS * get;
        int chain = hash.chain(longs[at + IMAGE_HIGH], longs[at + IMAGE_LOW], mask);
        if (chains[chain] == get) {
            chains[chain] = ints[more + CHAIN_NEXT];
        } else {
            int before = chains[chain];
            while (ints[INTS * before + CHAIN_NEXT] != get)
                before = ints[INTS * before + CHAIN_NEXT];
            ints[INTS * before + CHAIN_NEXT] = ints[more + CHAIN_NEXT];
        }
        int owner = ints[more + OWNER];
        byOwner.remove(owner, get);
        wheel.remove(spokeOf(longs[at + EXPIRY_NS]), get);
        share.add(owner, -1);
        owners.release(owner);
        ints[more + CHAIN_NEXT] = free;
        free = get;
        used--;
    }

    private void expire(int get) {
        counters.drop(Drop.EXPIRED);
        remove(get);
    }

    /** Expires at most {@code most} gets whose spoke is over. */
    void expire(long nowNs, int most) {
        long current = nowNs >> spokeShift;
        if (used == 0 || spoke == Long.MIN_VALUE) {
            spoke = current;
            return;
        }
        // Lagging by half a turn takes a driver that slept for as long as the longest lifetime: catch up at once, lest
        // the sweep meet gets of its next turn.
        int left = current - spoke > SPOKES / 2 ? Integer.MAX_VALUE : most;
        while (spoke < current) {
            int list = (int) spoke & SPOKES - 1;
            for (int get = wheel.first(list); get != NONE; get = wheel.first(list)) {
                if (left-- == 0)
                    return;
                expire(get);
            }
            if (used == 0)
                spoke = current;
            else
                spoke++;
        }
    }

    /** When {@link #expire} is wanted next. */
    long deadlineNs() {
        return used == 0 ? Long.MAX_VALUE : spoke + 1 << spokeShift;
    }

    private int spokeOf(long timeNs) {
        return (int) (timeNs >> spokeShift) & SPOKES - 1;
    }
}
