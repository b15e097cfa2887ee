package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.schiltron.bgp.FakePeer.established;
import static org.schiltron.bgp.FakePeer.external;
import static org.schiltron.bgp.TestRules.host;
import static org.schiltron.bgp.TestRules.host6;
import static org.schiltron.bgp.TestRules.hosts;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of rules, and that no more is said than need be. */
class AnnouncingTest {
    private static final List<FlowAction> DROP = List.of(FlowAction.DROP);
    private static final List<FlowAction> LIMIT = List.of(new FlowAction.RateBytes(125_000));

    private static FakePeer with(int rules) {
        FakePeer peer = established(external());
        peer.session.replace(hosts(0, rules, FlowAction.DROP));
        peer.drain();
        peer.heard();
        peer.told();
        return peer;
    }

    @Test
    void aChangedRuleIsAllThatIsSaid() {
        FakePeer peer = with(1_000);
        peer.session.announce(host(7), LIMIT);
        peer.drain();
        assertThat(peer.heard()).containsExactly("+1 -0");
        assertThat(peer.table).hasSize(1_000).containsEntry(host(7), LIMIT);
        peer.session.withdraw(host(7));
        peer.drain();
        assertThat(peer.heard()).containsExactly("+0 -1");
        assertThat(peer.table).hasSize(999).doesNotContainKey(host(7));
        assertThat(peer.told()).containsExactly(new BgpEvent.Announced(1_000), new BgpEvent.Announced(999));
    }

    @Test
    void replacingSendsTheDifference() {
        FakePeer peer = with(1_000);
        Map<FlowRule, List<FlowAction>> next = hosts(3, 1_002, FlowAction.DROP);
        next.put(host(500), LIMIT);
        assertThat(peer.session.replace(next)).isTrue();
        peer.drain();
        assertThat(peer.heard()).as("withdrawals come first").containsExactly("+0 -3", "+1 -0", "+2 -0");
        assertThat(peer.table).isEqualTo(next);
        peer.session.replace(next);
        peer.drain();
        assertThat(peer.heard()).isEmpty();
        assertThat(peer.session.rules()).isEqualTo(999);
    }

    @Test
    void whatChangesBackBeforeItIsSentIsNeverSaid() {
        FakePeer peer = with(10);
        peer.session.withdraw(host(1));
        peer.session.announce(host(1), DROP);
        peer.session.announce(host(2), LIMIT);
        peer.session.announce(host(2), DROP);
        peer.session.announce(host(50), DROP);
        peer.session.withdraw(host(50));
        peer.session.replace(hosts(100, 110));
        peer.session.replace(hosts(0, 10, FlowAction.DROP));
        peer.drain();
        assertThat(peer.heard()).isEmpty();
        assertThat(peer.table).hasSize(10);
    }

    @Test
    void withdrawingWhatIsNotThereIsNothing() {
        FakePeer peer = with(1);
        peer.session.withdraw(host(9));
        peer.drain();
        assertThat(peer.heard()).isEmpty();
        assertThat(peer.session.rules()).isOne();
    }

    @Test
    void manyRulesGoIntoFewMessages() {
        FakePeer peer = established(external());
        peer.heard();
        peer.lengths.clear();
        Map<FlowRule, List<FlowAction>> rules = hosts(0, 10_000, FlowAction.DROP);
        for (int i = 0; i < 10_000; i++)
            rules.put(host6(i), i % 2 == 0 ? DROP : LIMIT);
        peer.session.replace(rules);
        peer.drain();
        assertThat(peer.table).isEqualTo(rules);
        int octets = rules.keySet().stream().mapToInt(FlowRule::encodedBytes).sum();
        assertThat(peer.lengths).allMatch(length -> length <= 4_096).hasSizeLessThan(octets / 3_900 + 4);
        assertThat(peer.told()).contains(new BgpEvent.Announced(20_000));
    }

    /** Whatever room the connection has, down to an octet at a time. */
    @Test
    void messagesAreTheSameInAnyPieces() {
        for (int piece : new int[]{1, 18, 19, 4_095, 4_097, 1 << 16}) {
            FakePeer peer = established(external());
            peer.session.replace(hosts(0, 700, FlowAction.DROP));
            peer.drain(piece, Integer.MAX_VALUE);
            assertThat(peer.table).hasSize(700);
        }
    }

    @Test
    void nothingIsEncodedBeforeThereIsRoom() {
        FakePeer peer = with(0);
        peer.session.replace(hosts(0, 10_000, FlowAction.DROP));
        peer.drain(100, 1_000);
        peer.session.replace(hosts(0, 0));
        peer.drain();
        assertThat(peer.table).isEmpty();
        assertThat(peer.heard()).as("one message was begun").hasSize(2);
    }

