package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** Rows: a packet, a sentence, the reason it is dropped for. A dropped packet is answered with nothing. */
class RingDropTest {
    /** Makes the packet of a row; Alice is enrolled and granted {@link Rig#MAILBOX}, Bob is enrolled. */
    private interface Packet {
        List<Rig.Sent> send(Rig rig, TestCustomer alice, TestCustomer bob);
    }

    private record Row(String sentence, Drop reason, Packet packet) {
    }

    private static Row out(String sentence, Drop reason, Path to, byte[] inner) {
        return new Row(sentence, reason, (rig, alice, bob) -> rig.in(alice.path, alice.out(to, inner)));
    }

    private static Row raw(String sentence, Drop reason, byte... bytes) {
        return new Row(sentence, reason, (rig, alice, bob) -> rig.in(alice.path, bytes));
    }

    private static byte[] header(byte type, int length) {
        byte[] bytes = new byte[length];
        Wire.header(MemorySegment.ofArray(bytes), 0, type, 0, 0, 0);
        return bytes;
    }

    private static byte[] cut(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] patched(byte[] bytes, int at, int value) {
        byte[] patched = bytes.clone();
        patched[at] = (byte) value;
        return patched;
    }

    private static List<Row> rows() {
        byte[] get = TestCustomer.get(1);
        List<Row> rows = new ArrayList<>(List.of(
                // Form
                raw("an empty datagram", Drop.TRUNCATED), raw("half a header", Drop.TRUNCATED, (byte) 0x44, (byte) 0),
                raw("longer than any datagram", Drop.OVERSIZED, header(Wire.OUT, Wire.MAX_DATAGRAM + 1)),
                raw("another version", Drop.WRONG_VERSION, patched(header(Wire.OUT, 60), 2, 2)),
                raw("a type nobody knows", Drop.UNKNOWN_TYPE, header((byte) 0x7f, 60)),
                raw("a GET that is not in an OUT", Drop.UNEXPECTED_TYPE, get),
                raw("a reflected IN", Drop.UNEXPECTED_TYPE, header(Wire.IN, 60)),
                raw("a reflected CHALLENGE", Drop.UNEXPECTED_TYPE, header(Wire.ENROL_CHALLENGE, 64)),
                raw("an envelope cut short", Drop.TRUNCATED, header(Wire.OUT, Envelope.INNER - 1)),
                raw("a ping with something behind it", Drop.OVERSIZED, header(Wire.PING, Envelope.INNER + 1)),
                raw("a short ENROL_REQUEST", Drop.TRUNCATED, header(Wire.ENROL_REQUEST, EnrolRequest.LENGTH - 1)),
                raw("a long ENROL_REQUEST", Drop.OVERSIZED, header(Wire.ENROL_REQUEST, EnrolRequest.LENGTH + 1)),
                raw("a short ENROL", Drop.TRUNCATED, header(Wire.ENROL, Enrol.LENGTH - 1)),
                raw("a long ENROL", Drop.OVERSIZED, header(Wire.ENROL, Enrol.LENGTH + 1)),
                raw("a COOKIE of the wrong length", Drop.MALFORMED, header(Wire.COOKIE, 41)),
                raw("DATA without a body", Drop.MALFORMED, header(Wire.DATA, 24)),
                raw("FIRST without content", Drop.MALFORMED, header(Wire.FIRST, 24)),
                // Customer
                raw("a customer number out of the air", Drop.WRONG_CUSTOMER, header(Wire.OUT, 80)),
                new Row("Alice's datagram under Bob's number", Drop.BAD_MAC, (rig, alice, bob) -> {
                    alice.number = bob.number;
                    return rig.in(alice.path, alice.out(Rig.MAILBOX, get));
                }), new Row("a datagram once more", Drop.REPLAYED, (rig, alice, bob) -> {
                    byte[] once = alice.out(Rig.MAILBOX, get);
                    rig.in(alice.path, once);
                    return rig.in(alice.path, once);
                }), new Row("a datagram once more, from another address", Drop.REPLAYED, (rig, alice, bob) -> {
                    byte[] once = alice.out(Rig.MAILBOX, get);
                    rig.in(alice.path, once);
                    return rig.in(Path.ofIpv4(0x01020304, 9), once);
                }), new Row("a datagram two thousand counters old", Drop.REPLAYED, (rig, alice, bob) -> {
                    byte[] old = alice.out(Rig.MAILBOX, get);
                    alice.counter += 2_100;
                    alice.ping(rig);
                    return rig.in(alice.path, old);
                }), new Row("a negative counter", Drop.REPLAYED, (rig, alice, bob) -> {
                    alice.counter = -1;
                    return rig.in(alice.path, alice.out(Rig.MAILBOX, get));
                }),
                // What an OUT carries
                out("an OUT that carries nothing", Drop.TRUNCATED, Rig.MAILBOX, new byte[0]),
                out("another version inside", Drop.WRONG_VERSION, Rig.MAILBOX, patched(get, 2, 9)),
                out("DATA inside", Drop.UNEXPECTED_TYPE, Rig.MAILBOX, header(Wire.DATA, 60)),
                out("a HELLO inside", Drop.UNEXPECTED_TYPE, Rig.MAILBOX, header(Wire.HELLO, Hello.CONTENT + 10)),
                out("an ENROL for another ring inside", Drop.UNEXPECTED_TYPE, Rig.MAILBOX,
                        header(Wire.ENROL, Enrol.LENGTH)),
                out("a GET with half an image", Drop.MALFORMED, Rig.MAILBOX, cut(get, get.length - 8)),
                out("a GET without images", Drop.MALFORMED, Rig.MAILBOX, cut(get, 24)),
                out("a POST without nonces", Drop.MALFORMED, Rig.MAILBOX, cut(TestCustomer.post(1), 40)),
                out("a PUT without a body", Drop.MALFORMED, Rig.MAILBOX, TestCustomer.put(1, 0)),
                out("a long COOKIE_REQUEST", Drop.MALFORMED, Rig.MAILBOX, cut(TestCustomer.cookieRequest(1), 49)),
                // Where an OUT goes
                out("loopback", Drop.FORBIDDEN_DESTINATION, Path.ofIpv4(0x7f000001, 4500),
                        TestCustomer.cookieRequest(1)),
                out("a private address", Drop.FORBIDDEN_DESTINATION, Path.ofIpv4(0xc0a80001, 4500),
                        TestCustomer.cookieRequest(1)),
                out("multicast", Drop.FORBIDDEN_DESTINATION, Path.ofIpv4(0xe0000001, 4500),
                        TestCustomer.cookieRequest(1)),
                out("IPv6 link-local", Drop.FORBIDDEN_DESTINATION, new Path(0, 0xfe80L << 48, 1, 4500),
                        TestCustomer.cookieRequest(1)),
                out("port 0", Drop.FORBIDDEN_DESTINATION, Path.ofIpv4(0x08080101, 0), TestCustomer.cookieRequest(1)),
                out("the ring itself", Drop.FORBIDDEN_DESTINATION, Rig.RING_PATH, TestCustomer.cookieRequest(1)),
                out("a GET to a mailbox that granted nothing", Drop.FORBIDDEN_DESTINATION, Rig.OTHER_MAILBOX, get),
                out("a PUT to a mailbox that granted nothing", Drop.FORBIDDEN_DESTINATION, Rig.OTHER_MAILBOX,
                        TestCustomer.put(1, 100)),
                out("a POST to a mailbox that granted nothing", Drop.FORBIDDEN_DESTINATION, Rig.OTHER_MAILBOX,
                        TestCustomer.post(1)),
                out("a GET to another port of a mailbox that granted", Drop.FORBIDDEN_DESTINATION,
                        Path.ofIpv4(0x08080101, 4501), get)));
        rows.add(new Row("a GET after the grant has ended", Drop.FORBIDDEN_DESTINATION, (rig, alice, bob) -> {
            for (int i = 0; i < 3; i++) {
                rig.advanceMs(30_000);
                alice.ping(rig);
            }
            return rig.in(alice.path, alice.out(Rig.MAILBOX, get));
        }));
        // Quotas
        rows.add(new Row("more cookie requests than a customer may", Drop.QUOTA_CUSTOMER, (rig, alice, bob) -> {
            for (int i = 0; i < 11; i++)
                rig.in(alice.path, alice.out(Path.ofIpv4(0x05050500 + i, 4500), TestCustomer.cookieRequest(i)));
            return rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.cookieRequest(99)));
        }));
        rows.add(new Row("more first-contact nonces than a customer may", Drop.QUOTA_CUSTOMER, (rig, alice, bob) -> {
            for (int i = 0; i < 12; i++)
                rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.post(new long[Post.MAX_NONCES])));
            return rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.post(new long[Post.MAX_NONCES])));
        }));
        rows.add(new Row("more gets than a customer may", Drop.QUOTA_CUSTOMER, (rig, alice, bob) -> {
            for (int i = 0; i < 173; i++)
                rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(new long[72])));
            return rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(new long[72])));
        }));
        // From outside
        rows.add(new Row("DATA nobody requested", Drop.UNREQUESTED,
                (rig, alice, bob) -> rig.in(Rig.MAILBOX, alice.data(1))));
        rows.add(new Row("DATA from another mailbox than asked", Drop.UNREQUESTED, (rig, alice, bob) -> {
            rig.in(alice.path, alice.out(Rig.MAILBOX, get));
            return rig.in(Rig.OTHER_MAILBOX, alice.data(1));
        }));
        rows.add(new Row("DATA from another port than asked", Drop.UNREQUESTED, (rig, alice, bob) -> {
            rig.in(alice.path, alice.out(Rig.MAILBOX, get));
            return rig.in(Path.ofIpv4(0x08080101, 4501), alice.data(1));
        }));
        rows.add(new Row("DATA that shows the image instead of the nonce", Drop.UNREQUESTED, (rig, alice, bob) -> {
            rig.in(alice.path, alice.out(Rig.MAILBOX, get));
            byte[] forged = alice.data(1);
            System.arraycopy(get, 24, forged, 8, 16);
            return rig.in(Rig.MAILBOX, forged);
        }));
        rows.add(new Row("DATA for Bob on Alice's request", Drop.UNREQUESTED, (rig, alice, bob) -> {
            rig.in(alice.path, alice.out(Rig.MAILBOX, get));
            return rig.in(Rig.MAILBOX, bob.data(1));
        }));
        rows.add(new Row("DATA for a number that does not exist", Drop.WRONG_CUSTOMER, (rig, alice, bob) -> {
            alice.number ^= 1 << 20;
            return rig.in(Rig.MAILBOX, alice.data(1));
        }));
        rows.add(new Row("FIRST on a get", Drop.UNREQUESTED, (rig, alice, bob) -> {
            rig.in(alice.path, alice.out(Rig.MAILBOX, get));
            return rig.in(Rig.MAILBOX, alice.first(1));
        }));
        rows.add(new Row("a COOKIE nobody asked for", Drop.UNREQUESTED,
                (rig, alice, bob) -> rig.in(Rig.OTHER_MAILBOX, alice.cookieAnswer(5, 6, 60))));
        rows.add(new Row("a COOKIE twice", Drop.UNREQUESTED, (rig, alice, bob) -> {
            byte[] answer = alice.cookieAnswer(alice.ask(rig, Rig.OTHER_MAILBOX, 5), 60);
            rig.in(Rig.OTHER_MAILBOX, answer);
            return rig.in(Rig.OTHER_MAILBOX, answer);
        }));
        return rows;
    }

    @TestFactory
    Stream<DynamicTest> everyReason() {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.reason().label() + ": " + row.sentence(), () -> {
            Rig rig = new Rig();
            TestCustomer alice = TestCustomer.enrolled(rig, Rig.ALICE, 0x0a000001);
            TestCustomer bob = TestCustomer.enrolled(rig, Rig.BOB, 0x0a000002);
            alice.grant(rig, Rig.MAILBOX);
            assertThat(rig.node.counters().drops()).isEmpty();
            assertThat(row.packet().send(rig, alice, bob)).isEmpty();
            assertThat(rig.node.counters().drops()).containsOnlyKeys(row.reason()).containsEntry(row.reason(), 1L);
        }));
    }
}
