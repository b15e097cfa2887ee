package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.schiltron.bgp.FakePeer.MS;
import static org.schiltron.bgp.FakePeer.PEER_ID;
import static org.schiltron.bgp.FakePeer.SECOND;
import static org.schiltron.bgp.FakePeer.established;
import static org.schiltron.bgp.FakePeer.external;
import static org.schiltron.bgp.FakePeer.open;
import static org.schiltron.bgp.TestRules.host;
import static org.schiltron.bgp.TestRules.host6;
import static org.schiltron.bgp.TestRules.hosts;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.bgp.BgpEvent.Cause;
import org.schiltron.machine.Machine;

/** How sessions come about and end. */
class BgpSessionTest {
    private static final List<FlowAction> DROP = List.of(FlowAction.DROP);
    private static final List<FlowFamily> BOTH = List.of(FlowFamily.IPV4, FlowFamily.IPV6);

    @Test
    void aSessionComesUpAndAnnouncesWhatThereIs() {
        FakePeer peer = new FakePeer(external());
        assertThat(peer.session.announce(host(1), DROP)).isTrue();
        assertThat(peer.session.announce(host6(1), List.of())).isTrue();
        peer.connect();
        assertThat(peer.heard()).containsExactly(
                new Open(65_001, 90, FakePeer.LOCAL_ID, BOTH, true, true).toString());
        peer.send(open(external()));
        assertThat(peer.heard()).containsExactly("KEEPALIVE");
        assertThat(peer.told()).isEmpty();
        peer.sendKeepalive();
        assertThat(peer.heard()).containsExactly("+1 -0", "end of IPv4", "+1 -0", "end of IPv6");
        assertThat(peer.table).containsExactly(java.util.Map.entry(host(1), DROP),
                java.util.Map.entry(host6(1), List.of()));
        assertThat(peer.told()).containsExactly(new BgpEvent.Up(PEER_ID, 90, BOTH), new BgpEvent.Announced(2));
        assertThat(peer.session.isEstablished()).isTrue();
    }

    @Test
    void numbersBeyondTwoOctetsGoBothWays() {
        BgpConfig config = BgpConfig.of(4_200_000_001L, 4_200_000_002L, 1);
        FakePeer peer = new FakePeer(config);
        peer.establish(open(config));
        assertThat(peer.told()).first().isInstanceOf(BgpEvent.Up.class);
        FakePeer old = new FakePeer(BgpConfig.of(4_200_000_001L, 65_002, 1));
        old.session.announce(host(1), DROP);
        old.establish(new Open(65_002, 90, PEER_ID, BOTH, false, false));
        assertThat(old.table).containsKey(host(1));
    }

    @Test
    void aFamilyThatThePeerLacksIsNamedAndNotAnnounced() {
        FakePeer peer = new FakePeer(external());
        peer.session.announce(host(1), DROP);
        peer.session.announce(host6(1), DROP);
        peer.establish(new Open(65_002, 90, PEER_ID, List.of(FlowFamily.IPV6), true, true));
        assertThat(peer.told()).containsExactly(new BgpEvent.Up(PEER_ID, 90, List.of(FlowFamily.IPV6)),
                new BgpEvent.Missing(FlowFamily.IPV4), new BgpEvent.Announced(2));
        assertThat(peer.table).containsOnlyKeys(host6(1));
        assertThat(peer.said).doesNotContain("end of IPv4");
        peer.session.withdraw(host(1));
        peer.session.announce(host(2), DROP);
        peer.drain();
        assertThat(peer.table).containsOnlyKeys(host6(1));

        // When it comes back with more, it hears all of it.
        peer.disconnect("reset");
        peer.pass(2 * SECOND);
        peer.establish(open(external()));
        assertThat(peer.table).containsOnlyKeys(host6(1), host(2));
    }

    @Test
    void aSessionForOneFamilyTakesNoRuleOfTheOther() {
        FakePeer peer = established(external().withFamilies(FlowFamily.IPV6));
        assertThatIllegalArgumentException().isThrownBy(() -> peer.session.announce(host(1), DROP))
                .withMessageContaining("IPv4");
        assertThatIllegalArgumentException().isThrownBy(() -> peer.session.replace(hosts(0, 1)));
    }

    private static void assertRefused(Open open, String notification, String reason) {
        FakePeer peer = new FakePeer(external());
        peer.connect();
        peer.heard();
        peer.send(open);
        assertThat(peer.heard()).containsExactly(notification);
        assertThat(peer.session.connectionWanted()).isZero();
        BgpEvent.Down down = peer.down();
        assertThat(down.cause()).isEqualTo(Cause.REFUSED);
        assertThat(down.reason()).isEqualTo(reason);
        assertThat(down.wasUp()).isFalse();
    }

