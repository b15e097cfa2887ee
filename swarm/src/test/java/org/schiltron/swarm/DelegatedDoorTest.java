package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.MailboxRig.Acting;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.swarm.MailboxRig.Terms;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Wire;

/** What a delegate may do at a mailbox: what its delegation says, as long as it says, and nothing else. */
class DelegatedDoorTest {
    private static final long SERVICE = 0x5e1f;
    private static final Path POSTER = address(203, 0, 113, 9, 6_000);
    private static final Path CLIENT = address(198, 51, 100, 7, 5_000);
    private static final long START_SECONDS = 1_800_000_000L;
    private static final Terms TERMS = new Terms(DoorConfig.ALL_KINDS, 80, MailboxRig.MAILBOX);

    private final MailboxRig rig = new MailboxRig(MailboxConfig.builder(1_000_000)
            .contacts(new ContactConfig(16, 10_000, 64, 30, 0, 1_000, 30, START_SECONDS, List.of())).build(), 3);
    private final Identity delegate = Identity.generate(new SeededRandom(11));
    private final Identity client = Identity.generate(new SeededRandom(12));
    private long nonces;

    private Delegation delegation(Set<Use> uses, long forSeconds) {
        long nowSeconds = START_SECONDS + Math.floorDiv(rig.nowNs, 1_000_000_000L);
        return Delegation.sign(MailboxRig.service(SERVICE), delegate.publicKey(), nowSeconds - 100,
                nowSeconds + forSeconds, uses);
    }

    private void post(Delegation by) {
        rig.datagram(POSTER, rig.postBytes(rig.cookie(POSTER), 1, SERVICE, 10_000, TERMS,
                new Acting(delegate, by), new Nonce(0xf1257, ++nonces)));
    }

    /** Whether a token that the delegate has issued is taken. */
    private boolean takesToken(long serial) {
        byte[] sealed = {(byte) serial, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        Sent challenge = rig.hello(CLIENT, rig.cookie(CLIENT), SERVICE, sealed).getFirst();
        while (challenge.type() == Wire.FIRST)
            challenge = rig.hello(CLIENT, rig.cookie(CLIENT), SERVICE, sealed).getFirst();
        Token token = Token.issue(delegate, MailboxRig.service(SERVICE).publicKey(), client.publicKey(), serial,
                4_000_000_000L, 60);
        List<Sent> answers = rig.datagram(CLIENT,
                rig.tokenBytes(rig.cookie(CLIENT), SERVICE, challenge, token, client, sealed));
        return Challenge.state(answers.getLast().segment(), 0) == Challenge.QUEUED;
    }

    @ParameterizedTest
    @EnumSource(Use.class)
    void oneRightAloneGivesThatRightAlone(Use use) {
        post(delegation(EnumSet.of(use), 1_000));
        boolean batches = use == Use.BATCHES;
        assertThat(rig.mailbox.firstContacts()).isEqualTo(batches ? 1 : 0);
        if (batches)
            assertThat(takesToken(1)).as("a token issued by a delegate for batches").isFalse();
        assertThatThrownBy(() -> new ServiceKeys(MailboxRig.service(SERVICE).publicKey(), delegate,
                delegation(EnumSet.of(use), 1_000))).as("answering hellos")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoMayIssueTokensIsBelievedBesideHisPosts() {
        post(delegation(EnumSet.of(Use.BATCHES, Use.TOKENS), 1_000));
        assertThat(takesToken(1)).isTrue();
    }

    /** A right that the newest post's delegation does not give is gone. */
    @Test
    void aNarrowerDelegationTakesTheRightToTokens() {
        post(delegation(EnumSet.of(Use.BATCHES, Use.TOKENS), 1_000));
        post(delegation(EnumSet.of(Use.BATCHES), 2_000));
        assertThat(takesToken(1)).isFalse();
    }

    @Test
    void anExpiredDelegationGivesNothing() {
        Delegation brief = delegation(EnumSet.of(Use.BATCHES, Use.TOKENS), 8);
        post(brief);
        assertThat(takesToken(1)).isTrue();
        rig.pass(9_000);
        assertThat(takesToken(2)).as("a token after that").isFalse();
        post(brief);
        assertThat(rig.mailbox.firstContacts()).isZero();
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).isOne();
    }

    @Test
    void anotherServicesDelegateIsNobodyHere() {
        Delegation others = Delegation.sign(MailboxRig.service(77), delegate.publicKey(), 0, 4_000_000_000L,
                EnumSet.allOf(Use.class));
        post(others);
        assertThat(rig.mailbox.services()).isZero();
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).isOne();
    }
}
