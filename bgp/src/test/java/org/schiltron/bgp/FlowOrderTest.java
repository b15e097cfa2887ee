package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.bgp.TestRules.ip4;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class FlowOrderTest {
    private static FlowRule v4(UnaryOperator<FlowRuleBuilder> says) {
        return says.apply(FlowRule.ipv4()).build();
    }

    private static FlowRule v6(long high, int offset, int length, FlowField field) {
        return FlowRule.ipv6().prefix(new FlowPrefix(field, FlowFamily.IPV6, high, 0, offset, length)).build();
    }

    private static void assertFirst(FlowRule first, FlowRule second) {
        assertThat(FlowOrder.INSTANCE.compare(first, second)).as("%s before %s", first, second).isNegative();
        assertThat(FlowOrder.INSTANCE.compare(second, first)).as("%s after %s", second, first).isPositive();
    }

    /** The cases that the authors of RFC 8955 and 8956 tested their example with, and what its text says. */
    @Test
    void precedenceOfTheStandard() {
        FlowRule tcp = v4(r -> r.equal(FlowField.PROTOCOL, 6));
        assertFirst(v4(r -> r.equal(FlowField.PROTOCOL, 6).equal(FlowField.PORT, 80)), tcp);
        assertFirst(tcp, v4(r -> r.equal(FlowField.PORT, 80).equal(FlowField.SOURCE_PORT, 80)));
        assertFirst(tcp, v4(r -> r.equal(FlowField.PROTOCOL, 7)));
        assertFirst(v4(r -> r.equal(FlowField.PROTOCOL, 7)), v4(r -> r.equal(FlowField.PROTOCOL, 8)));

        FlowRule wide = v4(r -> r.destination(0, ip4("10.0.0.0"), 8));
        FlowRule narrow = v4(r -> r.destination(0, ip4("10.200.0.0"), 16));
        FlowRule beyond = v4(r -> r.destination(0, ip4("11.0.0.0"), 24));
        assertFirst(narrow, wide);
        assertFirst(wide, beyond);
        assertFirst(narrow, beyond);
        assertFirst(v4(r -> r.source(0, ip4("10.200.0.0"), 16)), v4(r -> r.source(0, ip4("10.0.0.0"), 8)));
        assertFirst(wide, v4(r -> r.source(0, ip4("10.200.0.0"), 16)));
        assertFirst(v4(r -> r.destination(0, ip4("192.0.2.0"), 24)), v4(r -> r.destination(0, ip4("0.0.0.0"), 0)));

        // Octets, operators and all: of two where one begins the other the longer goes first.
        assertFirst(v4(r -> r.equal(FlowField.PORT, 80, 443)), v4(r -> r.equal(FlowField.PORT, 80)));
        assertFirst(v4(r -> r.equal(FlowField.PORT, 80)), v4(r -> r.equal(FlowField.PORT, 443)));
        assertFirst(v4(r -> r.equal(FlowField.PORT, 443, 80)), v4(r -> r.equal(FlowField.PORT, 80)));

        FlowField destination = FlowField.DESTINATION;
        assertFirst(v6(0x0201_0000_0000_0000L, 4, 16, destination), v6(0x0200_0000_0000_0000L, 4, 8, destination));
        assertFirst(v6(0x0200_0000_0000_0000L, 4, 8, destination), v6(0x0301_0000_0000_0000L, 4, 16, destination));
        assertFirst(v6(0x0200_0000_0000_0000L, 3, 8, destination), v6(0x0301_0000_0000_0000L, 4, 16, destination));
        assertFirst(v6(0x0301_0000_0000_0000L, 3, 16, FlowField.SOURCE),
                v6(0x0200_0000_0000_0000L, 4, 8, FlowField.SOURCE));
    }

    @Test
    void equalRulesAreEqual() {
        FlowRule rule = v4(r -> r.destination(0, ip4("10.0.0.0"), 8).equal(FlowField.PORT, 80));
        assertThat(FlowOrder.INSTANCE.compare(rule, v4(r -> r.equal(FlowField.PORT, 80).destination(0,
                ip4("10.0.0.0"), 8)))).isZero();
    }

    /** As the standard's example does it, with networks as ranges of integers. */
    private static int reference(FlowRule a, FlowRule b) {
        List<FlowComponent> left = a.components();
        List<FlowComponent> right = b.components();
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            if (i == left.size())
                return 1;
            if (i == right.size())
                return -1;
            int order = left.get(i).field().compareTo(right.get(i).field());
            if (order == 0)
                order = left.get(i) instanceof FlowPrefix p
                        ? prefixes(p, (FlowPrefix) right.get(i))
                        : octets(octetsOf(a, left.get(i).field()), octetsOf(b, right.get(i).field()));
            if (order != 0)
                return order;
        }
        return 0;
    }

    private static int prefixes(FlowPrefix a, FlowPrefix b) {
        if (a.offset() != b.offset())
            return Integer.compare(a.offset(), b.offset());
        BigInteger aFirst = number(a);
        BigInteger bFirst = number(b);
        boolean overlap = aFirst.compareTo(bFirst.add(size(b))) < 0 && bFirst.compareTo(aFirst.add(size(a))) < 0;
        return overlap ? Integer.compare(b.length(), a.length()) : aFirst.compareTo(bFirst);
    }

    private static BigInteger number(FlowPrefix prefix) {
        return new BigInteger(Long.toUnsignedString(prefix.high())).shiftLeft(64)
                .add(new BigInteger(Long.toUnsignedString(prefix.low())));
    }

    private static BigInteger size(FlowPrefix prefix) {
        return BigInteger.ONE.shiftLeft(prefix.family().addressBits() - prefix.length());
    }

    private static byte[] octetsOf(FlowRule rule, FlowField field) {
        FlowCursor cursor = rule.cursor();
        while (cursor.next())
            if (cursor.field() == field)
                return Arrays.copyOfRange(rule.bytes(), cursor.from(), cursor.to());
        throw new AssertionError("no " + field);
    }

    private static int octets(byte[] a, byte[] b) {
        for (int i = 0; i < Math.min(a.length, b.length); i++)
            if (a[i] != b[i])
                return Integer.compare(a[i] & 0xff, b[i] & 0xff);
        return Integer.compare(b.length, a.length);
    }

    @Test
    void drawnRulesAreInTheOrderOfTheReference() {
        long seed = Long.getLong("schiltron.seed", 1);
        SeededRandom random = new SeededRandom(seed);
        List<FlowRule> rules = new ArrayList<>();
        for (int i = 0; i < 400; i++)
            rules.add(TestRules.draw(random));
        for (FlowRule a : rules)
            for (FlowRule b : rules)
                if (a.family() == b.family()
                        && Integer.signum(FlowOrder.INSTANCE.compare(a, b)) != Integer.signum(reference(a, b)))
                    throw new AssertionError("seed " + seed + ": " + a + " and " + b);
        rules.sort(FlowOrder.INSTANCE); // which throws where an order contradicts itself
        for (int i = 0; i + 1 < rules.size(); i++)
            for (int j = i + 1; j < rules.size(); j++)
                assertThat(FlowOrder.INSTANCE.compare(rules.get(i), rules.get(j))).isNotPositive();
    }
}
