package org.schiltron.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.schiltron.machine.Path;

/**
 * The datagrams in flight: payloads in off-heap slabs, headers in one {@code long[]}, eight words (a cache line) a
 * datagram. A slot keeps its block for good, in the smallest power of two that holds its payload, and returns to the
 * free list of that size; nothing is allocated once a run has reached its peak.
 *
 * <p>Bound: {@code capacity} slots; asking for more is an {@link AssertionError}, since it says that a run
 * sends without end.
 */
final class PacketStore {
    private static final int SMALLEST_SHIFT = 6;
    private static final int SIZES = 11; // 64 to 65,536 bytes
    private static final int SLAB_BYTES = 1 << 20;
    private static final int NONE = -1;

    // Words of a slot.
    private static final int WORDS_SHIFT = 3;
    private static final int SOURCE_HIGH = 0;
    private static final int SOURCE_LOW = 1;
    private static final int DESTINATION_HIGH = 2;
    private static final int DESTINATION_LOW = 3;
    private static final int PORTS_LENGTH = 4; // source port << 48 | destination port << 32 | length
    private static final int BLOCK = 5; // slab << 32 | offset
    private static final int NODES = 6; // from << 32 | to
    private static final int STAGE_SIZE = 7; // stage << 32 | place << 8 | size class

    private final Arena arena = Arena.ofAuto();
    private final int capacity;
    private long[] words = new long[64 << WORDS_SHIFT];
    private int[] nextFree = new int[64];
    private final int[] free = new int[SIZES];
    private MemorySegment[] slabs = new MemorySegment[0];
    private int slabUsed = SLAB_BYTES;
    private int slots;
    private int inUse;

    PacketStore(int capacity) {
        this.capacity = capacity;
        Arrays.fill(free, NONE);
    }

    int inUse() {
        return inUse;
    }

    /** A slot for {@code length} payload bytes (0 to 65,535); contents and header are whatever they were. */
    int allocate(int length) {
        int size = length <= 64 ? 0 : 32 - Integer.numberOfLeadingZeros(length - 1) - SMALLEST_SHIFT;
        int slot = free[size];
        if (slot == NONE)
            slot = carve(size);
        else
            free[size] = nextFree[slot];
        inUse++;
        setLength(slot, length);
        return slot;
    }

    private int carve(int size) {
        if (slots == capacity)
            throw new AssertionError("more than " + capacity + " datagrams in flight");
        int bytes = 1 << (size + SMALLEST_SHIFT);
        if (slabUsed + bytes > SLAB_BYTES) {
            slabs = Arrays.copyOf(slabs, slabs.length + 1);
            slabs[slabs.length - 1] = arena.allocate(SLAB_BYTES, 64);
            slabUsed = 0;
        }
        if (slots == nextFree.length) {
            nextFree = Arrays.copyOf(nextFree, 2 * slots);
            words = Arrays.copyOf(words, 2 * words.length);
        }
        int slot = slots++;
        set(slot, BLOCK, (long) (slabs.length - 1) << 32 | slabUsed);
        set(slot, STAGE_SIZE, size);
        slabUsed += bytes;
        return slot;
    }

    void release(int slot) {
        int size = (int) get(slot, STAGE_SIZE) & 0xff;
        nextFree[slot] = free[size];
        free[size] = slot;
        inUse--;
    }

    /** A second datagram with the same header and payload. */
    int copy(int slot) {
        int copy = allocate(length(slot));
        for (int word = SOURCE_HIGH; word <= PORTS_LENGTH; word++)
            set(copy, word, get(slot, word));
        set(copy, NODES, get(slot, NODES));
        MemorySegment.copy(segment(slot), offset(slot), segment(copy), offset(copy), length(slot));
        return copy;
    }

    void write(int slot, MemorySegment from, long fromOffset) {
        MemorySegment.copy(from, fromOffset, segment(slot), offset(slot), length(slot));
    }

    MemorySegment segment(int slot) {
        return slabs[(int) (get(slot, BLOCK) >>> 32)];
    }

    long offset(int slot) {
        return get(slot, BLOCK) & 0xffff_ffffL;
    }

    int length(int slot) {
        return (int) get(slot, PORTS_LENGTH);
    }

    void setLength(int slot, int length) {
        set(slot, PORTS_LENGTH, get(slot, PORTS_LENGTH) & ~0xffff_ffffL | length);
    }

    /** Bytes of the IP packet: payload, UDP header, IPv4 or IPv6 header. */
    int wireLength(int slot) {
        boolean ipv4 = get(slot, DESTINATION_HIGH) == 0 && get(slot, DESTINATION_LOW) >>> 32 == 0xffff;
        return length(slot) + (ipv4 ? 28 : 48);
    }

    void setSource(int slot, Path source) {
        set(slot, SOURCE_HIGH, source.addressHigh());
        set(slot, SOURCE_LOW, source.addressLow());
        set(slot, PORTS_LENGTH, get(slot, PORTS_LENGTH) & 0xffff_ffff_ffffL | (long) source.port() << 48);
    }

    void setDestination(int slot, Path destination) {
        set(slot, DESTINATION_HIGH, destination.addressHigh());
        set(slot, DESTINATION_LOW, destination.addressLow());
        set(slot, PORTS_LENGTH,
                get(slot, PORTS_LENGTH) & 0xffff_0000_ffff_ffffL | (long) destination.port() << 32);
    }

    void source(int slot, Path into, int socket) {
        into.set(socket, get(slot, SOURCE_HIGH), get(slot, SOURCE_LOW), (int) (get(slot, PORTS_LENGTH) >>> 48));
    }

    void destination(int slot, Path into) {
        into.set(0, get(slot, DESTINATION_HIGH), get(slot, DESTINATION_LOW),
                (int) (get(slot, PORTS_LENGTH) >>> 32) & 0xffff);
    }

    int from(int slot) {
        return (int) (get(slot, NODES) >>> 32);
    }

    int to(int slot) {
        return (int) get(slot, NODES);
    }

    void setNodes(int slot, int from, int to) {
        set(slot, NODES, (long) from << 32 | to & 0xffff_ffffL);
    }

    int stage(int slot) {
        return (int) (get(slot, STAGE_SIZE) >>> 32);
    }

    void setStage(int slot, int stage) {
        set(slot, STAGE_SIZE, (long) stage << 32 | get(slot, STAGE_SIZE) & 0xffff_ffffL);
    }

    /** The router it is at, or the link between routers. */
    int place(int slot) {
        return (int) get(slot, STAGE_SIZE) >>> 8;
    }

    /** @param place below 2^24 */
    void setPlace(int slot, int place) {
        set(slot, STAGE_SIZE, get(slot, STAGE_SIZE) & ~0xffff_ff00L | (long) place << 8);
    }

    /** Mixes header and payload into a run's hash. */
    void trace(int slot, Trace trace) {
        for (int word = SOURCE_HIGH; word <= PORTS_LENGTH; word++)
            trace.mix(get(slot, word));
        trace.mix(segment(slot), offset(slot), length(slot));
    }

    private long get(int slot, int word) {
        return words[(slot << WORDS_SHIFT) + word];
    }

    private void set(int slot, int word, long value) {
        words[(slot << WORDS_SHIFT) + word] = value;
    }
}
