package org.schiltron.sim;

import java.lang.foreign.MemorySegment;

/**
 * Identification of IPv4 packets as stacks of old gave it, and many routers do: one counter for all that is sent, whoever it goes to. Who can
 * ask such a host for packets sees by their ids how many others it has sent (Sanfilippo 1998; Mayday, section 4.1).
 */
public final class IdCounter {
    private static final int ID = 4;
    private static final int SUM = 10;
    private int next;

    /** Gives an IPv4 packet the next id, if it has none (0, as Linux leaves it where nothing may be fragmented). */
    public void stamp(MemorySegment packet, long offset, int length) {
        if (length < IpPacket.IPV4_HEADER || !IpPacket.isIpv4(packet, offset)
                || IpPacket.shortAt(packet, offset + ID) != 0)
            return;
        next = next == 0xffff ? 1 : next + 1;
        int sum = (~IpPacket.shortAt(packet, offset + SUM) & 0xffff) + 0xffff + next; // RFC 1624
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        packet.set(IpPacket.SHORT, offset + ID, (short) next);
        packet.set(IpPacket.SHORT, offset + SUM, (short) ~sum);
    }
}
