package org.schiltron.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.schiltron.filter.PacketText;

/** Packets in Ethernet frames, for BPF_PROG_TEST_RUN. The kernel wants at least a header and something. */
final class Frames {
    private Frames() {
    }

    static MemorySegment of(String packet) {
        return of(PacketText.packet(packet), 0, 0);
    }

    /**
     * @param tags    of VLANs, 0 to 2
     * @param padding bytes behind the packet
     */
    static MemorySegment of(byte[] packet, int tags, int padding) {
        boolean ipv6 = packet.length > 0 && packet[0] >>> 4 == 6;
        ByteBuffer frame = ByteBuffer.allocate(14 + 4 * tags + packet.length + padding).position(12);
        for (int i = 0; i < tags; i++)
            frame.putShort((short) (i == 0 && tags == 2 ? 0x88a8 : 0x8100)).putShort((short) (100 + i));
        frame.putShort((short) (ipv6 ? 0x86dd : 0x0800)).put(packet);
        MemorySegment segment = Arena.ofAuto().allocate(frame.capacity(), 8);
        MemorySegment.copy(frame.array(), 0, segment, ValueLayout.JAVA_BYTE, 0, frame.capacity());
        return segment;
    }
}
