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
    private static final int SLAB_SHIFT = 20;
    private static final int SLAB_BYTES = 1 << SLAB_SHIFT;
    private static final int NONE = -1;

    // Words of a slot; what every hop needs comes first.
    private static final int WORDS_SHIFT = 3;
    private static final int PORTS_LENGTH = 0; // source port << 48 | destination port << 32 | IPv4 << 31 | whole packet << 30 | length
    private static final int STATE = 1; // route's version << 32 | place << 8 | stage << 4 | size class
    private static final int ROUTE_BLOCK = 2; // route << 32 | slab << 14 | offset / 64
    private static final int NODES = 3; // from << 32 | to
    private static final int SOURCE_HIGH = 4;
    private static final int SOURCE_LOW = 5;
    private static final int DESTINATION_HIGH = 6;
    private static final int DESTINATION_LOW = 7;
    private static final long IPV4 = 1L << 31;
    private static final long WHOLE_PACKET = 1L << 30;
    private static final long LENGTH = 0xffff;
    private static final int OFFSET_BITS = SLAB_SHIFT - SMALLEST_SHIFT;

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
        int size = size(length);
        int slot = free[size];
        if (slot == NONE)
            slot = carve(size);
        else
            free[size] = nextFree[slot];
        inUse++;
        set(slot, PORTS_LENGTH, length);
        set(slot, STATE, size);
        return slot;
    }

    private static int size(int length) {
        return length <= 64 ? 0 : 32 - Integer.numberOfLeadingZeros(length - 1) - SMALLEST_SHIFT;
    }

    /** Whether the slot is the one that {@link #allocate} would have given, had it been asked for this length. */
    boolean fits(int slot, int length) {
        return size(length) == sizeOf(slot);
    }

    private int sizeOf(int slot) {
        return (int) get(slot, STATE) & 0xf;
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
        set(slot, ROUTE_BLOCK, (long) (slabs.length - 1) << OFFSET_BITS | slabUsed >>> SMALLEST_SHIFT);
        slabUsed += bytes;
        return slot;
    }

    void release(int slot) {
        int size = sizeOf(slot);
        nextFree[slot] = free[size];
        free[size] = slot;
        inUse--;
    }

    /** A second datagram with the same header and payload. */
    int copy(int slot) {
        int copy = allocate(length(slot));
        set(copy, PORTS_LENGTH, get(slot, PORTS_LENGTH));
        for (int word = NODES; word <= DESTINATION_LOW; word++)
            set(copy, word, get(slot, word));
        MemorySegment.copy(segment(slot), offset(slot), segment(copy), offset(copy), length(slot));
        return copy;
    }

    void write(int slot, MemorySegment from, long fromOffset) {
        MemorySegment.copy(from, fromOffset, segment(slot), offset(slot), length(slot));
    }

    MemorySegment segment(int slot) {
        return slabs[(int) get(slot, ROUTE_BLOCK) >>> OFFSET_BITS];
    }

    long offset(int slot) {
        return (get(slot, ROUTE_BLOCK) << SMALLEST_SHIFT) & (SLAB_BYTES - 1);
    }

    int length(int slot) {
        return (int) (get(slot, PORTS_LENGTH) & LENGTH);
    }

    void setLength(int slot, int length) {
        set(slot, PORTS_LENGTH, get(slot, PORTS_LENGTH) & ~LENGTH | length);
    }

    /** The payload is a whole IP packet, headers included, not a UDP payload. */
    void setPacket(int slot) {
        set(slot, PORTS_LENGTH, get(slot, PORTS_LENGTH) | WHOLE_PACKET);
    }

    boolean isPacket(int slot) {
        return (get(slot, PORTS_LENGTH) & WHOLE_PACKET) != 0;
    }

    /** Bytes of the IP packet: payload, UDP header, IPv4 or IPv6 header. */
    int wireLength(int slot) {
        long word = get(slot, PORTS_LENGTH);
        int headers = (word & WHOLE_PACKET) != 0 ? 0 : (word & IPV4) != 0 ? 28 : 48;
        return length(slot) + headers;
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
                get(slot, PORTS_LENGTH) & (0xffff_0000_0000_0000L | WHOLE_PACKET | LENGTH)
                        | (long) destination.port() << 32
                        | (destination.isIpv4() ? IPV4 : 0));
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
        return (int) get(slot, STATE) >>> 4 & 0xf;
    }

    /** @param stage 0 to 15 */
    void setStage(int slot, int stage) {
        set(slot, STATE, get(slot, STATE) & ~0xf0L | (long) stage << 4);
    }

    /** The router it is at, or the link between routers. */
    int place(int slot) {
        return (int) get(slot, STATE) >>> 8;
    }

    /** @param place below 2^24 */
    void setPlace(int slot, int place) {
        set(slot, STATE, get(slot, STATE) & ~0xffff_ff00L | (long) place << 8);
    }

    /** What was found for its destination in that version of the addresses. */
    int route(int slot) {
        return (int) (get(slot, ROUTE_BLOCK) >>> 32);
    }

    /** 0 if nothing was looked up yet. */
    int routeVersion(int slot) {
        return (int) (get(slot, STATE) >>> 32);
    }

    void setRoute(int slot, int route, int version) {
        set(slot, ROUTE_BLOCK, (long) route << 32 | get(slot, ROUTE_BLOCK) & 0xffff_ffffL);
        set(slot, STATE, (long) version << 32 | get(slot, STATE) & 0xffff_ffffL);
    }

    /** Mixes header and payload into a run's hash. */
    void trace(int slot, Trace trace) {
        trace.mix(get(slot, SOURCE_HIGH), get(slot, SOURCE_LOW), get(slot, DESTINATION_HIGH),
                get(slot, DESTINATION_LOW));
        trace.mix(get(slot, PORTS_LENGTH));
        trace.mix(segment(slot), offset(slot), length(slot));
    }

    private long get(int slot, int word) {
        return words[(slot << WORDS_SHIFT) + word];
    }

    private void set(int slot, int word, long value) {
        words[(slot << WORDS_SHIFT) + word] = value;
    }
}
