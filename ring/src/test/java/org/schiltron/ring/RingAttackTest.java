package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/** What somebody tries who is not a customer, or is one and wants more. */
class RingAttackTest {
    private final Rig rig = new Rig();
    private final TestCustomer alice = TestCustomer.enrolled(rig, Rig.ALICE, 0x0a000001);

    @Test
    void aChangedBitAnywhereInARequestIsNoticed() {
        alice.grant(rig, Rig.MAILBOX);
        byte[] out = alice.out(Rig.MAILBOX, TestCustomer.get(1, 2, 3));
        for (int bit = 0; bit < out.length * 8; bit++) {
            byte[] changed = out.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(rig.in(alice.path, changed)).as("bit %d", bit).isEmpty();
        }
        assertThat(rig.in(alice.path, out)).as("forgeries spent neither counter nor quota").hasSize(1);
    }

    @Test
    void ofAPutTheMacCoversWhatTheRingAndTheMailboxActOn() {
        alice.grant(rig, Rig.MAILBOX);
        byte[] out = alice.out(Rig.MAILBOX, TestCustomer.put(1, 200));
        int body = Envelope.INNER + Put.BODY;
        for (int at = 0; at < body; at++) {
            byte[] changed = out.clone();
            changed[at] ^= 1;
            assertThat(rig.in(alice.path, changed)).as("byte %d", at).isEmpty();
        }
        assertThat(rig.in(alice.path, Arrays.copyOf(out, out.length - 1))).as("length").isEmpty();
        out[body + 7] ^= 1;
        assertThat(rig.in(alice.path, out)).as("the sealed body is the customer's and its peer's to check").hasSize(1);
    }

