package org.schiltron.scenario;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.Capture;
import org.schiltron.sim.Datagram;

/**
 * A packet capture with times in nanoseconds since the run began (draft-ietf-opsawg-pcap, sections 4 and 5), of raw IP
 * packets: headers are made up around what machines send, sums included.
 *
 * <pre>
 * file:   0 magic a1b23c4d (4)  4 version 2.4 (2+2)  8 zero (8)  16 longest packet (4)  20 link type 101 (4)
 * packet: 0 seconds (4)  4 nanoseconds (4)  8 length here (4)  12 length on the link (4)  16 IP packet
 * </pre>
 *
 * All of it little-endian but the packets. An error of the stream ends the capture and comes out of {@link #close}.
 */
final class PcapFile implements Capture, AutoCloseable {
    private static final int MAGIC_NANOSECONDS = 0xa1b2_3c4d;
    private static final int LINKTYPE_RAW = 101;
    private static final int MAX_PACKET = 65_575; // IPv6 and UDP headers, and the longest datagram
    private static final int RECORD = 16;
    private static final long SECOND_NS = 1_000_000_000;

    private final OutputStream out;
    private final byte[] bytes = new byte[RECORD + MAX_PACKET];
    private final ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private @Nullable IOException failure;

    PcapFile(OutputStream to) {
        out = new BufferedOutputStream(to, 1 << 16);
        ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4).putLong(0).putInt(MAX_PACKET)
                .putInt(LINKTYPE_RAW);
        write(head.array(), head.capacity());
    }

    @Override
    public void onDatagram(long exitNs, Datagram datagram) {
        if (failure != null)
            return;
        int length = datagram.packetLength();
        record.clear().putInt((int) (exitNs / SECOND_NS)).putInt((int) (exitNs % SECOND_NS)).putInt(length)
                .putInt(length);
        datagram.writePacket(segment, RECORD);
        write(bytes, RECORD + length);
    }

    private void write(byte[] from, int length) {
        try {
            out.write(from, 0, length);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            if (failure != null)
                throw failure;
        }
    }
}
