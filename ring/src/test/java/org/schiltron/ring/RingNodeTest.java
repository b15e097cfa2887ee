package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/** What a customer and a mailbox notice of a ring node that works. */
class RingNodeTest {
    private final Rig rig = new Rig();
    private final TestCustomer alice = TestCustomer.enrolled(rig, Rig.ALICE, 0x0a000001);

    @Test
    void requestsLeaveFromTheRingAndAnswersComeBack() {
        alice.grant(rig, Rig.MAILBOX);
        byte[] get = TestCustomer.get(100, 200);
        List<Rig.Sent> forwarded = rig.in(alice.path, alice.out(Rig.MAILBOX, get));
        assertThat(forwarded).hasSize(1);
        assertThat(forwarded.getFirst().to()).isEqualTo(Rig.MAILBOX);
        assertThat(Wire.tag(forwarded.getFirst().segment(), 0)).isEqualTo(alice.number);
        assertThat(tail(forwarded.getFirst().bytes(), Wire.HEADER)).isEqualTo(tail(get, Wire.HEADER));

        byte[] data = alice.data(200);
        List<Rig.Sent> admitted = rig.in(Rig.MAILBOX, data);
        assertThat(admitted).hasSize(1);
        Rig.Sent in = admitted.getFirst();
        assertThat(in.to()).isEqualTo(alice.path);
        assertThat(Envelope.authentic(in.segment(), 0, in.bytes().length, alice.inKey)).isTrue();
        assertThat(tail(in.bytes(), Envelope.INNER)).isEqualTo(data);
        Path mailbox = new Path();
        Envelope.mailbox(in.segment(), 0, 0, mailbox);
        assertThat(mailbox).isEqualTo(Rig.MAILBOX);
    }

