package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.schiltron.bgp.TestRules.hex;
import static org.schiltron.bgp.TestRules.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateTest {
    private static final List<FlowAction> ALL_ACTIONS = List.of(FlowAction.DROP, new FlowAction.RateBytes(1.25e6f),
            new FlowAction.RatePackets(1_000), new FlowAction.Traffic(true, false),
            new FlowAction.Traffic(false, true), new FlowAction.Other(0x0002_fc00_0000_0001L));

    private static byte[] written(UpdateWriter writer, FlowFamily family, List<FlowAction> actions, FlowRule... rules) {
        ByteBuffer out = ByteBuffer.allocate(MessageType.MAX_BYTES);
        writer.beginReach(out, family, actions);
        for (FlowRule rule : rules)
            assertThat(writer.add(rule)).isTrue();
        writer.end();
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static Update read(byte[] message, boolean fourOctetAs) {
        assertThat(ByteBuffer.wrap(message).getShort(16)).isEqualTo((short) message.length);
        return Update.read(ByteBuffer.wrap(message, 19, message.length - 19), fourOctetAs);
    }

    /** By hand from RFC 4271, 4760 and 8955. */
    @Test
    void octetForOctet() {
        FlowRule rule = TestRules.nlri(FlowFamily.IPV4, "0b 01 18 c00002 03 81 06 04 81 19");
        assertThat(HexFormat.of().formatHex(written(new UpdateWriter(65_551, false, true), FlowFamily.IPV4,
                List.of(FlowAction.DROP), rule)))
                .isEqualTo(HexFormat.of().formatHex(hex("ff".repeat(16) + "0044 02 0000 002d" // header, lengths
                        + "90 0e 0011 0001 85 00 00 0b0118c0000203810604 8119" // MP_REACH_NLRI
                        + "40 01 01 00" // ORIGIN
                        + "40 02 06 02 01 0001000f" // AS_PATH
                        + "c0 10 08 8006 0000 00000000"))); // traffic-rate-bytes 0
    }

    @Test
    void pathsInsideAndBetweenSystems() {
        UpdateWriter inside = new UpdateWriter(65_001, true, true);
        Update internal = read(written(inside, FlowFamily.IPV4, List.of(), host(1)), true);
        assertThat(internal.asPath()).isEmpty();
        assertThat(internal.localPreference()).isEqualTo(100);
        assertThat(internal.actions()).isEmpty();
        assertThat(internal.reached()).containsExactly(host(1));
        Update external = read(written(new UpdateWriter(4_200_000_000L, false, true), FlowFamily.IPV4, ALL_ACTIONS,
                host(1)), true);
        assertThat(external.asPath()).containsExactly(4_200_000_000L);
        assertThat(external.localPreference()).isNull();
        assertThat(external.actions()).isEqualTo(ALL_ACTIONS);
    }

    @Test
    void aPeerOfTwoOctetsGetsTheRealNumberBeside() {
        UpdateWriter large = new UpdateWriter(4_200_000_000L, false, false);
        byte[] message = written(large, FlowFamily.IPV4, List.of(), host(1));
        assertThat(read(message, false).asPath()).containsExactly(23_456L);
        assertThat(HexFormat.of().formatHex(message)).endsWith("c01106" + "0201" + "fa56ea00");
        assertThat(read(written(new UpdateWriter(65_001, false, false), FlowFamily.IPV4, List.of(), host(1)), false)
                .asPath()).containsExactly(65_001L);
    }

    /** As many as there is room for, attributes included, and not one octet more. */
    @Test
    void aMessageIsFilledAndNeverTooLong() {
        for (boolean internal : new boolean[]{true, false}) {
            for (boolean fourOctets : new boolean[]{true, false}) {
                for (int actions = 0; actions <= ALL_ACTIONS.size(); actions++) {
                    UpdateWriter writer = new UpdateWriter(4_200_000_000L, internal, fourOctets);
                    ByteBuffer out = ByteBuffer.allocate(5_000);
                    writer.beginReach(out, FlowFamily.IPV4, ALL_ACTIONS.subList(0, actions));
                    int count = 0;
                    while (writer.add(host(count)))
                        count++;
                    writer.end();
                    int ruleBytes = host(0).encodedBytes();
                    assertThat(out.position()).isBetween(4_096 - ruleBytes + 1, 4_096);
                    byte[] message = new byte[out.position()];
                    out.get(0, message);
                    assertThat(read(message, fourOctets).reached()).hasSize(count);
                }
            }
        }
    }

    @Test
    void theLongestRuleFitsWithAllThatMayGoWithIt() {
        FlowRuleBuilder builder = FlowRule.ipv6();
        for (int i = 0; i < 1_949; i++)
            builder.equal(FlowField.PROTOCOL, i & 0xff);
        FlowRule longest = builder.build();
        List<FlowAction> most = new ArrayList<>(ALL_ACTIONS);
        while (most.size() < FlowAction.MAX_ACTIONS)
            most.add(FlowAction.DROP);
        byte[] message = written(new UpdateWriter(4_200_000_000L, false, false), FlowFamily.IPV6, most, longest);
        assertThat(message.length).isBetween(3_900, 4_096);
        assertThat(read(message, false).reached()).containsExactly(longest);
    }

    @Test
    void withdrawalsStandAloneAndAnEmptyOneEndsTheTable() {
        UpdateWriter writer = new UpdateWriter(65_001, false, true);
        ByteBuffer out = ByteBuffer.allocate(4_096);
        writer.beginUnreach(out, FlowFamily.IPV6);
        assertThat(writer.add(TestRules.host6(7))).isTrue();
        writer.end();
        byte[] message = new byte[out.position()];
        out.get(0, message);
        Update withdrawal = read(message, true);
        assertThat(withdrawal.withdrawn()).containsExactly(TestRules.host6(7));
        assertThat(withdrawal.asPath()).isNull();
        assertThat(withdrawal.endOfRib()).isFalse();

        out.clear();
        writer.endOfRib(out, FlowFamily.IPV6);
        Update end = Update.read(out.slice(19, out.position() - 19), true);
        assertThat(end.endOfRib()).isTrue();
        assertThat(end.family()).isEqualTo(FlowFamily.IPV6);
    }

    /** Routers' updates of other families, of the old form, and with attributes unknown here, as they come. */
    @Test
    void whatDoesNotMatterIsPassedOver() {
        Update unicast = Update.read(ByteBuffer.wrap(hex("0000 0014 400101 00 40020602010000fde9 400304c0000201"
                + "18 c00002")), true);
        assertThat(unicast.reached()).isEmpty();
        assertThat(unicast.asPath()).containsExactly(65_001L);
        assertThat(Update.read(ByteBuffer.wrap(hex("0004 18c00002 0000")), true).endOfRib()).isFalse();
        assertThat(Update.read(ByteBuffer.wrap(hex("0000 0005 e0 63 02 0102")), true).reached()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0000", "0001 0000", "0000 0001", "0000 0002 4001", "0000 0003 400101", "0000 0004 50010001",
            "0000 0005 8005 02 0001", "0000 0004 c010 01 00", "0000 0006 400203 0201 00", "0000 0005 400202 0205",
            "0000 0007 800e04 000185 00", "0000 0008 800e05 000185 0400", "0000 0005 800f02 0001",
            "0000 0009 800f06 000185 0501 18", "0000 000d 800e0a 000185 00 00 03 048119ff"})
    void malformedUpdatesAreRefused(String octets) {
        assertThatIllegalArgumentException().isThrownBy(() -> Update.read(ByteBuffer.wrap(hex(octets)), true))
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank());
    }
}