    @Test
    void aPeerThatIsNotTheOneConfiguredIsRefused() {
        assertRefused(new Open(65_003, 90, PEER_ID, BOTH, true, true), "OPEN message error, bad peer AS (2/2)",
                "the peer is AS 65003, not 65002 as configured");
        assertRefused(new Open(4_200_000_000L, 90, PEER_ID, BOTH, true, true), "OPEN message error, bad peer AS (2/2)",
                "the peer is AS 4200000000, not 65002 as configured");
        assertRefused(new Open(65_002, 90, 0, BOTH, true, true), "OPEN message error, bad BGP identifier (2/3)",
                "a router id of 0.0.0.0");
        assertRefused(new Open(65_002, 2, PEER_ID, BOTH, true, true),
                "OPEN message error, unacceptable hold time (2/6)", "a hold time of 2 s");
        FakePeer peer = new FakePeer(BgpConfig.of(65_001, 65_001, PEER_ID));
        peer.connect();
        peer.send(new Open(65_001, 90, PEER_ID, BOTH, true, true));
        assertThat(peer.down().reason()).isEqualTo("the peer has the same router id as this side");
    }

    @Test
    void whatDoesNotSpeakBgpIsRefused() {
        FakePeer peer = new FakePeer(external());
        peer.connect();
        peer.heard();
        peer.send(ByteBuffer.wrap("SSH-2.0-OpenSSH_9.2\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        assertThat(peer.heard()).containsExactly("message header error, connection not synchronized (1/1)");
        assertThat(peer.down().reason()).contains("not BGP");
    }

    @Test
    void messagesOutOfPlaceEndTheSession() {
        FakePeer peer = new FakePeer(external());
        peer.connect();
        peer.sendKeepalive();
        assertThat(peer.heard()).last().isEqualTo("state machine error, unexpected message in OpenSent (5/1)");
        peer.pass(2 * SECOND);
        peer.connect();
        peer.send(open(external()));
        peer.sendUpdate("00000000");
        assertThat(peer.heard()).last().isEqualTo("state machine error, unexpected message in OpenConfirm (5/2)");
        peer.pass(3 * SECOND);
        peer.establish(open(external()));
        peer.send(open(external()));
        assertThat(peer.heard()).last().isEqualTo("state machine error, unexpected message in Established (5/3)");
        assertThat(peer.down().wasUp()).isTrue();
    }

    @Test
    void thePeersNoIsToldInItsWords() {
        FakePeer peer = new FakePeer(external());
        peer.connect();
        peer.sendNotification(Notification.of(2, 2));
        BgpEvent.Down down = peer.down();
        assertThat(down.cause()).isEqualTo(Cause.REJECTED);
        assertThat(down.reason())
                .isEqualTo("the peer rejected the session: OPEN message error, bad peer AS (2/2)");
        peer.pass(2 * SECOND);
        peer.establish(open(external()));
        peer.heard();
        peer.sendNotification(Notification.shutdown("router goes to sleep"));
        assertThat(peer.heard()).as("no answer to a notification").isEmpty();
        assertThat(peer.down().reason()).isEqualTo(
                "the peer ended the session: cease, administrative shutdown (6/2): \"router goes to sleep\"");
    }

    @Test
    void aLostSessionComesBackAndAnnouncesAllAgain() {
        FakePeer peer = established(external());
        peer.session.replace(hosts(0, 1_000, FlowAction.DROP));
        peer.drain();
        peer.pass(20 * SECOND);
        peer.told();
        peer.session.withdraw(host(3));
        peer.disconnect("connection reset by peer");
        BgpEvent.Down down = peer.down();
        assertThat(down.cause()).isEqualTo(Cause.LOST);
        assertThat(down.reason()).isEqualTo("connection lost: connection reset by peer");
        assertThat(down.wasUp()).isTrue();
        assertThat(down.retryNs()).isBetween(750 * MS, 1_000 * MS);
        assertThat(peer.session.connectionWanted()).isZero();
        peer.session.withdraw(host(4));
        peer.session.announce(host(5), List.of());
        peer.drain();
        peer.pass(SECOND);
        peer.establish(open(external()));
        assertThat(peer.table).hasSize(998).doesNotContainKeys(host(3), host(4)).containsEntry(host(5), List.of())
                .containsEntry(host(6), DROP);
        assertThat(peer.said).endsWith("end of IPv4", "end of IPv6");
        assertThat(peer.told()).contains(new BgpEvent.Announced(998));
    }

    @Test
    void attemptsBecomeRareAndAGoodSessionEndsThat() {
        FakePeer peer = new FakePeer(external());
        long[] mostMs = {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000};
        for (long ms : mostMs) {
            peer.disconnect("refused");
            BgpEvent.Down down = peer.down();
            assertThat(down.cause()).isEqualTo(Cause.UNREACHABLE);
            assertThat(down.reason()).isEqualTo("no connection: refused");
            assertThat(down.retryNs()).isBetween(ms * MS * 3 / 4, ms * MS);
            assertThat(peer.session.nextDeadlineNs()).isEqualTo(peer.nowNs + down.retryNs());
            peer.pass(down.retryNs() - 1);
            assertThat(peer.session.connectionWanted()).isZero();
            peer.pass(1);
            assertThat(peer.session.connectionWanted()).isPositive();
        }
        peer.establish(open(external()));
        peer.pass(5 * SECOND);
        peer.disconnect("a flap");
        assertThat(peer.down().retryNs()).isGreaterThan(40 * SECOND);
        peer.pass(60 * SECOND);
        peer.establish(open(external()));
        peer.pass(10 * SECOND);
        peer.disconnect("after a while");
        assertThat(peer.down().retryNs()).isLessThanOrEqualTo(SECOND);
    }

    @Test
    void aConnectionThatDoesNotComeAboutIsGivenUp() {
        FakePeer peer = new FakePeer(external());
        peer.pass(10 * SECOND);
        assertThat(peer.down().reason()).startsWith("no connection within 10000 ms").contains("MD5");
        int first = peer.session.connectionWanted();
        peer.pass(SECOND);
        assertThat(peer.session.connectionWanted()).isNotEqualTo(first).isPositive();
    }

    @Test
    void aSilentPeerIsGone() {
        FakePeer peer = established(external().withHoldSeconds(9));
        peer.told();
        peer.heard();
        peer.pass(9 * SECOND - 1);
        assertThat(peer.session.isEstablished()).isTrue();
        assertThat(peer.heard()).hasSizeBetween(2, 4).containsOnly("KEEPALIVE");
        peer.pass(1);
        assertThat(peer.heard()).containsExactly("hold timer expired (4/0)");
        BgpEvent.Down down = peer.down();
        assertThat(down.cause()).isEqualTo(Cause.SILENT);
        assertThat(down.reason()).isEqualTo("the peer was silent for 9 s");

        peer.pass(SECOND);
        peer.connect();
        peer.pass(60 * SECOND);
        assertThat(peer.events).anyMatch(e -> e.toString().contains("the peer was silent for 60 s"));
    }

    @Test
    void aPeerThatSpeaksStays() {
        FakePeer peer = established(external().withHoldSeconds(9));
        for (int i = 0; i < 1_000; i++) {
            peer.pass(8 * SECOND);
            if (i % 2 == 0)
                peer.sendKeepalive();
            else
                peer.sendUpdate("00000000");
        }
        assertThat(peer.session.isEstablished()).isTrue();
    }

    @Test
    void withoutAHoldTimeNobodyWatches() {
        FakePeer peer = new FakePeer(external());
        peer.establish(new Open(65_002, 0, PEER_ID, BOTH, true, true));
        assertThat(peer.told()).first().isEqualTo(new BgpEvent.Up(PEER_ID, 0, BOTH));
        assertThat(peer.session.nextDeadlineNs()).isEqualTo(Machine.NO_DEADLINE);
        peer.pass(100_000 * SECOND);
        assertThat(peer.session.isEstablished()).isTrue();
    }

    /** It lives and takes nothing: its receive window is closed, by malice or by a fault. */
    @Test
    void aPeerThatTakesNothingIsGivenUpAndNothingPilesUp() {
        FakePeer peer = established(external());
        peer.told();
        peer.session.replace(hosts(0, 10_000, FlowAction.DROP));
        int passed = 0;
        while (peer.session.isEstablished()) {
            ByteBuffer keepalive = ByteBuffer.allocate(19);
            MessageType.KEEPALIVE.write(keepalive, 0);
            peer.sendWithoutReading(keepalive.flip());
            peer.passWithoutReading(30 * SECOND, false);
            passed += 30;
            assertThat(passed).isLessThan(700);
        }
        assertThat(passed).isGreaterThan(480);
        assertThat(peer.told()).element(0).asInstanceOf(type(BgpEvent.Down.class)).satisfies(down -> {
            assertThat(down.cause()).isEqualTo(Cause.SILENT);
            assertThat(down.reason()).contains("took nothing");
        });
    }

    @Test
    void whatThePeerAnnouncesIsCountedAndNothingElse() {
        FakePeer peer = established(external());
        peer.heard();
        peer.sendUpdate("0000 001a 900e 0009 0001 85 00 00 03 048119 400101 00 400206 0201 0000fdea");
        peer.sendUpdate("0000 0009 800f06 000185 0501 18"); // malformed, and no reason to end a session
        peer.sendUpdate("ffffffff");
        assertThat(peer.session.routesHeard()).isOne();
        assertThat(peer.session.malformedUpdates()).isEqualTo(2);
        assertThat(peer.session.isEstablished()).isTrue();
        assertThat(peer.heard()).isEmpty();
    }

    @Test
    void closingWithdrawsAndSaysGoodbye() {
        FakePeer peer = established(external());
        peer.session.replace(hosts(0, 500, FlowAction.DROP));
        peer.drain();
        peer.heard();
        peer.told();
        peer.session.close(peer.nowNs, "Schiltron ends");
        assertThat(peer.session.announce(host(1), DROP)).as("no more commands").isFalse();
        peer.drain();
        assertThat(peer.table).isEmpty();
        assertThat(peer.heard()).last().isEqualTo("cease, administrative shutdown (6/2): \"Schiltron ends\"");
        assertThat(peer.told()).containsExactly(new BgpEvent.Down(Cause.CLOSED, "closed", true, -1));
        assertThat(peer.session.isClosed()).isTrue();
        assertThat(peer.session.connectionWanted()).isZero();
        assertThat(peer.session.nextDeadlineNs()).isEqualTo(Machine.NO_DEADLINE);
        peer.pass(1_000 * SECOND);
        assertThat(peer.session.replace(hosts(0, 1))).isFalse();
        assertThat(peer.told()).isEmpty();
    }

    @Test
    void closingBeforeThereIsASession() {
        FakePeer connecting = new FakePeer(external());
        connecting.session.close(connecting.nowNs, "over");
        connecting.drain();
        assertThat(connecting.down().cause()).isEqualTo(Cause.CLOSED);
        assertThat(connecting.session.connectionWanted()).isZero();

        FakePeer waiting = new FakePeer(external());
        waiting.disconnect("refused");
        waiting.session.close(waiting.nowNs, "over");
        waiting.drain();
        assertThat(waiting.session.isClosed()).isTrue();
        assertThat(waiting.session.nextDeadlineNs()).isEqualTo(Machine.NO_DEADLINE);

        FakePeer opening = new FakePeer(external());
        opening.connect();
        opening.heard();
        opening.session.close(opening.nowNs, "over");
        opening.drain();
        assertThat(opening.heard()).containsExactly("cease, administrative shutdown (6/2): \"over\"");
        assertThat(opening.session.isClosed()).isTrue();
    }

    @Test
    void closingDoesNotWaitForAPeerThatTakesNothing() {
        FakePeer peer = established(external());
        peer.session.replace(hosts(0, 5_000, FlowAction.DROP));
        peer.drain();
        peer.told();
        peer.session.close(peer.nowNs, "over");
        peer.drain(100, 300);
        assertThat(peer.session.isClosed()).isFalse();
        peer.passWithoutReading(5 * SECOND, false);
        assertThat(peer.session.isClosed()).isTrue();
        assertThat(peer.down()).isEqualTo(
                new BgpEvent.Down(Cause.CLOSED, "closed; the peer did not take the last messages", true, -1));
    }

    @Test
    void configurationsThatCannotWorkAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> BgpConfig.of(0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> BgpConfig.of(1, 1L << 32, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> BgpConfig.of(23_456, 1, 1))
                .withMessageContaining("RFC 6793");
        assertThatIllegalArgumentException().isThrownBy(() -> BgpConfig.of(1, 2, 0)).withMessageContaining("0.0.0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> external().withFamilies());
        assertThatIllegalArgumentException().isThrownBy(() -> external().withHoldSeconds(2));
        assertThatIllegalArgumentException().isThrownBy(() -> external().withHoldSeconds(65_536));
        assertThatIllegalArgumentException().isThrownBy(() -> external().withTimes(MS, 2 * MS, MS));
    }
}
