package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.wire.Wire;

class MailboxEgressTest {
    private static final Path RECEIVER = address(203, 0, 113, 9, 6_000);
    private static final Path SENDER = address(198, 51, 100, 7, 5_000);
    private long nonces;

    private Nonce nonce() {
        return new Nonce(0xe9, ++nonces);
    }

    @Test
    void whatOneAddressIsSentIsCapped() {
        MailboxRig rig = new MailboxRig(
                MailboxConfig.builder(1_000_000).egressBytesPerSecondPerAddress(100_000).egressBurstMs(100).build(), 4);
        long receiverCookie = rig.cookie(RECEIVER);
        long senderCookie = rig.cookie(SENDER);
        long bytes = 0;
        for (int ms = 0; ms < 1_000; ms++) {
            rig.pass(1);
            Nonce nonce = nonce();
            rig.get(RECEIVER, receiverCookie, nonce);
            for (Sent sent : rig.put(SENDER, senderCookie, nonce, new byte[1_000]))
                bytes += sent.bytes().length;
        }
        assertThat(bytes).isBetween(100_000L, 112_000L);
        assertThat(rig.drops(Drop.EGRESS_CAPPED)).isEqualTo(1_000 - bytes / 1_024);
    }

    @Test
    void aStoredPacketThatIsCappedWaits() {
        MailboxRig rig = new MailboxRig(
                MailboxConfig.builder(1_000_000).egressBytesPerSecondPerAddress(10_000).egressBurstMs(1).build(), 4);
        long receiverCookie = rig.cookie(RECEIVER);
        Nonce[] both = {nonce(), nonce()};
        for (Nonce nonce : both)
            rig.put(SENDER, 0, nonce, new byte[1_000]);
        assertThat(rig.get(RECEIVER, receiverCookie, both)).hasSize(1);
        assertThat(rig.drops(Drop.EGRESS_CAPPED)).isOne();
        rig.pass(110);
        assertThat(rig.get(RECEIVER, receiverCookie, both[1])).hasSize(1);
        assertThat(rig.mailbox.storedPackets()).isZero();
    }

    @Test
    void dataIsMarkedWhileTheLinkIsBusy() {
        MailboxRig rig = new MailboxRig(
                MailboxConfig.builder(100_000).egressBytesPerSecondPerAddress(10_000_000).build(), 4);
        long receiverCookie = rig.cookie(RECEIVER);
        int marked = 0;
        for (int i = 0; i < 20; i++) {
            Nonce nonce = nonce();
            rig.get(RECEIVER, receiverCookie, nonce);
            List<Sent> sent = rig.put(SENDER, 0, nonce, new byte[1_000]);
            marked += sent.getFirst().flags() & Wire.FLAG_CONGESTED;
        }
        assertThat(marked).isEqualTo(11); // 9,000 bytes in a tenth of a second are nine tenths of the link
        rig.pass(100);
        assertThat(rig.mailbox.congested()).isTrue();
        assertThat(rig.events).containsExactly(new MailboxEvent.CongestionChanged(true));
        rig.pass(300);
        assertThat(rig.mailbox.congested()).isFalse();
        assertThat(rig.events).endsWith(new MailboxEvent.CongestionChanged(false)).hasSize(2);
        Nonce nonce = nonce();
        rig.get(RECEIVER, receiverCookie, nonce);
        assertThat(rig.put(SENDER, 0, nonce, new byte[1_000]).getFirst().flags()).isZero();
    }

    @Test
    void dataIsMarkedWhileTheStoreIsNearlyFull() {
        MailboxRig rig = new MailboxRig(MailboxConfig.builder(100_000).storeSeconds(1).addressShare(1).prefixShare(1)
                .egressBytesPerSecondPerAddress(10_000_000).build(), 4);
        long senderCookie = rig.cookie(SENDER);
        long receiverCookie = rig.cookie(RECEIVER);
        Nonce last = nonce();
        for (int i = 0; i < 90; i++) {
            last = nonce();
            rig.put(SENDER, senderCookie, last, new byte[1_000]);
        }
        assertThat(rig.get(RECEIVER, receiverCookie, last).getFirst().flags()).isEqualTo(Wire.FLAG_CONGESTED);
    }
}
