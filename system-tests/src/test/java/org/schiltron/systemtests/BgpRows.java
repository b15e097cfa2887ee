package org.schiltron.systemtests;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowFamily;
import org.schiltron.bgp.FlowField;
import org.schiltron.bgp.FlowPrefix;
import org.schiltron.bgp.FlowRule;
import org.schiltron.bgp.FlowRuleBuilder;
import org.schiltron.bgp.FlowTerm;

/**
 * A rule, its actions, and how three routers read them. Together they have every component type and every comparison.
 *
 * @param gobgp  null if it cannot be read there
 * @param exabgp likewise
 */
record BgpRows(FlowRule rule, List<FlowAction> actions, @Nullable String gobgp, String bird, @Nullable String exabgp) {
    private static final long MAPPED = 0xffff_0000_0000L;
    private static final long DOCUMENTATION = 0x2001_0db8_0000_0000L;
    private static final List<FlowAction> DROP = List.of(FlowAction.DROP);
    private static final String BIRD_DROP = " => (generic, 0x80060000, 0x0)";

    static final List<BgpRows> ALL = List.of(
            row(v4(24, 0).source(0, MAPPED | 0xcb00_7140L, 26).equal(FlowField.PROTOCOL, 6),
                    "[destination: 192.0.2.0/24][source: 203.0.113.64/26][protocol: ==tcp]",
                    "flow4 { dst 192.0.2.0/24; src 203.0.113.64/26; proto 6; }",
                    "flow destination-ipv4 192.0.2.0/24 source-ipv4 203.0.113.64/26 protocol =tcp"),
            new BgpRows(v4(32, 1).range(FlowField.PORT, 137, 139).equal(FlowField.PORT, 8080).build(),
                    List.of(new FlowAction.RateBytes(125_000)),
                    "[destination: 192.0.2.1/32][port: >=137&<=139 ==8080] => [rate: 125000.000000]",
                    "flow4 { dst 192.0.2.1/32; port 137..139,8080; } => (generic, 0x80060000, 0x47f42400)",
                    "flow destination-ipv4 192.0.2.1/32 port [ >=137&<=139 =8080 ] => rate-limit:125000"),
            new BgpRows(v4(32, 2).range(FlowField.DESTINATION_PORT, 1000, 1999)
                    .match(FlowField.SOURCE_PORT, FlowTerm.above(1023)).build(),
                    List.of(new FlowAction.RatePackets(1_000), new FlowAction.Traffic(true, true)),
                    "[destination: 192.0.2.2/32][destination-port: >=1000&<=1999][source-port: >1023]"
                            + " => [3377700869373952], [action: terminal-sample]",
                    "flow4 { dst 192.0.2.2/32; dport 1000..1999; sport > 1023; }"
                            + " => (generic, 0x800c0000, 0x447a0000) (generic, 0x80070000, 0x3)",
                    "flow destination-ipv4 192.0.2.2/32 destination-port [ >=1000&<=1999 ] source-port >1023"
                            + " => 800c0000447a0000, action sample-terminal"),
            new BgpRows(v4(32, 3).equal(FlowField.PROTOCOL, 1).equal(FlowField.ICMP_TYPE, 8)
                    .equal(FlowField.ICMP_CODE, 0).build(), List.of(),
                    "[destination: 192.0.2.3/32][protocol: ==icmp][icmp-type: ==8][icmp-code: ==0] => ",
                    "flow4 { dst 192.0.2.3/32; proto 1; icmp type 8; icmp code 0; } => ",
                    "flow destination-ipv4 192.0.2.3/32 protocol =icmp icmp-type =echo-request icmp-code =0 => "),
            row(v4(32, 4).equal(FlowField.PROTOCOL, 6).bits(FlowField.TCP_FLAGS, 0x02, 0x12),
                    "[destination: 192.0.2.4/32][protocol: ==tcp][tcp-flags: =S&!A]",
                    "flow4 { dst 192.0.2.4/32; proto 6; tcp flags 0x2/0x2 && 0x0/0x10; }",
                    "flow destination-ipv4 192.0.2.4/32 protocol =tcp tcp-flags [ =syn&!ack ]"),
            row(v4(32, 5).match(FlowField.PACKET_LENGTH, FlowTerm.atMost(63)).equal(FlowField.PACKET_LENGTH, 1500)
                    .equal(FlowField.DSCP, 46),
                    "[destination: 192.0.2.5/32][packet-length: <=63 ==1500][dscp: ==46]",
                    "flow4 { dst 192.0.2.5/32; length <= 63,1500; dscp 46; }",
                    "flow destination-ipv4 192.0.2.5/32 packet-length [ <=63 =1500 ] dscp =46"),
            row(v4(32, 6).match(FlowField.FRAGMENT, FlowTerm.anyOf(2)),
                    "[destination: 192.0.2.6/32][fragment: is-fragment]",
                    "flow4 { dst 192.0.2.6/32; fragment !!is_fragment; }",
                    "flow destination-ipv4 192.0.2.6/32 fragment is-fragment"),
            row(v4(32, 8).match(FlowField.PORT, FlowTerm.below(1024), FlowTerm.notEqual(22).andThen()),
                    "[destination: 192.0.2.8/32][port: <1024&!=22]",
                    "flow4 { dst 192.0.2.8/32; port < 1024 && != 22; }",
                    "flow destination-ipv4 192.0.2.8/32 port [ <1024&!=22 ]"),
            row(FlowRule.ipv4().equal(FlowField.PROTOCOL, 17).equal(FlowField.SOURCE_PORT, 53, 123),
                    "[protocol: ==udp][source-port: ==53 ==123]", "flow4 { proto 17; sport 53,123; }",
                    "flow protocol =udp source-port [ =53 =123 ]"),
            row(FlowRule.ipv4().destination(0, MAPPED, 0).match(FlowField.PORT, FlowTerm.notEqual(443)),
                    "[destination: 0.0.0.0/0][port: !=443]", "flow4 { dst 0.0.0.0/0; port != 443; }",
                    "flow destination-ipv4 0.0.0.0/0 port !=443"),
            row(v6(32, 0).source(DOCUMENTATION | 0x1234, 0, 64).equal(FlowField.PROTOCOL, 6),
                    "[destination: 2001:db8::/32/0][source: 2001:db8:0:1234::/64/0][protocol: ==tcp]",
                    "flow6 { dst 2001:db8::/32; src 2001:db8:0:1234::/64; next header 6; }",
                    "flow destination-ipv6 2001:db8::/32/0 source-ipv6 2001:db8:0:1234::/64/0 next-header =tcp"),
            row(v6(128, 1).equal(FlowField.ICMP_TYPE, 128).match(FlowField.FRAGMENT, FlowTerm.noneOf(2))
                    .equal(FlowField.FLOW_LABEL, 0xabcde),
                    "[destination: 2001:db8::1/128/0][icmp-type: ==128][fragment: !is-fragment][label: ==703710]",
                    "flow6 { dst 2001:db8::1/128; icmp type 128; fragment !is_fragment; label 703710; }",
                    "flow destination-ipv6 2001:db8::1/128/0 icmp-type =unknown icmp type type 128"
                            + " fragment !is-fragment flow-label =703710"),
            row(v6(128, 2).range(FlowField.DESTINATION_PORT, 1, 1023).bits(FlowField.TCP_FLAGS, 0, 0x10),
                    "[destination: 2001:db8::2/128/0][destination-port: >=1&<=1023][tcp-flags: !A]",
                    "flow6 { dst 2001:db8::2/128; dport 1..1023; tcp flags 0x0/0x10; }",
                    "flow destination-ipv6 2001:db8::2/128/0 destination-port [ >=1&<=1023 ] tcp-flags !ack"),
            new BgpRows(v6(32, 0).prefix(
                    new FlowPrefix(FlowField.SOURCE, FlowFamily.IPV6, 0, 0x1234_5678_9a00_0000L, 64, 104)).build(),
                    DROP, null, "flow6 { dst 2001:db8::/32; src ::1234:5678:9a00:0/104 offset 64; }" + BIRD_DROP,
                    null),
            new BgpRows(v4(32, 7).equal(FlowField.DESTINATION_PORT, 80).equal(FlowField.SOURCE_PORT, odd(130)).build(),
                    DROP, null, "flow4 { dst 192.0.2.7/32; dport 80; sport " + list(odd(42)) + " ...}" + BIRD_DROP,
                    null));

