package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a flow specification route is about: packets that meet all of its components (RFC 8955 section 4.2, RFC 8956
 * section 3). Held as its encoding, which is also what two routers compare; a hundred thousand of them take about
 * 10 MB.
 *
 * <pre>
 * | length, 1 octet (below 240) or 2 (0xf000 | length) | components in the order of their types |
 * </pre>
 *
 * Its text is as in {@code destination 192.0.2.0/24 protocol =6 destination-port >=1000&<=1999}.
 */
public final class FlowRule {
    /**
     * The most that the components of a rule take, octets. The encoding allows 4,095 (RFC 8955 section 4.1), but all of
     * it must fit into a message of 4,096 beside the header and attributes.
     */
    public static final int MAX_BYTES = 3_900;

    /**
     * Up to so many octets any router reads a rule. GoBGP 3.10 takes a longer one for malformed, and then ignores the
     * whole family without a word to this side; BIRD 2 reads it.
     */
    public static final int WIDELY_READ_BYTES = 239;

    private static final int TWO_OCTETS_FROM = WIDELY_READ_BYTES + 1;

    private final FlowFamily family;
    private final byte[] bytes;
    private final int hash;

    private FlowRule(FlowFamily family, byte[] bytes) {
        this.family = family;
        this.bytes = bytes;
        this.hash = 31 * Arrays.hashCode(bytes) + family.afi();
    }

    public static FlowRuleBuilder ipv4() {
        return new FlowRuleBuilder(FlowFamily.IPV4);
    }

    public static FlowRuleBuilder ipv6() {
        return new FlowRuleBuilder(FlowFamily.IPV6);
    }

    /**
     * @param bytes components without the length before them; handed over
     * @throws IllegalArgumentException with what is wrong with them
     */
    static FlowRule of(FlowFamily family, byte[] bytes) {
        String fault = fault(family, bytes);
        if (fault != null)
            throw new IllegalArgumentException(fault);
        return new FlowRule(family, bytes);
    }

    private static @Nullable String fault(FlowFamily family, byte[] bytes) {
        if (bytes.length == 0)
            return "a rule without a component";
        if (bytes.length > MAX_BYTES)
            return "a rule of " + bytes.length + " octets, more than " + MAX_BYTES;
        FlowCursor cursor = new FlowCursor(family, bytes);
        while (cursor.next()) {
            // only to the end
        }
        return cursor.fault();
    }

    /**
     * Takes one rule, length and all.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    static FlowRule read(FlowFamily family, ByteBuffer from) {
        int length = from.get() & 0xff;
        if (length >= TWO_OCTETS_FROM) {
            if (!from.hasRemaining())
                throw new IllegalArgumentException("a rule's length is cut off");
            length = (length & 0xf) << 8 | from.get() & 0xff;
        }
        if (length > from.remaining())
            throw new IllegalArgumentException("a rule is cut off");
        byte[] bytes = new byte[length];
        from.get(bytes);
        return of(family, bytes);
    }

    /** What the components take, octets. */
    public int componentBytes() {
        return bytes.length;
    }

    /** With the length before the components, octets. */
    int encodedBytes() {
        return bytes.length + (bytes.length < TWO_OCTETS_FROM ? 1 : 2);
    }

    /** Puts {@link #encodedBytes} octets. */
    void write(ByteBuffer to) {
        if (bytes.length < TWO_OCTETS_FROM)
            to.put((byte) bytes.length);
        else
            to.putShort((short) (0xf000 | bytes.length));
        to.put(bytes);
    }

    public FlowFamily family() {
        return family;
    }

    /** In the order of their types. */
    public List<FlowComponent> components() {
        List<FlowComponent> components = new ArrayList<>();
        for (FlowCursor cursor = cursor(); cursor.next();)
            components.add(cursor.field().kind() == FlowField.Kind.PREFIX ? cursor.prefix() : match(cursor));
        return components;
    }

    FlowCursor cursor() {
        return new FlowCursor(family, bytes);
    }

    private static FlowMatch match(FlowCursor cursor) {
        List<FlowTerm> terms = new ArrayList<>();
        for (int at = cursor.from(); at < cursor.to();) {
            int operator = cursor.octet(at++);
            long value = 0;
            for (int i = FlowCursor.valueBytes(operator); i > 0; i--)
                value = value << 8 | cursor.octet(at++);
            // The first "and" is to be read as if it were not there, bits in reserve as well (RFC 8955 section 4.2.1).
            boolean and = (operator & FlowTerm.AND) != 0 && !terms.isEmpty();
            int comparison = operator & (cursor.field().kind() == FlowField.Kind.BITS ? 3 : 7);
            terms.add(new FlowTerm(and, comparison, value));
        }
        return new FlowMatch(cursor.field(), terms);
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FlowRule rule && rule.hash == hash && rule.family == family
                && Arrays.equals(rule.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (FlowComponent component : components())
            text.append(text.isEmpty() ? "" : " ").append(component);
        return text.toString();
    }
}
