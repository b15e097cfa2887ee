package org.schiltron.bgp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a component of a rule looks at: the component types of RFC 8955 section 4.2.2 and RFC 8956 section 3, in the
 * order of their numbers, which is the order on the wire.
 */
public enum FlowField {
    DESTINATION(1, Kind.PREFIX, 0, 0), SOURCE(2, Kind.PREFIX, 0, 0),
    /** IPv4's protocol; in IPv6 the first next header that is no extension header. */
    PROTOCOL(3, Kind.NUMBER, 0xff, 1),
    /** Source or destination port of TCP or UDP. */
    PORT(4, Kind.NUMBER, 0xffff, 1), DESTINATION_PORT(5, Kind.NUMBER, 0xffff, 1), SOURCE_PORT(6, Kind.NUMBER, 0xffff,
            1), ICMP_TYPE(7, Kind.NUMBER, 0xff, 1), ICMP_CODE(8, Kind.NUMBER, 0xff, 1),
    /** The 12 bits beside the data offset; FIN is 1. */
    TCP_FLAGS(9, Kind.BITS, 0xfff, 1),
    /** Of the IP packet, header included. */
    PACKET_LENGTH(10, Kind.NUMBER, 0xffff, 1), DSCP(11, Kind.NUMBER, 0x3f, 1),
    /** 1 do not fragment (IPv4 only), 2 is a fragment but not the first, 4 first fragment, 8 last fragment. */
    FRAGMENT(12, Kind.BITS, 0xf, 1),
    /** IPv6 only, 20 bits, in 4 octets (RFC 8956 section 3.7). */
    FLOW_LABEL(13, Kind.NUMBER, 0xf_ffff, 4);

    enum Kind {
        PREFIX, NUMBER, BITS
    }

    private static final FlowField[] ALL = values();
    private static final List<String> TCP_NAMES = List.of("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr");
    private static final List<String> FRAGMENT_NAMES = List.of("dont-fragment", "is-fragment", "first-fragment",
            "last-fragment");

    private final int type;
    private final Kind kind;
    private final int most;
    private final int leastBytes;
    private final String text = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

    FlowField(int type, Kind kind, int most, int leastBytes) {
        this.type = type;
        this.kind = kind;
        this.most = most;
        this.leastBytes = leastBytes;
    }

    /** The component type on the wire. */
    int type() {
        return type;
    }

    Kind kind() {
        return kind;
    }

    /** The largest value that means something in rules of this family; 0 if none does. */
    int most(FlowFamily family) {
        if (family == FlowFamily.IPV4)
            return this == FLOW_LABEL ? 0 : most;
        return this == FRAGMENT ? 0xe : most; // RFC 8956 section 3.6: no DF in IPv6
    }

    int leastBytes() {
        return leastBytes;
    }

    /** Null if rules of this family have no such component. */
    static @Nullable FlowField of(int type, FlowFamily family) {
        if (type < 1 || type > ALL.length || (family == FlowFamily.IPV4 && type == FLOW_LABEL.type))
            return null;
        return ALL[type - 1];
    }

    /** The names of the bits set, joined by +; a number where one has no name. */
    String bitNames(long value) {
        List<String> names = this == TCP_FLAGS ? TCP_NAMES : FRAGMENT_NAMES;
        if (value == 0 || value >>> names.size() != 0)
            return "0x" + Long.toHexString(value);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++)
            if ((value >>> i & 1) != 0)
                text.append(text.isEmpty() ? "" : "+").append(names.get(i));
        return text.toString();
    }

    /** As in the text of rules: {@code destination-port}. */
    @Override
    public String toString() {
        return text;
    }
}
