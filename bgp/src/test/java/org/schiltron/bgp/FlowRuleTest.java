package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.schiltron.bgp.TestRules.encoded;
import static org.schiltron.bgp.TestRules.hex;
import static org.schiltron.bgp.TestRules.ip4;
import static org.schiltron.bgp.TestRules.nlri;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.SeededRandom;

class FlowRuleTest {
    /** RFC 8955 section 4.3, in its words: rule, then octets. */
    @Test
    void theExamplesOfRfc8955() {
        FlowRule smtp = FlowRule.ipv4().destination(0, ip4("192.0.2.0"), 24).equal(FlowField.PROTOCOL, 6)
                .equal(FlowField.PORT, 25).build();
        assertThat(encoded(smtp)).isEqualTo(hex("0b 01 18 c00002 03 81 06 04 81 19"));
        assertThat(smtp).hasToString("destination 192.0.2.0/24 protocol =6 port =25");

        FlowRule ports = FlowRule.ipv4().source(0, ip4("203.0.113.0"), 24).range(FlowField.PORT, 137, 139)
                .equal(FlowField.PORT, 8080).destination(0, ip4("192.0.2.0"), 24).build();
        assertThat(encoded(ports)).isEqualTo(hex("12 01 18 c00002 02 18 cb0071 04 03 89 45 8b 91 1f90"));
        assertThat(ports).hasToString("destination 192.0.2.0/24 source 203.0.113.0/24 port >=137&<=139|=8080");

        FlowRule fragments = FlowRule.ipv4().destination(0, ip4("192.0.2.1"), 32)
                .match(FlowField.FRAGMENT, FlowTerm.anyOf(1 | 4)).build();
        assertThat(encoded(fragments)).isEqualTo(hex("09 01 20 c0000201 0c 80 05"));
        assertThat(fragments).hasToString("destination 192.0.2.1/32 fragment dont-fragment+first-fragment");
    }

    /** RFC 8956 section 3.8: the bits of the pattern begin at the offset, also where that is within an octet. */
    @Test
    void theExamplesOfRfc8956() {
        FlowRule octets = FlowRule.ipv6().destination(0x2001_0db8_0000_0000L, 0, 32)
                .prefix(new FlowPrefix(FlowField.SOURCE, FlowFamily.IPV6, 0, 0x1234_5678_9a00_0000L, 64, 104))
                .equal(FlowField.PROTOCOL, 6).build();
        assertThat(encoded(octets)).isEqualTo(hex("12 01 20 00 20010db8 02 68 40 123456789a 03 81 06"));
        assertThat(octets).hasToString("destination 2001:db8::/32 source ::1234:5678:9a00:0/64-104 protocol =6");

        FlowRule shifted = FlowRule.ipv6().destination(0x2001_0db8_0000_0000L, 0, 32)
                .prefix(new FlowPrefix(FlowField.SOURCE, FlowFamily.IPV6, 0, 0x1234_5678_9a00_0000L, 65, 104)).build();
        assertThat(encoded(shifted)).isEqualTo(hex("0f 01 20 00 20010db8 02 68 41 2468acf134"));
        assertThat(nlri(FlowFamily.IPV6, "0f 01 20 00 20010db8 02 68 41 2468acf135")).as("padding is ignored")
                .hasToString(shifted.toString());
    }

    /** What OpenDaylight's flow specification tests publish as octets, with their readings in our words. */
    @Test
    void theExamplesOfOpenDaylight() {
        assertThat(nlri(FlowFamily.IPV4, "21 01 20 0a000100 02 20 01020304 03 81 06 04 03 89 45 8b 91 1f90"
                + "05 12 0ff9 81 b3 06 91 1f90")).hasToString("destination 10.0.1.0/32 source 1.2.3.4/32 protocol =6 "
                        + "port >=137&<=139|=8080 destination-port >4089|=179 source-port =8080");
        assertThat(nlri(FlowFamily.IPV4, "1b 07 04 02 84 03 08 04 04 80 05 09 12 0401 91 56b1 0a 94 dead 0b 82 2a"
                + "0c 81 0e")).hasToString("icmp-type <2|<3 icmp-code <4|false tcp-flags !0x401|=0x56b1 "
                        + "packet-length <57005 dscp >42 fragment =is-fragment+first-fragment+last-fragment");
        for (String host : List.of("06 01 20 d83af565", "06 01 20 d83adac4", "06 01 20 d83ad8c3"))
            assertThat(encoded(nlri(FlowFamily.IPV4, host))).isEqualTo(hex(host));
        assertThat(nlri(FlowFamily.IPV6, "0c 0c 81 0e 0d 21 01000006 91 0102"))
                .hasToString("fragment =is-fragment+first-fragment+last-fragment flow-label =16777222|=258");
    }

