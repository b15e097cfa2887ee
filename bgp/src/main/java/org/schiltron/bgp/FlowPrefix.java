package org.schiltron.bgp;

import org.schiltron.machine.Path;

/**
 * A condition on an address: its bits from {@code offset} up to {@code length} are those of this one. Addresses are two
 * longs, IPv4 as {@code ::ffff:a.b.c.d}, as in {@link Path}; the lengths of IPv4 prefixes are 0 to 32 all the same.
 *
 * @param field  destination or source
 * @param high   the address's first half; bits outside offset to length are 0
 * @param low    its second half
 * @param offset 0 in IPv4 and nearly always in IPv6; 0 or below length (RFC 8956 section 3.1)
 * @param length 0 to the family's address bits
 */
public record FlowPrefix(FlowField field, FlowFamily family, long high, long low, int offset, int length)
        implements
            FlowComponent {
    private static final long MAPPED = 0xffff_0000_0000L;

    public FlowPrefix {
        if (field.kind() != FlowField.Kind.PREFIX)
            throw new IllegalArgumentException(field + " takes no prefix");
        if (length < 0 || length > family.addressBits())
            throw new IllegalArgumentException(
                    field + ": a length of " + length + " is not in 0 to " + family.addressBits());
        if (offset < 0 || (offset > 0 && (offset >= length || family == FlowFamily.IPV4)))
            throw new IllegalArgumentException(
                    field + ": an offset of " + offset + " with a length of " + length + " in " + family);
        if (family == FlowFamily.IPV4 && (high != 0 || (low & ~0xffff_ffffL) != MAPPED))
            throw new IllegalArgumentException(field + " is no IPv4 address");
        if (!isMasked(family, high, low, offset, length))
            throw new IllegalArgumentException(field + " " + text(family, high, low) + "/" + length
                    + " has bits outside of its length" + (offset > 0 ? " and offset" : ""));
    }

    private static boolean isMasked(FlowFamily family, long high, long low, int offset, int length) {
        if (family == FlowFamily.IPV4)
            return (low & 0xffff_ffffL & ~highMask(length + 32)) == 0;
        return (high & ~(highMask(length) & ~highMask(offset))) == 0
                && (low & ~(lowMask(length) & ~lowMask(offset))) == 0;
    }

    /** The first {@code bits} of 64. */
    static long highMask(int bits) {
        return bits <= 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    /** Those of the second half among the first {@code bits} of 128. */
    static long lowMask(int bits) {
        return highMask(bits - 64);
    }

    private static String text(FlowFamily family, long high, long low) {
        Path path = new Path(0, high, low, 0);
        String text = path.toString();
        String address = text.substring(0, text.lastIndexOf(':'));
        if (family == FlowFamily.IPV4)
            return address;
        return path.isIpv4() ? "::ffff:" + address : address.substring(1, address.length() - 1);
    }

    /** {@code destination 192.0.2.0/24}; {@code source ::1234:0/64-104} looks at the bits from 64 up to 104. */
    @Override
    public String toString() {
        return field + " " + text(family, high, low) + "/" + (offset > 0 ? offset + "-" : "") + length;
    }
}
