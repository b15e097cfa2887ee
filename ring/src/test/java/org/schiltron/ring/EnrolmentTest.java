package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;

/** Who becomes a customer, and what an attacker can do about it. */
class EnrolmentTest {
    private static final Path HOME = Path.ofIpv4(0x0a000001, 5_000);
    /** What one address gets at once: two seconds of the node's handshakes. */
    private static final int BURST = 2 * RingConfig.defaults().enrolmentsPerSecond();
    private final Rig rig = new Rig();
    private final TestCustomer alice = new TestCustomer(Rig.ALICE, HOME, 11);

    @Test
    void theChallengeNamesTheRingAndEchoesTheRequest() {
        List<Rig.Sent> challenge = rig.in(HOME, TestCustomer.enrolRequest(0x1234, 0x5678));
        assertThat(challenge).hasSize(1);
        MemorySegment s = challenge.getFirst().segment();
        assertThat(s.byteSize()).isEqualTo(EnrolChallenge.LENGTH);
        assertThat(EnrolChallenge.randomHigh(s, 0)).isEqualTo(0x1234);
        assertThat(EnrolChallenge.randomLow(s, 0)).isEqualTo(0x5678);
        assertThat(EnrolChallenge.ringKey(s, 0)).isEqualTo(Rig.RING.publicKey().bytes());
        assertThat(rig.node.customers()).isZero();
    }

    @Test
    void aListedKeyIsEnrolledAndJoinsWithItsFirstDatagram() {
        alice.enrol(rig);
        assertThat(rig.events).isEmpty();
        alice.ping(rig);
        assertThat(rig.events).hasSize(1).first().isInstanceOfSatisfying(RingEvent.Joined.class, joined -> {
            assertThat(joined.number()).isEqualTo(alice.number);
            assertThat(joined.customer()).isEqualTo(Rig.ALICE.publicKey());
            assertThat(joined.address()).isEqualTo(HOME);
        });
    }

    @Test
    void anUnlistedKeyIsNot() {
        TestCustomer eve = new TestCustomer(Identity.generate(new SeededRandom(9)), HOME, 9);
        assertThat(rig.in(HOME, eve.enrolMessage(eve.cookie(rig)))).isEmpty();
        assertThat(rig.drops(Drop.NOT_ENROLLED)).isEqualTo(1);
        assertThat(rig.node.customers()).isZero();
    }

    @Test
    void aCookieIsGoodForItsAddressAndForTenToTwentySeconds() {
        long cookie = alice.cookie(rig);
        Path elsewhere = Path.ofIpv4(0x0a000001, 5_001);
        assertThat(rig.in(elsewhere, alice.enrolMessage(cookie))).isEmpty();
        rig.advanceMs(9_999);
        assertThat(rig.in(HOME, alice.enrolMessage(cookie))).hasSize(1);
        rig.advanceMs(10_001);
        assertThat(rig.in(HOME, alice.enrolMessage(cookie))).isEmpty();
        assertThat(rig.drops(Drop.BAD_COOKIE)).isEqualTo(2);
    }

    @Test
    void anEnrolOfAnotherCookieDoesNotOpen() {
        byte[] enrol = alice.enrolMessage(alice.cookie(rig));
        TestCustomer bob = new TestCustomer(Rig.BOB, Path.ofIpv4(0x0b000001, 1), 3);
        long cookie = bob.cookie(rig);
        byte[] copied = enrol.clone();
        MemorySegment.ofArray(copied).asSlice(8, 8).asByteBuffer().putLong(cookie);
        assertThat(rig.in(bob.path, copied)).as("the proof covers the cookie").isEmpty();
        assertThat(rig.drops(Drop.NOT_ENROLLED)).isEqualTo(1);
        assertThat(rig.in(bob.path, spliced(enrol, cookie, bob))).as("so does the handshake").isEmpty();
        assertThat(rig.drops(Drop.BAD_MAC)).isEqualTo(1);
    }

    private static byte[] spliced(byte[] enrol, long cookie, TestCustomer prover) {
        byte[] noise = Enrol.noise(MemorySegment.ofArray(enrol), 0);
        byte[] spliced = new byte[Enrol.LENGTH];
        Enrol.write(MemorySegment.ofArray(spliced), 0, cookie, noise, prover.proofKey());
        return spliced;
    }

    @Test
    void aCopyBeforeTheKeysAreUsedGetsTheSameAnswer() {
        byte[] enrol = alice.enrolMessage(alice.cookie(rig));
        Rig.Sent first = rig.in(HOME, enrol).getFirst();
        Rig.Sent second = rig.in(HOME, enrol).getFirst();
        assertThat(second.bytes()).isEqualTo(first.bytes());
        assertThat(rig.node.customers()).isEqualTo(1);
        alice.finish(second);
        assertThat(alice.ping(rig)).hasSize(1);
    }

    @Test
    void aCopyAfterwardsChangesNothing() {
        byte[] enrol = alice.enrolMessage(alice.cookie(rig));
        alice.finish(rig.in(HOME, enrol).getFirst());
        alice.ping(rig);
        assertThat(rig.in(HOME, enrol)).isEmpty();
        assertThat(rig.drops(Drop.REPLAYED)).isEqualTo(1);
        assertThat(alice.ping(rig)).hasSize(1);
    }

    @Test
    void anOlderAttemptChangesNothing() {
        byte[] older = alice.enrolMessage(alice.cookie(rig));
        alice.enrol(rig);
        alice.ping(rig);
        assertThat(rig.in(HOME, older)).isEmpty();
        assertThat(rig.drops(Drop.REPLAYED)).isEqualTo(1);
        assertThat(alice.ping(rig)).hasSize(1);
    }