    @Test
    void everyFieldHasATextAndIsReadBack() {
        FlowRule rule = FlowRule.ipv4().destination(0, ip4("0.0.0.0"), 0).source(0, ip4("10.128.0.0"), 9)
                .equal(FlowField.PROTOCOL, 6, 17).match(FlowField.PORT, FlowTerm.notEqual(0))
                .range(FlowField.DESTINATION_PORT, 1000, 1999).equal(FlowField.SOURCE_PORT, 53, 443)
                .match(FlowField.ICMP_TYPE, FlowTerm.above(3), FlowTerm.below(11).andThen())
                .match(FlowField.ICMP_CODE, FlowTerm.atMost(5)).bits(FlowField.TCP_FLAGS, 0x02, 0x12)
                .range(FlowField.PACKET_LENGTH, 0, 65_535).equal(FlowField.DSCP, 46)
                .bits(FlowField.FRAGMENT, 0, 0xe).build();
        assertThat(rule).hasToString("destination 0.0.0.0/0 source 10.128.0.0/9 protocol =6|=17 port !=0 "
                + "destination-port >=1000&<=1999 source-port =53|=443 icmp-type >3&<11 icmp-code <=5 "
                + "tcp-flags =syn&!ack packet-length >=0&<=65535 dscp =46 "
                + "fragment !is-fragment+first-fragment+last-fragment");
        assertThat(nlri(FlowFamily.IPV4, java.util.HexFormat.of().formatHex(encoded(rule)))).isEqualTo(rule);

        FlowRule label = FlowRule.ipv6().source(0, 0xffff_c000_0200L, 128).equal(FlowField.FLOW_LABEL, 5).build();
        assertThat(label).hasToString("source ::ffff:192.0.2.0/128 flow-label =5");
        assertThat(encoded(label)).isEqualTo(hex("19 02 80 00 00000000000000000000ffffc0000200 0d a1 00000005"));
    }

