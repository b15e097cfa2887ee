package org.schiltron.bgp;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The order in which routers try rules (RFC 8955 section 5.1, RFC 8956 section 4): what is first here has precedence,
 * and a packet meets its first rule. The components are compared from the lowest type on:
 * <ul>
 * <li>a rule that has a type which the other lacks goes first: the one with the lower type, or with more components;
 * <li>prefixes: the lower offset, then the longer of two that overlap, else the lower address;
 * <li>all else: as octets, operators and all, the lower first; of two where one begins the other, the longer.
 * </ul>
 * Rules of different families never meet the same packet; here IPv4 goes first.
 */
public final class FlowOrder implements Comparator<FlowRule> {
    public static final FlowOrder INSTANCE = new FlowOrder();

    private FlowOrder() {
    }

    @Override
    public int compare(FlowRule a, FlowRule b) {
        if (a.family() != b.family())
            return a.family().compareTo(b.family());
        FlowCursor left = a.cursor();
        FlowCursor right = b.cursor();
        while (true) {
            boolean more = left.next();
            if (more != right.next())
                return more ? -1 : 1;
            if (!more)
                return 0;
            int order = Integer.compare(left.field().type(), right.field().type());
            if (order == 0)
                order = left.field().kind() == FlowField.Kind.PREFIX
                        ? comparePrefixes(left.prefix(), right.prefix())
                        : compareOctets(a, left, b, right);
            if (order != 0)
                return order;
        }
    }

    private static int comparePrefixes(FlowPrefix a, FlowPrefix b) {
        if (a.offset() != b.offset())
            return Integer.compare(a.offset(), b.offset());
        int common = Math.min(a.length(), b.length()) + 128 - a.family().addressBits();
        long high = FlowPrefix.highMask(common);
        long low = FlowPrefix.lowMask(common);
        if (((a.high() ^ b.high()) & high) == 0 && ((a.low() ^ b.low()) & low) == 0)
            return Integer.compare(b.length(), a.length());
        int order = Long.compareUnsigned(a.high(), b.high());
        return order != 0 ? order : Long.compareUnsigned(a.low(), b.low());
    }

    private static int compareOctets(FlowRule a, FlowCursor left, FlowRule b, FlowCursor right) {
        int leftLength = left.to() - left.from();
        int rightLength = right.to() - right.from();
        int common = Math.min(leftLength, rightLength);
        int order = Arrays.compareUnsigned(a.bytes(), left.from(), left.from() + common, b.bytes(), right.from(),
                right.from() + common);
        return order != 0 ? order : Integer.compare(rightLength, leftLength);
    }
}