    private static FlowRuleBuilder v4(int length, int host) {
        return FlowRule.ipv4().destination(0, MAPPED | 0xc000_0200L | host, length);
    }

    private static FlowRuleBuilder v6(int length, int host) {
        return FlowRule.ipv6().destination(DOCUMENTATION, host, length);
    }

    private static int[] odd(int count) {
        return IntStream.range(0, count).map(i -> 2_001 + 2 * i).toArray();
    }

    /** As much of it as BIRD prints. */
    private static String list(int[] numbers) {
        return IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    /** Dropped. */
    private static BgpRows row(FlowRuleBuilder rule, String gobgp, String bird, String exabgp) {
        return new BgpRows(rule.build(), DROP, gobgp + " => [discard]", bird + BIRD_DROP, exabgp + " => rate-limit:0");
    }

    /** Those that a router can read. */
    static Map<FlowRule, List<FlowAction>> rules(Function<BgpRows, @Nullable String> reading) {
        Map<FlowRule, List<FlowAction>> rules = new LinkedHashMap<>();
        for (BgpRows row : ALL)
            if (reading.apply(row) != null)
                rules.put(row.rule, row.actions);
        return rules;
    }

    /** What it should say of them. */
    static List<String> readings(Function<BgpRows, @Nullable String> reading) {
        return ALL.stream().map(reading).filter(Objects::nonNull).toList();
    }
}
