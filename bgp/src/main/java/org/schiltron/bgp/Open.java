package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first message of each side (RFC 4271 section 4.2), with capabilities (RFC 5492).
 *
 * <pre>
 *   0   1 version, 4
 *   1   2 autonomous system, 23456 if it does not fit (RFC 6793)
 *   3   2 hold time, seconds
 *   5   4 router id
 *   9   1 length of what follows
 *  10     parameters: type 2, length, capabilities: code, length, value
 * </pre>
 *
 * @param as           autonomous system
 * @param holdSeconds  0 or 3 to 65,535
 * @param families     whose flow specifications are spoken (multiprotocol, RFC 4760)
 * @param fourOctetAs  whether AS paths have numbers of four octets (RFC 6793)
 * @param routeRefresh whether routes may be asked for again (RFC 2918)
 */
record Open(long as, int holdSeconds, int routerId, List<FlowFamily> families, boolean fourOctetAs,
        boolean routeRefresh) {
    static final int AS_TRANS = 23_456;
    private static final int VERSION = 4;
    private static final int CAPABILITIES = 2;
    private static final int EXTENDED = 255;
    private static final int MULTIPROTOCOL = 1;
    private static final int ROUTE_REFRESH = 2;
    private static final int FOUR_OCTET_AS = 65;

    void write(ByteBuffer out) {
        int capabilities = 6 * families.size() + (routeRefresh ? 2 : 0) + (fourOctetAs ? 6 : 0);
        MessageType.OPEN.write(out, 10 + 2 + capabilities);
        out.put((byte) VERSION).putShort((short) (as > 0xffff ? AS_TRANS : as)).putShort((short) holdSeconds)
                .putInt(routerId);
        out.put((byte) (2 + capabilities)).put((byte) CAPABILITIES).put((byte) capabilities);
        for (FlowFamily family : families)
            out.put((byte) MULTIPROTOCOL).put((byte) 4).putShort((short) family.afi()).put((byte) 0)
                    .put((byte) FlowFamily.SAFI);
        if (routeRefresh)
            out.put((byte) ROUTE_REFRESH).put((byte) 0);
        if (fourOctetAs)
            out.put((byte) FOUR_OCTET_AS).put((byte) 4).putInt((int) as);
    }

    /** @throws MalformedException OPEN message error (RFC 4271 section 6.2) */
    static Open read(ByteBuffer body) throws MalformedException {
        int version = body.get() & 0xff;
        if (version != VERSION)
            throw new MalformedException(Notification.of(Notification.OPEN_ERROR, 1, VERSION),
                    "the peer speaks version " + version + " of BGP, not 4");
        int as = body.getShort() & 0xffff;
        int hold = body.getShort() & 0xffff;
        if (hold == 1 || hold == 2)
            throw new MalformedException(Notification.of(Notification.OPEN_ERROR, 6),
                    "a hold time of " + hold + " s");
        int routerId = body.getInt();
        if (routerId == 0)
            throw new MalformedException(Notification.of(Notification.OPEN_ERROR, 3), "a router id of 0.0.0.0");
        Capabilities capabilities = new Capabilities();
        readParameters(body, capabilities);
        long number = capabilities.as == null ? as : capabilities.as;
        return new Open(number, hold, routerId, List.copyOf(capabilities.families), capabilities.as != null,
                capabilities.routeRefresh);
    }

    private static void readParameters(ByteBuffer body, Capabilities into) throws MalformedException {
        int length = body.get() & 0xff;
        // RFC 9072: 255, and 255 again where a parameter's type would be, announce lengths of two octets.
        boolean extended = length == EXTENDED && body.remaining() >= 3
                && (body.get(body.position()) & 0xff) == EXTENDED;
        if (extended) {
            body.get();
            length = body.getShort() & 0xffff;
        }
        if (length != body.remaining())
            throw malformed();
        while (body.hasRemaining()) {
            int type = body.get() & 0xff;
            ByteBuffer value = value(body, extended ? 2 : 1);
            if (type != CAPABILITIES)
                throw new MalformedException(Notification.of(Notification.OPEN_ERROR, 4),
                        "an OPEN with parameter " + type);
            while (value.hasRemaining()) {
                int code = value.get() & 0xff;
                into.read(code, value(value, 1));
            }
        }
    }

    private static ByteBuffer value(ByteBuffer from, int lengthBytes) throws MalformedException {
        if (from.remaining() < lengthBytes)
            throw malformed();
        int length = lengthBytes == 1 ? from.get() & 0xff : from.getShort() & 0xffff;
        if (from.remaining() < length)
            throw malformed();
        ByteBuffer value = from.slice(from.position(), length);
        from.position(from.position() + length);
        return value;
    }

    private static MalformedException malformed() {
        return new MalformedException(Notification.of(Notification.OPEN_ERROR, 0),
                "an OPEN whose parameters do not end where they should");
    }

    private static final class Capabilities {
        private final List<FlowFamily> families = new ArrayList<>();
        private boolean routeRefresh;
        private @Nullable Long as;

        /** What is unknown, or has a length that it should not have, is as good as absent (RFC 5492 section 3). */
        void read(int code, ByteBuffer value) {
            if (code == MULTIPROTOCOL && value.remaining() == 4) {
                FlowFamily family = FlowFamily.of(value.getShort(0) & 0xffff, value.get(3) & 0xff);
                if (family != null && !families.contains(family))
                    families.add(family);
            } else if (code == ROUTE_REFRESH) {
                routeRefresh = true;
            } else if (code == FOUR_OCTET_AS && value.remaining() == 4) {
                as = Integer.toUnsignedLong(value.getInt());
            }
        }
    }
}
