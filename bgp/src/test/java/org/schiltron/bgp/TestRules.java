package org.schiltron.bgp;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.SeededRandom;

/** Rules for tests: by hand, numbered, and drawn from a seed. */
final class TestRules {
    private static final long MAPPED = 0xffff_0000_0000L;

    private TestRules() {
    }

    /** An IPv4 address as the builder takes it. */
    static long ip4(String text) {
        long address = 0;
        for (String part : text.split("\\.", -1))
            address = address << 8 | Integer.parseInt(part);
        return MAPPED | address;
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** The rule with this length and these components. */
    static FlowRule nlri(FlowFamily family, String hex) {
        return FlowRule.read(family, java.nio.ByteBuffer.wrap(hex(hex)));
    }

    static byte[] encoded(FlowRule rule) {
        var out = java.nio.ByteBuffer.allocate(rule.encodedBytes());
        rule.write(out);
        return out.array();
    }

    /** One of many different rules for single hosts. */
    static FlowRule host(int number) {
        return FlowRule.ipv4().destination(0, MAPPED | 0xcb00_7100L, 24).source(0, MAPPED | 0x0a00_0000L | number, 32)
                .equal(FlowField.PROTOCOL, 17).build();
    }

    static FlowRule host6(int number) {
        return FlowRule.ipv6().destination(0x2001_0db8_0000_0000L, number, 128).build();
    }

    /** Hosts from the first number up to before the last, with the same actions. */
    static Map<FlowRule, List<FlowAction>> hosts(int first, int end, FlowAction... actions) {
        Map<FlowRule, List<FlowAction>> rules = new java.util.LinkedHashMap<>();
        for (int i = first; i < end; i++)
            rules.put(host(i), List.of(actions));
        return rules;
    }

    /** Any rule that the builder makes, small values being likely so that rules resemble each other. */
    static FlowRule draw(SeededRandom random) {
        FlowFamily family = random.nextInt(2) == 0 ? FlowFamily.IPV4 : FlowFamily.IPV6;
        FlowRuleBuilder builder = new FlowRuleBuilder(family);
        boolean any = false;
        for (FlowField field : FlowField.values()) {
            if (random.nextInt(3) != 0 && (any || field != FlowField.FRAGMENT))
                continue;
            if (field.kind() == FlowField.Kind.PREFIX)
                builder.prefix(drawPrefix(field, family, random));
            else if (field.most(family) > 0)
                builder.match(field, drawTerms(field, family, random));
            else
                continue;
            any = true;
        }
        return builder.build();
    }

    private static FlowPrefix drawPrefix(FlowField field, FlowFamily family, SeededRandom random) {
        int length = random.nextInt(family.addressBits() + 1);
        int offset = family == FlowFamily.IPV6 && length > 0 && random.nextInt(3) == 0 ? random.nextInt(length) : 0;
        long high = random.nextInt(2) == 0 ? random.nextLong() : random.nextLong() & 0x0101_0101_0101_0101L;
        long low = random.nextInt(2) == 0 ? random.nextLong() : random.nextLong() & 0x0101_0101_0101_0101L;
        if (family == FlowFamily.IPV4)
            return new FlowPrefix(field, family, 0, MAPPED | low & 0xffff_ffffL & FlowPrefix.highMask(length + 32), 0,
                    length);
        return new FlowPrefix(field, family, high & FlowPrefix.highMask(length) & ~FlowPrefix.highMask(offset),
                low & FlowPrefix.lowMask(length) & ~FlowPrefix.lowMask(offset), offset, length);
    }

    private static FlowTerm[] drawTerms(FlowField field, FlowFamily family, SeededRandom random) {
        boolean bits = field.kind() == FlowField.Kind.BITS;
        List<FlowTerm> terms = new ArrayList<>();
        int count = 1 + (random.nextInt(8) == 0 ? random.nextInt(60) : random.nextInt(3));
        for (int i = 0; i < count; i++) {
            int value = random.nextInt(random.nextInt(2) == 0 ? 3 : field.most(family) + 1) & (bits
                    ? field.most(family)
                    : -1);
            terms.add(new FlowTerm(i > 0 && random.nextInt(2) == 0, random.nextInt(bits ? 4 : 8), value));
        }
        return terms.toArray(FlowTerm[]::new);
    }
}