    @Test
    void theOrderOfCallsDoesNotMatter() {
        FlowRule one = FlowRule.ipv4().equal(FlowField.PORT, 80).destination(0, ip4("192.0.2.0"), 24)
                .equal(FlowField.PORT, 443).build();
        FlowRule other = FlowRule.ipv4().destination(0, ip4("192.0.2.0"), 24).equal(FlowField.PORT, 80, 443).build();
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).isNotEqualTo(FlowRule.ipv4().equal(FlowField.PORT, 80, 443).build());
        assertThat(FlowRule.ipv4().equal(FlowField.PORT, 80).build())
                .isNotEqualTo(FlowRule.ipv6().equal(FlowField.PORT, 80).build());
    }

    @Test
    void longRulesHaveALengthOfTwoOctets() {
        for (int terms : List.of(119, 120, 1_949)) {
            FlowRuleBuilder builder = FlowRule.ipv4();
            for (int i = 0; i < terms; i++)
                builder.equal(FlowField.PROTOCOL, i & 0xff);
            FlowRule rule = builder.build();
            int octets = 1 + 2 * terms;
            byte[] bytes = encoded(rule);
            if (octets < 240)
                assertThat(bytes[0] & 0xff).isEqualTo(octets);
            else
                assertThat((bytes[0] & 0xff) << 8 | bytes[1] & 0xff).isEqualTo(0xf000 | octets);
            assertThat(nlri(FlowFamily.IPV4, java.util.HexFormat.of().formatHex(bytes))).isEqualTo(rule);
        }
        FlowRuleBuilder tooMany = FlowRule.ipv4();
        for (int i = 0; i < 1_950; i++)
            tooMany.equal(FlowField.PROTOCOL, 6);
        assertThatIllegalArgumentException().isThrownBy(tooMany::build).withMessageContaining("3901 octets");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(FlowRule.ipv4()::build).withMessageContaining("without");
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().destination(0, ip4("192.0.2.1"), 24))
                .withMessageContaining("192.0.2.1/24 has bits outside");
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().destination(0, ip4("192.0.2.1"), 33));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().source(0x2001_0db8_0000_0000L, 0, 32));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv6().source(1, 0, 63));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().source(0, ip4("1.0.0.0"), 8)
                .source(0, ip4("2.0.0.0"), 8)).withMessageContaining("more than one source");
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().equal(FlowField.FLOW_LABEL, 1))
                .withMessageContaining("no flow-label in IPv4");
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv6().bits(FlowField.FRAGMENT, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().equal(FlowField.DSCP, 64));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().equal(FlowField.PORT, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().equal(FlowField.PORT, 65_536));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().range(FlowField.PORT, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().bits(FlowField.TCP_FLAGS, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowRule.ipv4().equal(FlowField.SOURCE, 1));
        assertThatIllegalArgumentException().isThrownBy(
                () -> new FlowPrefix(FlowField.SOURCE, FlowFamily.IPV6, 0, 0, 64, 64));
    }

    @ParameterizedTest
    @CsvSource({"IPV4, 00, without a component", "IPV4, 05 01 18, cut off", "IPV4, f0, length is cut off",
            "IPV4, f001, cut off", "IPV4, 01 01, a prefix is cut off", "IPV4, 04 01 18 c000, a prefix is cut off",
            "IPV4, 07 01 21 c000020100, a prefix of 33 bits", "IPV4, 01 03, does not end",
            "IPV4, 03 03 01 06, does not end", "IPV4, 02 03 81, is cut off", "IPV4, 03 03 91 06, is cut off",
            "IPV4, 06 04 81 19 03 81 06, component type 3 after 4", "IPV4, 06 03 81 06 03 81 06, type 3 after 3",
            "IPV4, 03 0d 81 01, component type 13 is unknown in IPv4", "IPV4, 03 00 81 01, component type 0",
            "IPV6, 03 0e 81 01, component type 14 is unknown", "IPV6, 03 ff 81 01, component type 255",
            "IPV6, 02 01 20, a prefix is cut off", "IPV6, 04 01 81 00 00, a prefix of 129 bits",
            "IPV6, 03 01 40 40, offset of 64 and a length of 64", "IPV6, 03 01 00 01, offset of 1"})
    void malformedRulesAreRefused(FlowFamily family, String octets, String because) {
        assertThatIllegalArgumentException().isThrownBy(() -> nlri(family, octets)).withMessageContaining(because);
    }

    /** Their octets are the ones that were built, whatever is said in whatever order. */
    @Test
    void drawnRulesAreReadBackAndBuiltAgain() {
        long seed = Long.getLong("schiltron.seed", 1);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 5_000; i++) {
            FlowRule rule = TestRules.draw(random);
            FlowRule read = FlowRule.read(rule.family(), java.nio.ByteBuffer.wrap(encoded(rule)));
            assertThat(read).as("seed %d, rule %d", seed, i).isEqualTo(rule);
            FlowRuleBuilder again = new FlowRuleBuilder(rule.family());
            for (FlowComponent component : read.components()) {
                switch (component) {
                    case FlowPrefix prefix -> again.prefix(prefix);
                    case FlowMatch match -> again.match(match.field(), match.terms().toArray(FlowTerm[]::new));
                }
            }
            assertThat(again.build()).as("seed %d, rule %d: %s", seed, i, rule).isEqualTo(rule);
        }
    }

    /** What is taken from a peer can be read, printed and put in order, whatever it is. */
    @Test
    void mutatedRulesAreRefusedOrMeanSomething() {
        long seed = Long.getLong("schiltron.seed", 1);
        SeededRandom random = new SeededRandom(seed);
        int taken = 0;
        FlowRule last = TestRules.host(1);
        for (int i = 0; i < 20_000; i++) {
            FlowRule rule = TestRules.draw(random);
            byte[] bytes = rule.bytes().clone();
            for (int n = random.nextInt(4); n >= 0; n--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextLong();
            FlowRule mutant;
            try {
                mutant = FlowRule.of(rule.family(), bytes);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
                continue;
            }
            taken++;
            assertThat(mutant.toString()).as("seed %d, rule %d", seed, i).isNotBlank();
            assertThat(FlowOrder.INSTANCE.compare(mutant, last)).as("seed %d, rule %d", seed, i)
                    .isEqualTo(-FlowOrder.INSTANCE.compare(last, mutant));
            last = mutant;
        }
        assertThat(taken).isBetween(1_000, 19_000);
    }
}
