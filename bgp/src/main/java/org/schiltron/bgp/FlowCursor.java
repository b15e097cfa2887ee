package org.schiltron.bgp;

import org.jspecify.annotations.Nullable;

/**
 * Walks the components of an encoded rule where they lie, whatever the bytes are. In strictly rising order of their
 * types, each is one of
 *
 * <pre>
 * type 1 or 2, IPv4:  | length | first bits of the address, filled up to octets |          RFC 8955 section 4.2.2.1
 * type 1 or 2, IPv6:  | length | offset | length - offset bits, filled up to octets |      RFC 8956 section 3.1
 * any other type:     | operator | value | ... until an operator with the end bit |        RFC 8955 section 4.2.1
 * </pre>
 */
final class FlowCursor {
    private final FlowFamily family;
    private final byte[] bytes;
    private int at;
    private int type;
    private int from;
    private @Nullable FlowField field;
    private @Nullable String fault;

    FlowCursor(FlowFamily family, byte[] bytes) {
        this.family = family;
        this.bytes = bytes;
    }

    /** Moves to the next component; false at the end, or where the bytes are no rule. */
    boolean next() {
        if (at == bytes.length || fault != null)
            return false;
        int last = type;
        type = octet(at++);
        from = at;
        field = FlowField.of(type, family);
        if (field == null)
            return fail("component type " + type + " is unknown in " + family);
        if (type <= last)
            return fail("component type " + type + " after " + last);
        return field.kind() == FlowField.Kind.PREFIX ? passPrefix() : passTerms();
    }

    private boolean passPrefix() {
        int header = family == FlowFamily.IPV4 ? 1 : 2;
        if (bytes.length - at < header)
            return fail("a prefix is cut off");
        if (length() > family.addressBits())
            return fail("a prefix of " + length() + " bits");
        if (offset() > 0 && offset() >= length())
            return fail("a prefix with an offset of " + offset() + " and a length of " + length());
        at += header + (length() - offset() + 7) / 8;
        return at <= bytes.length || fail("a prefix is cut off");
    }

    private boolean passTerms() {
        int operator;
        do {
            if (at >= bytes.length)
                return fail(field() + " does not end");
            operator = octet(at);
            at += 1 + valueBytes(operator);
            if (at > bytes.length)
                return fail(field() + " is cut off");
        } while ((operator & FlowTerm.END) == 0);
        return true;
    }

    private boolean fail(String what) {
        fault = what;
        return false;
    }

    /** What is wrong with the bytes, once {@link #next} was false; null if nothing. */
    @Nullable
    String fault() {
        return fault;
    }

    /** Of the present component. */
    FlowField field() {
        if (field == null)
            throw new IllegalStateException("at no component");
        return field;
    }

    /** Where the present component's bytes begin, after its type. */
    int from() {
        return from;
    }

    /** Where the present component's bytes end. */
    int to() {
        return at;
    }

    /** Of the present prefix, bits. */
    int length() {
        return octet(from);
    }

    /** Of the present prefix, bits. */
    int offset() {
        return family == FlowFamily.IPV4 ? 0 : octet(from + 1);
    }

    /** The present prefix; what fills it up to octets is ignored. */
    FlowPrefix prefix() {
        int bits = length() - offset();
        int start = at - (bits + 7) / 8;
        long first = 0;
        long second = 0;
        for (int i = start; i < at; i++) {
            int shift = 8 * (7 - (i - start & 7));
            if (i - start < 8)
                first |= (long) octet(i) << shift;
            else
                second |= (long) octet(i) << shift;
        }
        first &= FlowPrefix.highMask(bits);
        second &= FlowPrefix.lowMask(bits);
        if (family == FlowFamily.IPV4)
            return new FlowPrefix(field(), family, 0, 0xffff_0000_0000L | first >>> 32, 0, length());
        int by = offset();
        long low = by == 0 ? second : by < 64 ? second >>> by | first << 64 - by : first >>> by - 64;
        return new FlowPrefix(field(), family, by < 64 ? first >>> by : 0, low, by, length());
    }

    /** The number of octets of the value behind this operator. */
    static int valueBytes(int operator) {
        return 1 << (operator >>> 4 & 3);
    }

    int octet(int index) {
        return bytes[index] & 0xff;
    }
}