    @Test
    void oldKeysHoldUntilNewOnesAreUsed() {
        TestCustomer live = alice;
        live.enrol(rig);
        live.ping(rig);
        live.grant(rig, Rig.MAILBOX);
        rig.in(HOME, live.out(Rig.MAILBOX, TestCustomer.get(1, 2, 3)));
        byte[] underOldKeys = live.out(Rig.MAILBOX, TestCustomer.get(4));
        byte[] tooLate = live.out(Rig.MAILBOX, TestCustomer.get(5));
        int number = live.number;
        long oldCounter = live.counter;
        live.enrol(rig);
        assertThat(live.number).as("the same process keeps its number").isEqualTo(number);
        assertThat(oldCounter).isPositive();
        assertThat(rig.in(HOME, underOldKeys)).hasSize(1);
        assertThat(rig.in(Rig.MAILBOX, live.data(1))).hasSize(1);
        assertThat(live.ping(rig)).hasSize(1);
        assertThat(rig.in(HOME, tooLate)).isEmpty();
        assertThat(rig.in(Rig.MAILBOX, live.data(2))).as("requests outlive their keys").hasSize(1);
        assertThat(rig.in(HOME, live.out(Rig.MAILBOX, TestCustomer.get(6)))).as("and so do grants").hasSize(1);
    }

    @Test
    void withoutAListTheFirstFromLoopbackIsTheOnlyOne() {
        Rig open = new Rig(List.of(), RingConfig::withEnrolFirst, 5);
        TestCustomer remote = new TestCustomer(Rig.BOB, HOME, 3);
        assertThat(open.in(HOME, remote.enrolMessage(remote.cookie(open)))).isEmpty();
        TestCustomer first = new TestCustomer(Rig.ALICE, Path.ofIpv4(0x7f000001, 5_000), 3);
        first.enrol(open);
        assertThat(open.events).hasSize(1).first().isInstanceOfSatisfying(RingEvent.FirstCustomer.class,
                event -> assertThat(event.customer()).isEqualTo(Rig.ALICE.publicKey()));
        TestCustomer second = new TestCustomer(Rig.BOB, Path.ofIpv4(0x7f000001, 5_001), 4);
        assertThat(open.in(second.path, second.enrolMessage(second.cookie(open)))).isEmpty();
        assertThat(open.drops(Drop.NOT_ENROLLED)).isEqualTo(2);
        TestCustomer another = new TestCustomer(Rig.ALICE, Path.ofIpv4(0x7f000001, 5_002), 5);
        another.enrol(open);
        assertThat(open.node.customers()).isEqualTo(2);
    }

    @Test
    void aFullKeyMakesRoomOnlyByOneThatIsSilent() {
        Rig small = new Rig(List.of(Rig.ALICE.publicKey(), Rig.BOB.publicKey()), c -> c.withMaxCustomers(3, 2), 5);
        TestCustomer dead = TestCustomer.enrolled(small, Rig.ALICE, 0x0a000001);
        TestCustomer live = TestCustomer.enrolled(small, Rig.ALICE, 0x0a000002);
        TestCustomer third = new TestCustomer(Rig.ALICE, Path.ofIpv4(0x0a000003, 1), 3);
        assertThat(small.in(third.path, third.enrolMessage(third.cookie(small)))).isEmpty();
        assertThat(small.drops(Drop.ENROL_FULL)).isEqualTo(1);
        small.advanceMs(6_000);
        live.ping(small);
        third.enrol(small);
        assertThat(third.ping(small)).hasSize(1);
        assertThat(live.ping(small)).hasSize(1);
        assertThat(dead.ping(small)).isEmpty();
        TestCustomer.enrolled(small, Rig.BOB, 0x0a000004);
        TestCustomer fourth = new TestCustomer(Rig.BOB, Path.ofIpv4(0x0a000005, 1), 6);
        assertThat(small.in(fourth.path, fourth.enrolMessage(fourth.cookie(small)))).isEmpty();
        assertThat(small.node.customers()).isEqualTo(3);
    }

    /** Who forges the address of a victim has this node send it no more than a trickle. */
    @Test
    void oneAddressIsSentFewChallengesASecond() {
        Path victim = Path.ofIpv4(0x0c000001, 9);
        int answered = 0;
        for (int i = 0; i < 1_000; i++)
            answered += rig.in(Path.ofIpv4(0x0c000001, i), TestCustomer.enrolRequest(i, 1)).size();
        assertThat(answered).isEqualTo(BURST);
        assertThat(rig.drops(Drop.QUOTA_ADDRESS)).isEqualTo(1_000 - BURST);
        alice.enrol(rig);
        assertThat(alice.ping(rig)).as("others are served").hasSize(1);
        rig.advanceMs(1_000);
        assertThat(rig.in(victim, TestCustomer.enrolRequest(1, 1))).hasSize(1);
    }

    /** Each false proof costs a hash for every listed key; one proved address buys few of them. */
    @Test
    void oneAddressTriesFewProofsASecond() {
        TestCustomer eve = new TestCustomer(Identity.generate(new SeededRandom(9)), Path.ofIpv4(0x0c000001, 9), 9);
        long cookie = eve.cookie(rig);
        for (int i = 0; i < 1_000; i++)
            assertThat(rig.in(eve.path, eve.enrolMessage(cookie))).isEmpty();
        assertThat(rig.drops(Drop.NOT_ENROLLED)).isEqualTo(BURST);
        assertThat(rig.drops(Drop.QUOTA_ADDRESS)).isEqualTo(1_000 - BURST);
        alice.enrol(rig);
    }
}
