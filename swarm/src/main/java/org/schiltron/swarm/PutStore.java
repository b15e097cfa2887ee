package org.schiltron.swarm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;

/**
 * The packets that wait for their gets, by image, in blocks of {@value #BLOCK} bytes (the longest body fills four), so
 * that memory never fragments and is accounted for exactly. A packet is named by its first block.
 *
 * <p><b>Bound.</b> A fixed number of blocks. Quotas and full store as in {@link GetTable}, counted in blocks. Packets of
 * senders without a cookie hold a small share of the blocks; they bump only each other, and are the first to go when a
 * proved sender needs room.
 *
 * <p><b>Expiry.</b> All packets live equally long, so the oldest expires first.
 */
final class PutStore {
    static final int NONE = IntLists.NONE;
    static final int BLOCK = 288;

    // Of each packet, in longs
    private static final int IMAGE_HIGH = 0;
    private static final int IMAGE_LOW = 1;
    private static final int NONCE_HIGH = 2;
    private static final int NONCE_LOW = 3;
    private static final int EXPIRY_NS = 4;
    private static final int LONGS = 5;
    // and in ints
    private static final int CHAIN_NEXT = 0;
    private static final int BLOCK_NEXT = 1;
    private static final int OWNER = 2;
    private static final int SHARD_AND_LENGTH = 3;
    private static final int INTS = 4;

    private final int capacity;
    private final int ownerQuota;
    private final int prefixQuota;
    private final int unprovedQuota;
    private final int nearlyFull;
    private final long lifetimeNs;
    private final KeyedHash hash;
    private final Owners owners;
    private final Counters counters;
    private final FairShare share;
    private final int mask;
    private final int[] chains;
    private final long[] longs;
    private final int[] ints;
    private final IntLists byOwner;
    private final IntLists byAge;
    private final MemorySegment bodies;
    private int packets;
    private int blocks;
    private int fresh;
    private int free = NONE;

    PutStore(MailboxConfig config, Owners owners, KeyedHash hash, Counters counters) {
        this.owners = owners;
        this.hash = hash;
        this.counters = counters;
        capacity = config.storeBlocks();
        ownerQuota = Math.max(4, (int) (capacity * config.addressShare()));
        prefixQuota = Math.max(4, (int) (capacity * config.prefixShare()));
        unprovedQuota = (int) (capacity * config.unprovedShare());
        nearlyFull = capacity / 8 * 7;
        lifetimeNs = config.putLifetimeMs() * 1_000_000L;
        share = new FairShare(owners);
        int size = KeyedHash.chains(capacity);
        mask = size - 1;
        chains = new int[size];
        Arrays.fill(chains, NONE);
        longs = new long[LONGS * capacity];
        ints = new int[INTS * capacity];
        byOwner = new IntLists(capacity, owners.slots());
        byAge = new IntLists(capacity, 1);
        bodies = Arena.ofAuto().allocate((long) BLOCK * capacity);
    }

    static long bytes(MailboxConfig config) {
        long capacity = config.storeBlocks();
        long slots = Owners.slots(config);
        return 4L * KeyedHash.chains(config.storeBlocks()) + capacity * (BLOCK + 8 * LONGS + 4 * INTS)
                + IntLists.bytes(capacity, slots) + IntLists.bytes(capacity, 1) + FairShare.bytes(slots);
    }

    long bytes() {
        return 4L * chains.length + 8L * longs.length + 4L * ints.length + bodies.byteSize() + byOwner.bytes()
                + byAge.bytes() + share.bytes();
    }

    int packets() {
        return packets;
    }

    long storedBytes() {
        return (long) blocks * BLOCK;
    }

    boolean nearlyFull() {
        return blocks > nearlyFull;
    }

    /** The live packet for an image, or {@link #NONE}. */
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

    long nonceHigh(int packet) {
        return longs[LONGS * packet + NONCE_HIGH];
    }

    long nonceLow(int packet) {
        return longs[LONGS * packet + NONCE_LOW];
    }

    int shard(int packet) {
        return ints[INTS * packet + SHARD_AND_LENGTH] >>> 16;
    }

    /** Bytes of the body. */
    int length(int packet) {
        return ints[INTS * packet + SHARD_AND_LENGTH] & 0xffff;
    }

