package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.Primitives;
import org.schiltron.wire.Wire;

/**
 * What one border of a ring on the path tells the others: the requests that left by it, so that their answers may come in anywhere (Phalanx, section 3.3, on asymmetric
 * routes). Whole IP packets, since whoever reads them then does with them what it does with those that it sees itself; as many as one datagram holds.
 *
 * <pre>
 *  0 which run of the sender (8)   drawn at its start
 *  8 number (8)                    from 0
 * 16 milliseconds since 1970 (8)
 * 24 length (2), IP packet         once or more
 *    MAC (8)                       SipHash-2-4 of all before
 * </pre>
 *
 * It is not encrypted: requests go by in the clear anyway. One thread.
 */
public final class ShareWriter {
    /** The longest datagram: with the headers of IPv6 and UDP, 1,500 bytes. */
    public static final int MAX_DATAGRAM = 1_452;
    static final int PACKETS = 24;
    static final int LENGTH = 2;
    static final int MAC = 8;
    /** The longest packet that may be told of. */
    public static final int MAX_PACKET = MAX_DATAGRAM - PACKETS - LENGTH - MAC;

    private final SipHash mac;
    private final long run;
    private final MemorySegment datagram;
    private long number;
    private int length = PACKETS;

    /** @param secret 32 bytes, of all borders */
    public ShareWriter(byte[] secret, RandomSource random, SegmentAllocator memory) {
        mac = mac(secret);
        run = random.nextLong();
        datagram = memory.allocate(MAX_DATAGRAM, 8);
    }

    static SipHash mac(byte[] secret) {
        return SipHash.fromKey(Primitives.expand(secret, "schiltron share 1", 16), 0);
    }

    /** Tells this writer's datagrams from all others'. */
    public long run() {
        return run;
    }

    /** @return false if it has no room beside those before: finish first */
    public boolean add(MemorySegment packet, long at, int bytes) {
        if (bytes < 1 || bytes > MAX_PACKET)
            throw new IllegalArgumentException(bytes + " bytes are no request");
        if (length + LENGTH + bytes + MAC > MAX_DATAGRAM)
            return false;
        Wire.putU16(datagram, length, bytes);
        MemorySegment.copy(packet, at, datagram, length + LENGTH, bytes);
        length += LENGTH + bytes;
        return true;
    }

    public boolean isEmpty() {
        return length == PACKETS;
    }

    /**
     * Seals what was added; the next one is added to another datagram.
     *
     * @return how long the {@link #datagram} is
     */
    public int finish(long epochMs) {
        Wire.putLong(datagram, 0, run);
        Wire.putLong(datagram, 8, number++);
        Wire.putLong(datagram, 16, epochMs);
        Wire.putLong(datagram, length, mac.hash(datagram, 0, length));
        int whole = length + MAC;
        length = PACKETS;
        return whole;
    }

    /** As last finished, until something is added. */
    public MemorySegment datagram() {
        return datagram;
    }
}
