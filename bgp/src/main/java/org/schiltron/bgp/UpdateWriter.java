package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes UPDATE messages with as many rules as fit: {@link #begin}, {@link #add} until it is false, {@link #end}.
 *
 * <pre>
 * | 0 | 0 |                       no routes of the old form are withdrawn
 * | length of all attributes |
 * | 0x90 | 14 | length | AFI | 133 | 0 | 0 | rules ... |      MP_REACH_NLRI without next hop, first (RFC 7606 5.1)
 * | 0x40 | 1 | 1 | 0 |                                        ORIGIN: IGP
 * | 0x40 | 2 | length | AS path |                             empty within an AS, else our number
 * | 0x40 | 5 | 4 | 100 |                                      LOCAL_PREF, within an AS
 * | 0xc0 | 16 | length | actions ... |                        EXTENDED COMMUNITIES, if any
 * | 0xc0 | 17 | length | AS path |                            AS4_PATH, where needed (RFC 6793)
 *
 * | 0x90 | 15 | length | AFI | 133 | rules ... |              MP_UNREACH_NLRI, alone
 * </pre>
 */
final class UpdateWriter {
    private static final int OPTIONAL_LONG = 0x90;
    private static final int OPTIONAL_TRANSITIVE = 0xc0;
    private static final int WELL_KNOWN = 0x40;
    private static final int AS_SEQUENCE = 2;
    private static final int LOCAL_PREFERENCE = 100;

    private final long localAs;
    private final boolean internal;
    private final boolean fourOctetAs;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private List<FlowAction> actions = List.of();
    private boolean reach;
    private int start;
    private int tail;

    /** @param fourOctetAs whether both sides do */
    UpdateWriter(long localAs, boolean internal, boolean fourOctetAs) {
        this.localAs = localAs;
        this.internal = internal;
        this.fourOctetAs = fourOctetAs;
    }

    void beginReach(ByteBuffer to, FlowFamily family, List<FlowAction> withActions) {
        begin(to, true, withActions);
        out.put((byte) OPTIONAL_LONG).put((byte) 14).putShort((short) 0).putShort((short) family.afi())
                .put((byte) FlowFamily.SAFI).put((byte) 0).put((byte) 0);
    }

    void beginUnreach(ByteBuffer to, FlowFamily family) {
        begin(to, false, List.of());
        out.put((byte) OPTIONAL_LONG).put((byte) 15).putShort((short) 0).putShort((short) family.afi())
                .put((byte) FlowFamily.SAFI);
    }

    /** An UPDATE that says that all routes of the family are known (RFC 4724 section 2). */
    void endOfRib(ByteBuffer to, FlowFamily family) {
        beginUnreach(to, family);
        end();
    }

    private void begin(ByteBuffer to, boolean toReach, List<FlowAction> withActions) {
        out = to;
        reach = toReach;
        actions = withActions;
        start = to.position();
        tail = toReach ? 4 + asPathBytes() + (internal ? 7 : 0) + actionBytes() + as4PathBytes() : 0;
        MessageType.UPDATE.write(out, 0);
        out.putShort((short) 0).putShort((short) 0);
    }

    /** False if there is no more room in this message; any rule has room in an empty one. */
    boolean add(FlowRule rule) {
        if (out.position() - start + rule.encodedBytes() + tail > MessageType.MAX_BYTES)
            return false;
        rule.write(out);
        return true;
    }

    void end() {
        int attributes = start + MessageType.HEADER_BYTES + 4;
        out.putShort(attributes + 2, (short) (out.position() - attributes - 4));
        if (reach)
            writeTail();
        out.putShort(attributes - 2, (short) (out.position() - attributes));
        out.putShort(start + MessageType.MARKER_BYTES, (short) (out.position() - start));
    }

    private void writeTail() {
        out.put((byte) WELL_KNOWN).put((byte) 1).put((byte) 1).put((byte) 0);
        out.put((byte) WELL_KNOWN).put((byte) 2).put((byte) (asPathBytes() - 3));
        if (!internal) {
            out.put((byte) AS_SEQUENCE).put((byte) 1);
            if (fourOctetAs)
                out.putInt((int) localAs);
            else
                out.putShort((short) (localAs > 0xffff ? Open.AS_TRANS : localAs));
        }
        if (internal)
            out.put((byte) WELL_KNOWN).put((byte) 5).put((byte) 4).putInt(LOCAL_PREFERENCE);
        if (!actions.isEmpty()) {
            out.put((byte) OPTIONAL_TRANSITIVE).put((byte) 16).put((byte) (8 * actions.size()));
            FlowAction.writeAll(actions, out);
        }
        if (as4PathBytes() > 0)
            out.put((byte) OPTIONAL_TRANSITIVE).put((byte) 17).put((byte) 6).put((byte) AS_SEQUENCE).put((byte) 1)
                    .putInt((int) localAs);
    }

    private int asPathBytes() {
        return internal ? 3 : fourOctetAs ? 9 : 7;
    }

    private int as4PathBytes() {
        return internal || fourOctetAs || localAs <= 0xffff ? 0 : 9;
    }

    private int actionBytes() {
        return actions.isEmpty() ? 0 : 3 + 8 * actions.size();
    }
}