    @Test
    void aForgedAddressMovesNothing() {
        byte[] ping = alice.envelope(Wire.PING, new Path(), new byte[0]);
        ping[20] ^= 1;
        assertThat(rig.in(Path.ofIpv4(0x01010101, 1), ping)).isEmpty();
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1)));
        assertThat(rig.in(Rig.MAILBOX, alice.data(1)).getFirst().to()).isEqualTo(alice.path);
    }

    @Test
    void aFloodOfEnrolsWithoutAListedKeyCostsNoHandshakeAndKeepsNobodyOut() {
        TestCustomer eve = new TestCustomer(Identity.generate(new SeededRandom(9)), Path.ofIpv4(0x0e000001, 1), 9);
        long cookie = eve.cookie(rig);
        byte[] enrol = eve.enrolMessage(cookie);
        for (int i = 0; i < 5_000; i++) {
            enrol[30 + i % 100]++;
            assertThat(rig.in(eve.path, enrol)).isEmpty();
        }
        assertThat(rig.drops(Drop.NOT_ENROLLED) + rig.drops(Drop.QUOTA_ADDRESS)).isEqualTo(5_000);
        assertThat(rig.drops(Drop.ENROL_FULL)).isZero();
        TestCustomer bob = TestCustomer.enrolled(rig, Rig.BOB, 0x0a000002);
        assertThat(bob.ping(rig)).hasSize(1);
    }

    @Test
    void aFloodOfEnrolsByACustomerSpendsItsOwnBudget() {
        TestCustomer bob = new TestCustomer(Rig.BOB, Path.ofIpv4(0x0a000002, 1), 3);
        long cookie = bob.cookie(rig);
        int answered = 0;
        for (int i = 0; i < 50; i++)
            answered += rig.in(bob.path, bob.enrolMessage(cookie)).size();
        assertThat(answered).isEqualTo(10);
        assertThat(rig.drops(Drop.ENROL_FULL)).isEqualTo(40);
        alice.enrol(rig);
        assertThat(alice.ping(rig)).hasSize(1);
    }

    @Test
    void cookieRequestsOfAllCustomersToOneAddressAreFew() {
        Rig many = new Rig(List.of(Rig.ALICE.publicKey()),
                c -> c.withMaxCustomers(64, 64).withQuota(50_000, 1_024, 2_000, 125_000_000), 5);
        int sent = 0;
        List<TestCustomer> crowd = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            many.advanceMs(300); // the key's handshake budget
            crowd.add(TestCustomer.enrolled(many, Rig.ALICE, 0x0a000010 + i));
        }
        for (TestCustomer customer : crowd) {
            for (int port = 1; port <= 12; port++) {
                sent += many.in(customer.path,
                        customer.out(Path.ofIpv4(0x08080808, port), TestCustomer.cookieRequest(port))).size();
            }
        }
        assertThat(sent).isEqualTo(256);
    }

    @Test
    void aRestartedNodeTakesNothingUnderOldKeys() {
        Rig restarted = new Rig(List.of(Rig.ALICE.publicKey()), UnaryOperator.identity(), 8);
        alice.grant(rig, Rig.MAILBOX);
        assertThat(restarted.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1)))).isEmpty();
        assertThat(alice.ping(restarted)).isEmpty();
        assertThat(restarted.in(Rig.MAILBOX, alice.data(1))).isEmpty();
        assertThat(restarted.drops(Drop.WRONG_CUSTOMER)).isEqualTo(3);
    }

    /** It knows the nonce, its number and the address: all that it has sent and been told. */
    @Test
    void aCustomerCannotGrantItselfTheUseOfAnAddressWhereItDoesNotReceive() {
        Path victim = Path.ofIpv4(0x08080808, 53);
        Rig.Sent seen = alice.ask(rig, victim, 7);
        assertThat(CookieRequest.nonceLow(seen.segment(), 0)).isNotEqualTo(8);
        assertThat(rig.in(victim, alice.cookieAnswer(7, 8, 60))).as("the request's own nonce").isEmpty();
        byte[] then = alice.cookieAnswer(seen, 60);
        rig.in(victim, then); // it received there once
        assertThat(rig.in(alice.path, alice.out(victim, TestCustomer.get(1)))).hasSize(1);
        for (int i = 0; i < 8; i++) {
            rig.nowNs += 10_000_000_000L; // no longer
            alice.ping(rig);
        }
        Rig.Sent again = alice.ask(rig, victim, 7);
        assertThat(rig.in(victim, then)).as("what it saw then").isEmpty();
        Rig.Sent own = alice.ask(rig, Rig.MAILBOX, 7);
        assertThat(rig.in(victim, alice.cookieAnswer(own, 60))).as("what it sees at another address").isEmpty();
        assertThat(rig.drops(Drop.UNREQUESTED)).isEqualTo(3);
        assertThat(rig.in(alice.path, alice.out(victim, TestCustomer.get(1)))).as("no grant").isEmpty();
        assertThat(rig.in(victim, alice.cookieAnswer(again, 60)).getFirst().to()).as("who receives there can")
                .isEqualTo(alice.path);
        assertThat(rig.in(alice.path, alice.out(victim, TestCustomer.get(1)))).hasSize(1);
    }

    /** A COOKIE that passes is a grant: a nonce filter that is full lets one of 2,000 pass. */
    @Test
    void noCookiePassesThatNobodyAskedFor() {
        Rig real = new Rig(List.of(Rig.ALICE.publicKey()), UnaryOperator.identity(), 5,
                requests -> NonceFilter.sized(requests, Arena.ofAuto()));
        TestCustomer customer = TestCustomer.enrolled(real, Rig.ALICE, 0x0a000001);
        customer.grant(real, Rig.MAILBOX);
        for (long first = 0; first < 15_500; first += 31) {
            real.nowNs += 40_000_000;
            real.in(customer.path,
                    customer.out(Rig.MAILBOX, TestCustomer.post(LongStream.range(first, first + 31).toArray())));
        }
        Path victim = Path.ofIpv4(0x08080808, 53);
        SeededRandom random = new SeededRandom(6);
        int tries = 100_000;
        int passed = 0;
        for (int i = 0; i < tries; i++)
            passed += real.in(victim, customer.cookieAnswer(random.nextLong(), random.nextLong(), 60)).size();
        assertThat(passed).isZero();
        assertThat(real.drops(Drop.UNREQUESTED)).isEqualTo(tries);
    }

    @Test
    void aCookieIsTakenOnceAndSoon() {
        byte[] answer = alice.cookieAnswer(alice.ask(rig, Rig.MAILBOX, 7), 60);
        assertThat(rig.in(Rig.MAILBOX, answer)).hasSize(1);
        assertThat(rig.in(Rig.MAILBOX, answer)).isEmpty();
        byte[] late = alice.cookieAnswer(alice.ask(rig, Rig.MAILBOX, 7), 60);
        rig.nowNs += CookieRequests.STANDS_NS;
        assertThat(rig.in(Rig.MAILBOX, late)).isEmpty();
    }

    /** What the customer is given is the answer to what it asked. */
    @Test
    void theNonceComesBackAsItWasAsked() {
        byte[] answer = alice.cookieAnswer(alice.ask(rig, Rig.MAILBOX, 7), 60);
        MemorySegment in = rig.in(Rig.MAILBOX, answer).getFirst().segment();
        assertThat(Cookie.nonceHigh(in, Envelope.INNER)).isEqualTo(7);
        assertThat(Cookie.nonceLow(in, Envelope.INNER)).isEqualTo(8);
    }

    @Test
    void withTwoSocketsNeitherSideTakesTheOthers() {
        Rig two = new Rig(List.of(Rig.ALICE.publicKey()), c -> c.withSockets(0, 1), 5);
        TestCustomer customer = TestCustomer.enrolled(two, Rig.ALICE, 0x0a000001);
        List<Rig.Sent> request = two.in(customer.path,
                customer.out(Rig.MAILBOX, TestCustomer.cookieRequest(1)));
        assertThat(request.getFirst().to().socket()).isEqualTo(1);
        assertThat(two.in(Rig.MAILBOX, customer.cookieAnswer(request.getFirst(), 60))).as("a COOKIE from inside")
                .isEmpty();
        Path outside = Rig.MAILBOX.copy();
        outside.set(1, outside.addressHigh(), outside.addressLow(), outside.port());
        assertThat(two.in(outside, TestCustomer.enrolRequest(1, 2))).as("an ENROL_REQUEST from outside").isEmpty();
        assertThat(two.in(outside, customer.cookieAnswer(request.getFirst(), 60)).getFirst().to())
                .isEqualTo(customer.path);
        assertThat(two.drops(Drop.UNEXPECTED_TYPE)).isEqualTo(2);
    }

    @Test
    void privateMailboxesOnlyWhereAllowedAndMulticastNever() {
        Rig demo = new Rig(List.of(Rig.ALICE.publicKey()), c -> c.withAllowPrivate(true), 5);
        TestCustomer customer = TestCustomer.enrolled(demo, Rig.ALICE, 0x7f000001);
        Path loopback = Path.ofIpv4(0x7f000001, 4_500);
        assertThat(demo.in(customer.path, customer.out(loopback, TestCustomer.cookieRequest(1)))).hasSize(1);
        for (Path forbidden : List.of(Path.ofIpv4(0xe0000001, 4_500), Path.ofIpv4(0xffffffff, 4_500),
                Path.ofIpv4(0, 4_500), new Path(0, 0xff02L << 48, 1, 4_500), new Path(0, 0, 0, 4_500))) {
            assertThat(demo.in(customer.path, customer.out(forbidden, TestCustomer.cookieRequest(1))))
                    .as(forbidden.toString()).isEmpty();
        }
        assertThat(demo.drops(Drop.FORBIDDEN_DESTINATION)).isEqualTo(5);
    }

    @Test
    void memoryStaysWithinWhatTheConfigurationSays() {
        RingConfig config = RingConfig.defaults().withCustomers(List.of(Rig.ALICE.publicKey())).withMaxCustomers(4, 4);
        long perSlot = NonceFilter.bytesFor(config.rememberedRequests())
                + NonceFilter.bytesFor(config.rememberedFirsts());
        RingNode node = new RingNode(0, Rig.RING, config, new SeededRandom(3));
        assertThat(node.filterBytes()).isZero();
        CustomerTable table = new CustomerTable(config, requests -> NonceFilter.sized(requests, Arena.ofAuto()),
                new SeededRandom(1));
        for (int i = 0; i < 100; i++) {
            Customer customer = table.add(0, Rig.ALICE.publicKey(), i);
            if (i % 5 == 4)
                assertThat(customer).isNull();
            if (i % 5 == 4)
                table.idle(config.idleNs()).forEach(table::remove);
        }
        assertThat(table.filterBytes()).isEqualTo(4 * perSlot);
    }

    @Test
    void theGrantThatEndsFirstMakesRoom() {
        Grants grants = new Grants(2);
        Path a = Path.ofIpv4(1, 1);
        Path b = Path.ofIpv4(2, 1);
        Path c = Path.ofIpv4(3, 1);
        grants.grant(0, a, 100);
        grants.grant(0, b, 50);
        grants.grant(1, c, 70);
        assertThat(List.of(grants.granted(2, a), grants.granted(2, b), grants.granted(2, c)))
                .containsExactly(true, false, true);
        grants.grant(3, c, 10);
        assertThat(grants.granted(69, c)).as("never shortened").isTrue();
        assertThat(grants.granted(70, c)).isFalse();
    }

    /** Random bytes, and true datagrams with random changes, from random addresses. */
    @Test
    void whateverComesNothingLeavesButWhatItShould() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("RingAttackTest -Dschiltron.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        alice.grant(rig, Rig.MAILBOX);
        byte[] enrol = new TestCustomer(Rig.BOB, Rig.MAILBOX, 4).enrolMessage(5);
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = switch (random.nextInt(8)) {
                case 0 -> random.bytes(random.nextInt(1_400));
                case 1 -> alice.out(Rig.MAILBOX, TestCustomer.get(i, i + 1));
                case 2 -> alice.out(Rig.OTHER_MAILBOX, random.bytes(random.nextInt(300)));
                case 3 -> alice.data(random.nextInt(1_000));
                case 4 -> alice.first(random.nextInt(1_000));
                case 5 -> alice.envelope(Wire.PING, new Path(), new byte[random.nextInt(2)]);
                case 6 -> TestCustomer.enrolRequest(1, 2);
                default -> enrol.clone();
            };
            for (int flips = random.nextInt(3); flips > 0 && bytes.length > 0; flips--)
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            if (random.nextInt(4) == 0 && bytes.length > 2) {
                bytes[0] = (byte) (0x40 + random.nextInt(8));
                bytes[2] = 1;
            }
            Path from = random.nextInt(2) == 0 ? Rig.MAILBOX : Path.ofIpv4(random.nextInt(1 << 30), 7);
            List<Rig.Sent> sent = rig.in(from, bytes);
            assertThat(sent).hasSizeLessThanOrEqualTo(1);
            for (Rig.Sent one : sent) {
                byte type = Wire.type(one.segment(), 0);
                if (type == Wire.IN)
                    continue;
                assertThat(one.bytes().length).as("no amplifier").isLessThanOrEqualTo(bytes.length);
                if (type != Wire.ENROL_CHALLENGE && type != Wire.PONG)
                    assertThat(one.to()).isEqualTo(Rig.MAILBOX);
            }
            rig.advanceMs(random.nextInt(3));
        }
        assertThat(rig.node.customers()).isEqualTo(1);
    }
}
