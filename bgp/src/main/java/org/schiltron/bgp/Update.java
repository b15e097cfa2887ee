package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an UPDATE says of flow specifications (RFC 4271 section 4.3, RFC 4760). Attributes that do not matter to them
 * are passed over. Its layout stands at {@link UpdateWriter}.
 *
 * @param family    of the rules; null if it has none
 * @param reached   rules announced
 * @param withdrawn rules withdrawn
 * @param actions   of the rules announced
 * @param asPath    all numbers of it, or null if there is no such attribute
 * @param endOfRib  whether it says no more than that all routes of {@code family} are known
 */
record Update(@Nullable FlowFamily family, List<FlowRule> reached, List<FlowRule> withdrawn, List<FlowAction> actions,
        @Nullable List<Long> asPath, @Nullable Integer localPreference, boolean endOfRib) {
    private static final int EXTENDED_LENGTH = 0x10;

    /**
     * @param fourOctetAs whether both sides do
     * @throws IllegalArgumentException with what is wrong with it
     */
    static Update read(ByteBuffer body, boolean fourOctetAs) {
        skip(body, length(body, 2));
        ByteBuffer attributes = slice(body, length(body, 2));
        Attributes read = new Attributes(fourOctetAs, attributes.remaining());
        while (attributes.hasRemaining()) {
            if (attributes.remaining() < 3)
                throw new IllegalArgumentException("an attribute is cut off");
            int flags = attributes.get() & 0xff;
            int type = attributes.get() & 0xff;
            read.read(type, slice(attributes, length(attributes, (flags & EXTENDED_LENGTH) != 0 ? 2 : 1)));
        }
        return read.update(body.hasRemaining());
    }

    private static int length(ByteBuffer from, int bytes) {
        if (from.remaining() < bytes)
            throw new IllegalArgumentException("a length is cut off");
        return bytes == 1 ? from.get() & 0xff : from.getShort() & 0xffff;
    }

    private static void skip(ByteBuffer from, int length) {
        slice(from, length);
    }

    private static ByteBuffer slice(ByteBuffer from, int length) {
        if (from.remaining() < length)
            throw new IllegalArgumentException("a length of " + length + " where " + from.remaining() + " are left");
        ByteBuffer slice = from.slice(from.position(), length);
        from.position(from.position() + length);
        return slice;
    }

    private static final class Attributes {
        private final boolean fourOctetAs;
        private final int allBytes;
        private @Nullable FlowFamily family;
        private final List<FlowRule> reached = new ArrayList<>();
        private final List<FlowRule> withdrawn = new ArrayList<>();
        private List<FlowAction> actions = List.of();
        private @Nullable List<Long> asPath;
        private @Nullable Integer localPreference;

        Attributes(boolean fourOctetAs, int allBytes) {
            this.fourOctetAs = fourOctetAs;
            this.allBytes = allBytes;
        }

        void read(int type, ByteBuffer value) {
            switch (type) {
                case 2 -> asPath = asPath(value);
                case 5 -> {
                    if (value.remaining() != 4)
                        throw new IllegalArgumentException("a LOCAL_PREF of " + value.remaining() + " octets");
                    localPreference = value.getInt();
                }
                case 14 -> reach(value);
                case 15 -> unreach(value);
                case 16 -> {
                    if (value.remaining() % 8 != 0)
                        throw new IllegalArgumentException("communities of " + value.remaining() + " octets");
                    actions = FlowAction.readAll(value);
                }
                default -> {
                    // does not matter here
                }
            }
        }

        private List<Long> asPath(ByteBuffer value) {
            List<Long> path = new ArrayList<>();
            while (value.hasRemaining()) {
                value.get(); // a sequence or a set
                int count = length(value, 1);
                ByteBuffer numbers = slice(value, count * (fourOctetAs ? 4 : 2));
                while (numbers.hasRemaining())
                    path.add(fourOctetAs ? Integer.toUnsignedLong(numbers.getInt()) : numbers.getShort() & 0xffffL);
            }
            return path;
        }

        private void reach(ByteBuffer value) {
            if (value.remaining() < 5)
                throw new IllegalArgumentException("MP_REACH_NLRI is cut off");
            FlowFamily of = FlowFamily.of(value.getShort() & 0xffff, value.get() & 0xff);
            skip(value, length(value, 1)); // next hop: without a meaning here
            skip(value, 1);
            if (of != null)
                rules(of, value, reached);
        }

        private void unreach(ByteBuffer value) {
            if (value.remaining() < 3)
                throw new IllegalArgumentException("MP_UNREACH_NLRI is cut off");
            FlowFamily of = FlowFamily.of(value.getShort() & 0xffff, value.get() & 0xff);
            if (of != null)
                rules(of, value, withdrawn);
        }

        private void rules(FlowFamily of, ByteBuffer value, List<FlowRule> into) {
            family = of;
            while (value.hasRemaining())
                into.add(FlowRule.read(of, value));
        }

        Update update(boolean oldRoutes) {
            boolean none = reached.isEmpty() && withdrawn.isEmpty();
            boolean endOfRib = family != null && none && allBytes <= 7 && !oldRoutes;
            return new Update(family, List.copyOf(reached), List.copyOf(withdrawn), actions, asPath, localPreference,
                    endOfRib);
        }
    }
}