    /** Stores a packet whose image is not in the store, or counts why not. */
    void add(long imageHigh, long imageLow, long nonceHigh, long nonceLow, int owner, int shard, MemorySegment segment,
            long bodyAt, int length, long nowNs) {
        int need = blocksOf(length);
        if (!makeRoom(owner, need))
            return;
        int packet = takeBlock();
        int at = LONGS * packet;
        longs[at + IMAGE_HIGH] = imageHigh;
        longs[at + IMAGE_LOW] = imageLow;
        longs[at + NONCE_HIGH] = nonceHigh;
        longs[at + NONCE_LOW] = nonceLow;
        longs[at + EXPIRY_NS] = nowNs + lifetimeNs;
        int more = INTS * packet;
        int chain = hash.chain(imageHigh, imageLow, mask);
        ints[more + CHAIN_NEXT] = chains[chain];
        chains[chain] = packet;
        ints[more + OWNER] = owner;
        ints[more + SHARD_AND_LENGTH] = shard << 16 | length;
        byOwner.append(owner, packet);
        byAge.append(0, packet);
        share.add(owner, need);
        owners.hold(owner);
        packets++;
        int block = packet;
        for (int done = 0;;) {
            int part = Math.min(BLOCK, length - done);
            MemorySegment.copy(segment, bodyAt + done, bodies, (long) BLOCK * block, part);
            done += part;
            if (done == length)
                break;
            int next = takeBlock();
            ints[INTS * block + BLOCK_NEXT] = next;
            block = next;
        }
        ints[INTS * block + BLOCK_NEXT] = NONE;
    }

    private boolean makeRoom(int owner, int need) {
        if (owner == Owners.UNPROVED) {
            while (share.ownerCount(owner) + need > unprovedQuota || blocks + need > capacity) {
                if (byOwner.isEmpty(owner)) {
                    counters.drop(Drop.QUOTA_UNPROVED);
                    return false;
                }
                evict(owner, Drop.QUOTA_UNPROVED);
            }
            return true;
        }
        int prefix = owners.prefix(owner);
        while (share.ownerCount(owner) + need > ownerQuota)
            evict(owner, Drop.QUOTA_ADDRESS);
        while (share.prefixCount(prefix) + need > prefixQuota)
            evict(share.heaviestOwner(prefix), Drop.QUOTA_PREFIX);
        while (blocks + need > capacity) {
            if (byOwner.isEmpty(Owners.UNPROVED))
                evict(share.heaviestOwner(), Drop.STORE_EVICTED);
            else
                evict(Owners.UNPROVED, Drop.QUOTA_UNPROVED);
        }
        return true;
    }

    private void evict(int owner, Drop why) {
        counters.drop(why);
        int packet = byOwner.first(owner);
        unlink(packet);
        release(packet);
    }

    /** Takes a packet out of all lists; its body stays until {@link #release}. */
    void unlink(int packet) {
        int at = LONGS * packet;
        int more = INTS * packet;
        int chain = hash.chain(longs[at + IMAGE_HIGH], longs[at + IMAGE_LOW], mask);
        if (chains[chain] == packet) {
            chains[chain] = ints[more + CHAIN_NEXT];
        } else {
            int before = chains[chain];
            while (ints[INTS * before + CHAIN_NEXT] != packet)
                before = ints[INTS * before + CHAIN_NEXT];
            ints[INTS * before + CHAIN_NEXT] = ints[more + CHAIN_NEXT];
        }
        int owner = ints[more + OWNER];
        byOwner.remove(owner, packet);
        byAge.remove(0, packet);
        share.add(owner, -blocksOf(length(packet)));
        owners.release(owner);
        packets--;
    }

    void copyBody(int packet, MemorySegment to, long at) {
        int length = length(packet);
        int block = packet;
        for (int done = 0; done < length; done += BLOCK) {
            MemorySegment.copy(bodies, (long) BLOCK * block, to, at + done, Math.min(BLOCK, length - done));
            block = ints[INTS * block + BLOCK_NEXT];
        }
    }

    /** Gives back the blocks of a packet that was unlinked. */
    void release(int packet) {
        for (int block = packet; block != NONE;) {
            int next = ints[INTS * block + BLOCK_NEXT];
            ints[INTS * block + BLOCK_NEXT] = free;
            free = block;
            blocks--;
            block = next;
        }
    }

    private int takeBlock() {
        blocks++;
        int block = free;
        if (block == NONE)
            return fresh++;
        free = ints[INTS * block + BLOCK_NEXT];
        return block;
    }

    private void expire(int packet) {
        counters.drop(Drop.EXPIRED);
        unlink(packet);
        release(packet);
    }

    /** Expires at most {@code most} packets. */
    void expire(long nowNs, int most) {
        for (int i = 0; i < most && packets > 0 && deadlineNs() <= nowNs; i++)
            expire(byAge.first(0));
    }

    /** When {@link #expire} is wanted next. */
    long deadlineNs() {
        return packets == 0 ? Long.MAX_VALUE : longs[LONGS * byAge.first(0) + EXPIRY_NS];
    }

    private static int blocksOf(int length) {
        return (length + BLOCK - 1) / BLOCK;
    }
}