    @Test
    void thereIsRoomForAHundredThousandAndNoMore() {
        FakePeer peer = established(external());
        assertThat(peer.session.replace(hosts(0, 100_000, FlowAction.DROP))).isTrue();
        assertThat(peer.session.announce(host(100_000), DROP)).isFalse();
        assertThat(peer.session.announce(host(5), LIMIT)).as("one that is there may change").isTrue();
        assertThat(peer.session.replace(hosts(0, 100_001, FlowAction.DROP))).isFalse();
        peer.drain();
        assertThat(peer.table).hasSize(100_000).containsEntry(host(5), LIMIT);
        peer.session.withdraw(host(6));
        assertThat(peer.session.announce(host(100_000), DROP)).isTrue();
        peer.drain();
        assertThat(peer.table).hasSize(100_000).containsKey(host(100_000)).doesNotContainKey(host(6));
        assertThat(peer.session.rules()).isEqualTo(100_000);
    }

    @Test
    void longRulesAreBoundedByTheirOctets() {
        byte[] bytes = new byte[3_900];
        for (int i = 0; i < bytes.length; i += 3) {
            bytes[i] = i == bytes.length - 3 ? (byte) 0x91 : 0x11; // = of two octets
            bytes[i + 1] = 1;
        }
        Map<FlowRule, List<FlowAction>> rules = new LinkedHashMap<>();
        for (int i = 0; i <= RuleTable.MAX_RULE_BYTES / 3_898; i++) {
            byte[] another = new byte[3_898];
            another[0] = 4;
            System.arraycopy(bytes, 3, another, 1, 3_897);
            ByteBuffer.wrap(another).putShort(2, (short) i);
            rules.put(FlowRule.of(FlowFamily.IPV4, another), DROP);
        }
        FakePeer peer = established(external());
        assertThat(peer.session.replace(rules)).isFalse();
        FlowRule last = rules.keySet().stream().reduce((a, b) -> b).orElseThrow();
        rules.remove(last);
        assertThat(peer.session.replace(rules)).isTrue();
        assertThat(peer.session.announce(last, DROP)).isFalse();
        assertThat(peer.session.rules()).isEqualTo(rules.size());
    }

    @Test
    void tooManyActionsAreRefusedAndNothingChanges() {
        FakePeer peer = with(2);
        List<FlowAction> nine = Collections.nCopies(9, FlowAction.DROP);
        assertThatIllegalArgumentException().isThrownBy(() -> peer.session.announce(host(1), nine));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> peer.session.replace(Map.of(host(9), nine)))
                .withMessageContaining("9 actions");
        peer.drain();
        assertThat(peer.heard()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new FlowAction.RateBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new FlowAction.RateBytes(Float.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new FlowAction.RatePackets(Float.POSITIVE_INFINITY));
        assertThat(new FlowAction.RateBytes(-0.0f)).isEqualTo(FlowAction.DROP);
    }

    @Test
    void aPeerThatAsksHearsAllOfThatFamilyAgain() {
        FakePeer peer = with(600);
        peer.session.announce(host6(1), DROP);
        peer.drain();
        peer.heard();
        peer.table.clear();
        peer.sendRefresh(FlowFamily.IPV4);
        assertThat(peer.table).hasSize(600).doesNotContainKey(host6(1));
        peer.sendRefresh(FlowFamily.IPV6);
        assertThat(peer.table).hasSize(601);
    }

    /** Those that were told again before the second question are told once more, and a withdrawal is not lost. */
    @Test
    void aPeerThatAsksTwiceIsAnsweredTwiceAndNotMore() {
        FakePeer peer = with(2_000);
        ByteBuffer asks = ByteBuffer.allocate(23 * 1_000);
        for (int i = 0; i < 1_000; i++) {
            MessageType.ROUTE_REFRESH.write(asks, 4);
            asks.putShort((short) 1).put((byte) 0).put((byte) 133);
        }
        peer.sendWithoutReading(asks.flip());
        peer.drain(1_000, 10_000);
        peer.session.withdraw(host(1));
        peer.session.withdraw(host(1_999));
        peer.drain();
        assertThat(peer.table).hasSize(1_998).doesNotContainKeys(host(1), host(1_999));
        assertThat(peer.heard().stream().filter(line -> line.startsWith("+") && !line.startsWith("+0"))
                .mapToInt(line -> Integer.parseInt(line.substring(1, line.indexOf(' ')))).sum())
                .isBetween(3_996, 4_000);
    }
}
