package org.schiltron.bgp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a rule together. Conditions on different fields must all hold; what is said twice of one number or of bits is
 * joined by "or". The result does not depend on the order of the calls about different fields.
 */
public final class FlowRuleBuilder {
    private final FlowFamily family;
    private final Map<FlowField, FlowPrefix> prefixes = new EnumMap<>(FlowField.class);
    private final Map<FlowField, List<FlowTerm>> matches = new EnumMap<>(FlowField.class);

    FlowRuleBuilder(FlowFamily family) {
        this.family = family;
    }

    /**
     * As two longs, IPv4 as {@code ::ffff:a.b.c.d}.
     *
     * @param length of IPv4 prefixes 0 to 32, of IPv6 0 to 128
     * @throws IllegalArgumentException if the address has bits beyond the length, or has another family
     */
    public FlowRuleBuilder destination(long high, long low, int length) {
        return prefix(new FlowPrefix(FlowField.DESTINATION, family, high, low, 0, length));
    }

    /** As {@link #destination}. */
    public FlowRuleBuilder source(long high, long low, int length) {
        return prefix(new FlowPrefix(FlowField.SOURCE, family, high, low, 0, length));
    }

    /**
     * Also with an offset, which is to be tried with each router first: BIRD 2.0 reads multiples of 8 only; GoBGP 3.10
     * and ExaBGP 4.2 know an older form, and take the rule, and all that comes with it, for malformed.
     *
     * @throws IllegalArgumentException if there is one already, or it is of another family
     */
    public FlowRuleBuilder prefix(FlowPrefix prefix) {
        if (prefix.family() != family)
            throw new IllegalArgumentException(prefix.family() + " prefix in an " + family + " rule");
        if (prefixes.putIfAbsent(prefix.field(), prefix) != null)
            throw new IllegalArgumentException("more than one " + prefix.field() + " prefix");
        return this;
    }

    /** Any of these values. */
    public FlowRuleBuilder equal(FlowField field, int... values) {
        for (int value : values)
            match(field, FlowTerm.equal(value));
        return this;
    }

    /** From {@code least} to {@code most}, both in. */
    public FlowRuleBuilder range(FlowField field, int least, int most) {
        if (least > most)
            throw new IllegalArgumentException(field + ": " + least + " is above " + most);
        if (least == most)
            return match(field, FlowTerm.equal(least));
        return match(field, FlowTerm.atLeast(least), FlowTerm.atMost(most).andThen());
    }

    /** The bits of {@code mask} are as those of {@code value}, the others are not looked at. */
    public FlowRuleBuilder bits(FlowField field, int value, int mask) {
        if ((value & ~mask) != 0 || mask == 0)
            throw new IllegalArgumentException(field + ": value " + value + " under mask " + mask);
        if (value == mask)
            return match(field, FlowTerm.allOf(value));
        if (value == 0)
            return match(field, FlowTerm.noneOf(mask));
        return match(field, FlowTerm.allOf(value), FlowTerm.noneOf(mask & ~value).andThen());
    }

    /**
     * @throws IllegalArgumentException if the field takes a prefix, does not exist in this family, or has no such
     * values
     */
    public FlowRuleBuilder match(FlowField field, FlowTerm... terms) {
        if (field.kind() == FlowField.Kind.PREFIX)
            throw new IllegalArgumentException(field + " takes a prefix");
        if (field.most(family) == 0)
            throw new IllegalArgumentException("no " + field + " in " + family);
        List<FlowTerm> all = matches.computeIfAbsent(field, f -> new ArrayList<>());
        for (int i = 0; i < terms.length; i++) {
            checkValue(field, terms[i]);
            all.add(i == 0 ? terms[i].first() : terms[i]);
        }
        return this;
    }

    private void checkValue(FlowField field, FlowTerm term) {
        int most = field.most(family);
        boolean bits = field.kind() == FlowField.Kind.BITS;
        if (term.value() < 0 || term.value() > most || (bits && (term.value() & ~most) != 0))
            throw new IllegalArgumentException(field + ": " + term.value() + " is not "
                    + (bits ? "within 0x" + Integer.toHexString(most) : "in 0 to " + most));
        if (bits && term.comparison() > 3)
            throw new IllegalArgumentException(field + " is compared by bits");
    }

    /** @throws IllegalArgumentException if nothing was said, or more than {@link FlowRule#MAX_BYTES} hold */
    public FlowRule build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        prefixes.values().forEach(prefix -> write(prefix, out));
        matches.forEach((field, terms) -> write(field, terms, out));
        return FlowRule.of(family, out.toByteArray());
    }

    private static void write(FlowPrefix prefix, ByteArrayOutputStream out) {
        out.write(prefix.field().type());
        out.write(prefix.length());
        long first = prefix.low() << 32;
        long second = 0;
        if (prefix.family() == FlowFamily.IPV6) {
            int by = prefix.offset();
            out.write(by);
            first = by == 0
                    ? prefix.high()
                    : by < 64
                            ? prefix.high() << by | prefix.low() >>> 64 - by
                            : prefix.low() << by - 64;
            second = by < 64 ? prefix.low() << by : 0;
        }
        for (int bits = 0; bits < prefix.length() - prefix.offset(); bits += 8)
            out.write((int) ((bits < 64 ? first : second) >>> 56 - (bits & 63)));
    }

    private static void write(FlowField field, List<FlowTerm> terms, ByteArrayOutputStream out) {
        out.write(field.type());
        for (int i = 0; i < terms.size(); i++) {
            FlowTerm term = terms.get(i);
            // Of 1, 2 or 4 octets; the fewest, as routers expect and RFC 8955 section 4.2.2 says.
            int size = Math.max(field.leastBytes(), term.value() > 0xff ? 2 : 1);
            int end = i == terms.size() - 1 ? FlowTerm.END : 0;
            out.write(end | (term.and() ? FlowTerm.AND : 0) | Integer.numberOfTrailingZeros(size) << 4
                    | term.comparison());
            for (int shift = 8 * size - 8; shift >= 0; shift -= 8)
                out.write((int) (term.value() >>> shift));
        }
    }
}