    @Test
    void eachRequestAdmitsOnePacket() {
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1, 2, 3)));
        for (long nonce = 1; nonce <= 3; nonce++) {
            assertThat(rig.in(Rig.MAILBOX, alice.data(nonce))).hasSize(1);
            assertThat(rig.in(Rig.MAILBOX, alice.data(nonce))).isEmpty();
        }
        assertThat(rig.drops(Drop.UNREQUESTED)).isEqualTo(3);
    }

    @Test
    void whatIsWithdrawnNoMailboxCanRelease() {
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1, 2, 3)));
        assertThat(rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.withdrawal(2, 3, 4))))
                .as("goes on to the mailbox").hasSize(1);
        assertThat(rig.in(Rig.MAILBOX, alice.data(1))).hasSize(1);
        for (long nonce = 2; nonce <= 4; nonce++)
            assertThat(rig.in(Rig.MAILBOX, alice.data(nonce))).isEmpty();
        assertThat(rig.drops(Drop.UNREQUESTED)).isEqualTo(3);
    }

    @Test
    void helloComesInOnAPostedNonceOnce() {
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.post(5, 6)));
        assertThat(rig.in(Rig.MAILBOX, alice.first(6))).hasSize(1);
        assertThat(rig.in(Rig.MAILBOX, alice.first(6))).isEmpty();
        assertThat(rig.in(Rig.MAILBOX, alice.data(5))).as("data on a posted nonce").isEmpty();
        assertThat(rig.in(Rig.MAILBOX, alice.first(5))).hasSize(1);
    }

    @Test
    void noHelloComesInOnANonceThatWasTakenBack() {
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.post(5, 6)));
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.unpost(5)));
        assertThat(rig.in(Rig.MAILBOX, alice.first(5))).isEmpty();
        assertThat(rig.in(Rig.MAILBOX, alice.first(6))).hasSize(1);
    }

    /** Whoever has used up its own first contacts takes what the pool has; another's own are its own. */
    @Test
    void customersMayPoolFirstContacts() {
        Rig pooled = new Rig(List.of(Rig.ALICE.publicKey(), Rig.BOB.publicKey()),
                config -> config.withQuota(1_000, 1_024, 10, 1_000_000).withPooledFirsts(80), 5);
        TestCustomer greedy = TestCustomer.enrolled(pooled, Rig.ALICE, 0x0a000001);
        TestCustomer modest = TestCustomer.enrolled(pooled, Rig.BOB, 0x0a000002);
        greedy.grant(pooled, Rig.MAILBOX);
        modest.grant(pooled, Rig.MAILBOX);
        int posted = 0;
        for (int i = 0; i < 20; i++)
            posted += 10 * pooled.in(greedy.path, greedy.out(Rig.MAILBOX, TestCustomer.post(nonces(100 * i)))).size();
        assertThat(posted).as("a burst of its own 71 in tens, and the pool's 80").isEqualTo(70 + 80);
        assertThat(pooled.in(modest.path, modest.out(Rig.MAILBOX, TestCustomer.post(nonces(7_000))))).hasSize(1);
    }

    private static long[] nonces(int from) {
        long[] nonces = new long[10];
        for (int i = 0; i < nonces.length; i++)
            nonces[i] = from + 2L * i;
        return nonces;
    }

    @Test
    void pingComesBackInItsOwnLength() {
        List<Rig.Sent> pong = alice.ping(rig);
        assertThat(pong).hasSize(1);
        Rig.Sent sent = pong.getFirst();
        assertThat(sent.to()).isEqualTo(alice.path);
        assertThat(sent.bytes()).hasSize(Envelope.INNER);
        assertThat(Wire.type(sent.segment(), 0)).isEqualTo(Wire.PONG);
        assertThat(Envelope.authentic(sent.segment(), 0, Envelope.INNER, alice.inKey)).isTrue();
        Path echo = new Path();
        Envelope.mailbox(sent.segment(), 0, 0, echo);
        assertThat(echo).isEqualTo(new Path(0, alice.addressProof, 22, 33));
    }

    /** A datagram from elsewhere proves nothing: a PING has to show what a PONG brought there. */
    @Test
    void answersGoToTheAddressThatWasProvedLast() {
        alice.grant(rig, Rig.MAILBOX);
        Path old = alice.path;
        byte[] late = alice.pingMessage();
        alice.path = Path.ofIpv4(0x0a000099, 6_000);
        for (int i = 0; i < 4; i++)
            rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(i)));
        assertThat(rig.in(Rig.MAILBOX, alice.data(0)).getFirst().to()).as("after a request").isEqualTo(old);
        assertThat(alice.ping(rig).getFirst().to()).isEqualTo(alice.path);
        assertThat(rig.in(Rig.MAILBOX, alice.data(1)).getFirst().to()).as("after a ping").isEqualTo(old);
        alice.ping(rig);
        assertThat(rig.in(Rig.MAILBOX, alice.data(2)).getFirst().to()).as("with the proof").isEqualTo(alice.path);
        rig.in(old, late); // overtaken on the way
        assertThat(rig.in(Rig.MAILBOX, alice.data(3)).getFirst().to()).isEqualTo(alice.path);
    }

    /** Who holds a PING up and sends it with a victim's address brings the victim as many bytes as came from there. */
    @Test
    void aPingSentWithAVictimsAddressMovesNothing() {
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1)));
        Path victim = Path.ofIpv4(0x0a000055, 53);
        byte[] ping = alice.pingMessage();
        assertThat(rig.in(victim, ping).getFirst().bytes()).hasSameSizeAs(ping);
        assertThat(rig.in(Rig.MAILBOX, alice.data(1)).getFirst().to()).isEqualTo(alice.path);
    }

    @Test
    void twoProcessesOfOneKeyAndAnotherCustomerKeepApart() {
        TestCustomer second = TestCustomer.enrolled(rig, Rig.ALICE, 0x0a000002);
        TestCustomer bob = TestCustomer.enrolled(rig, Rig.BOB, 0x0a000003);
        assertThat(List.of(alice.number, second.number, bob.number)).doesNotHaveDuplicates();
        assertThat(rig.node.customers()).isEqualTo(3);
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1)));
        assertThat(rig.in(Rig.MAILBOX, second.data(1))).isEmpty();
        assertThat(rig.in(Rig.MAILBOX, bob.data(1))).isEmpty();
        assertThat(rig.in(second.path, second.out(Rig.MAILBOX, TestCustomer.get(1)))).as("no grant of its own")
                .isEmpty();
        assertThat(rig.in(Rig.MAILBOX, alice.data(1)).getFirst().to()).isEqualTo(alice.path);
    }

    @Test
    void ipv6Works() {
        Path mailbox = new Path(0, 0x2001_0db8_0000_0000L, 1, 4_500);
        alice.path = new Path(0, 0x2001_0db8_0000_0000L, 77, 5_000);
        alice.ping(rig);
        alice.ping(rig);
        alice.grant(rig, mailbox);
        rig.in(alice.path, alice.out(mailbox, TestCustomer.get(1)));
        assertThat(rig.in(mailbox, alice.data(1)).getFirst().to()).isEqualTo(alice.path);
    }

    @Test
    void aSilentCustomerIsForgotten() {
        rig.advanceMs(59_000);
        assertThat(alice.ping(rig)).hasSize(1);
        rig.advanceMs(59_000);
        assertThat(rig.node.customers()).isEqualTo(1);
        rig.advanceMs(20_000);
        assertThat(rig.node.customers()).isZero();
        assertThat(rig.events).contains(new RingEvent.Left(alice.number));
        assertThat(alice.ping(rig)).isEmpty();
        assertThat(rig.drops(Drop.WRONG_CUSTOMER)).isEqualTo(1);
        assertThat(rig.node.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }
}
