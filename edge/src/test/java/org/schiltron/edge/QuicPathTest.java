package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.edge.QuicPacket.VERSION_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class QuicPathTest {
    private static final byte[] CLIENT = {9, 8, 7, 6, 5};
    private static final byte[] FIRST = HexFormat.of().parseHex("8394c8f03e515708");
    private static final byte[] CHOSEN = HexFormat.of().parseHex("f067a5502a4262b5");
    private static final int INITIAL = 0;
    private static final int HANDSHAKE = 2;

    private final QuicPath path = new QuicPath(false);

    private static ByteBuffer bytes(byte[] datagram) {
        return Fuzz.prefix(datagram, datagram.length);
    }

    /** A long header and what follows, of so many bytes in all. */
    private static byte[] packet(int type, byte[] to, byte[] from, int size) {
        return type == INITIAL
                ? Arrays.copyOf(Hello.concat(
                        new byte[]{(byte) 0xc0, 0, 0, 0, 1}, Hello.vector8(to), Hello.vector8(from), new byte[]{0},
                        QuicClient.varint(size - 12 - to.length - from.length)), size)
                : QuicClient.sealed(VERSION_1, type, to, from, size - 11 - to.length - from.length);
    }

    private static byte[] retry(byte[] from) {
        return Hello.concat(new byte[]{(byte) 0xf0, 0, 0, 0, 1}, Hello.vector8(CLIENT), Hello.vector8(from),
                new byte[40]);
    }

    private QuicPath.Fate backend(byte[] datagram) {
        return path.fromBackend(bytes(datagram));
    }

    private void client(byte[] datagram) {
        path.fromClient(bytes(datagram));
    }

    @Test
    void aForgedSourceGetsNoMoreThanItSent() {
        client(packet(INITIAL, FIRST, CLIENT, 1_200));
        assertThat(backend(packet(INITIAL, CLIENT, CHOSEN, 1_200))).isEqualTo(QuicPath.Fate.PASS);
        assertThat(backend(packet(HANDSHAKE, CLIENT, CHOSEN, 1_200))).isEqualTo(QuicPath.Fate.HELD);
        assertThat(path.pollHeld()).isNull();
        client(packet(INITIAL, FIRST, CLIENT, 1_200)); // again the same: proves nothing, pays for one
        assertThat(path.proved()).isFalse();
        assertThat(path.pollHeld()).hasSize(1_200);
        assertThat(path.pollHeld()).isNull();
    }

    @Test
    void whatIsHeldHasABound() {
        client(packet(INITIAL, FIRST, CLIENT, 1_200));
        for (int i = 0; i < QuicPath.MAX_HELD; i++)
            assertThat(backend(packet(HANDSHAKE, CLIENT, CHOSEN, 1_300))).isEqualTo(QuicPath.Fate.HELD);
        assertThat(backend(packet(HANDSHAKE, CLIENT, CHOSEN, 1_300))).isEqualTo(QuicPath.Fate.DROPPED);
    }

    @Test
    void anAnswerToTheBackendsIdProves() {
        for (byte[] answer : List.of(packet(HANDSHAKE, CHOSEN, CLIENT, 60), packet(INITIAL, CHOSEN, CLIENT, 1_200),
                QuicClient.shortHeader(CHOSEN, 30))) {
            QuicPath one = new QuicPath(false);
            one.fromClient(bytes(packet(INITIAL, FIRST, CLIENT, 1_200)));
            one.fromBackend(bytes(packet(INITIAL, CLIENT, CHOSEN, 1_200)));
            one.fromBackend(bytes(packet(HANDSHAKE, CLIENT, CHOSEN, 1_200)));
            one.fromBackend(bytes(packet(HANDSHAKE, CLIENT, CHOSEN, 900)));
            one.fromClient(bytes(answer));
            assertThat(one.proved()).isTrue();
            assertThat(one.pollHeld()).hasSize(1_200);
            assertThat(one.pollHeld()).hasSize(900);
            assertThat(one.pollHeld()).isNull();
            assertThat(one.fromBackend(bytes(new byte[60_000]))).isEqualTo(QuicPath.Fate.PASS);
        }
    }

    @Test
    void afterARetryTheNextInitialProves() {
        client(packet(INITIAL, FIRST, CLIENT, 1_200));
        assertThat(backend(retry(CHOSEN))).isEqualTo(QuicPath.Fate.PASS);
        client(packet(INITIAL, CHOSEN, CLIENT, 1_200));
        assertThat(path.proved()).isTrue();
    }

    @Test
    void aPublishedExchangeProves() {
        client(Fuzz.resource("quic-v1-client.hex"));
        assertThat(backend(Fuzz.resource("quic-v1-server.hex"))).isEqualTo(QuicPath.Fate.PASS);
        assertThat(path.ids()).hasSize(1);
        client(QuicClient.shortHeader(CHOSEN, 20));
        assertThat(path.proved()).isTrue();
    }

    @Test
    void whatIsNoProof() {
        client(packet(INITIAL, FIRST, CLIENT, 1_200));
        // a backend that takes over the client's own id: whoever forged the source knows it
        backend(packet(INITIAL, CLIENT, FIRST, 1_200));
        client(QuicClient.shortHeader(FIRST, 30));
        // ids too short to be beyond guessing
        backend(packet(HANDSHAKE, CLIENT, new byte[]{1, 2, 3, 4, 5, 6, 7}, 100));
        client(QuicClient.shortHeader(new byte[]{1, 2, 3, 4, 5, 6, 7}, 30));
        backend(packet(HANDSHAKE, CLIENT, new byte[0], 100));
        client(new byte[]{0x41});
        // version negotiation repeats what the client wrote
        backend(Hello.concat(new byte[]{(byte) 0xc0, 0, 0, 0, 0}, Hello.vector8(CLIENT), Hello.vector8(CHOSEN),
                new byte[8]));
        client(packet(HANDSHAKE, CHOSEN, CLIENT, 60));
        // an id that nobody gave, one cut off, and no QUIC at all
        client(QuicClient.shortHeader(new byte[]{5, 5, 5, 5, 5, 5, 5, 5}, 30));
        backend(packet(HANDSHAKE, CLIENT, HexFormat.of().parseHex("0102030405060708090a"), 100));
        client(Hello.concat(new byte[]{0x41, 1, 2, 3, 4, 5, 6, 7, 8}));
        client(new byte[0]);
        assertThat(path.proved()).isFalse();
    }

    @Test
    void aGrantProves() {
        path.prove();
        assertThat(backend(new byte[9_000])).isEqualTo(QuicPath.Fate.PASS);
    }

    @Test
    void theBackendsWordCountsWhereItIsTaken() {
        QuicPath trusting = new QuicPath(true);
        trusting.fromClient(bytes(QuicClient.shortHeader(FIRST, 91))); // 100 bytes, from a new port
        trusting.fromBackend(bytes(new byte[300]));
        assertThat(trusting.proved()).as("three times as much says nothing").isFalse();
        trusting.fromBackend(bytes(new byte[1]));
        assertThat(trusting.proved()).isTrue();
        assertThat(trusting.pollHeld()).hasSize(300);
        client(QuicClient.shortHeader(FIRST, 91));
        backend(new byte[300]);
        backend(new byte[1]);
        assertThat(path.proved()).isFalse();
    }

    /** Whatever both ends send: without a proof no more goes out than came in, and held ones keep their order. */
    @Test
    void theBoundHoldsForAnything() {
        RandomSource random = Fuzz.random();
        for (int run = 0; run < 500; run++) {
            QuicPath one = new QuicPath(false);
            long in = 0;
            long out = 0;
            for (int i = 0; i < 200; i++) {
                byte[] datagram = Fuzz.mutate(random, random.nextInt(2) == 0
                        ? packet(INITIAL, FIRST, CLIENT, 1_200)
                        : packet(HANDSHAKE, CLIENT, random.bytes(8), 1 + 27 + random.nextInt(1_300)));
                if (random.nextInt(3) == 0) {
                    one.fromClient(bytes(datagram));
                    in += datagram.length;
                } else if (one.fromBackend(bytes(datagram)) == QuicPath.Fate.PASS) {
                    out += datagram.length;
                }
                for (byte[] held = one.pollHeld(); held != null; held = one.pollHeld())
                    out += held.length;
                assertThat(one.proved()).isFalse();
                assertThat(out).isLessThanOrEqualTo(in);
            }
        }
    }

    @Test
    void flowsAreFoundByTheirIds() {
        QuicFlows<String> flows = new QuicFlows<>(3);
        byte[] other = HexFormat.of().parseHex("0102030405");
        flows.learn(List.of(CHOSEN, other), "one");
        flows.learn(List.of(CHOSEN, FIRST), "two");
        flows.learn(List.of(new byte[12]), "three");
        assertThat(flows.size()).as("no more than there is room for").isEqualTo(3);
        assertThat(flows.find(bytes(QuicClient.shortHeader(CHOSEN, 40)))).isEqualTo("one");
        assertThat(flows.find(bytes(QuicClient.shortHeader(other, 0)))).isEqualTo("one");
        assertThat(flows.find(bytes(packet(HANDSHAKE, FIRST, CLIENT, 60)))).isEqualTo("two");
        assertThat(flows.find(bytes(packet(HANDSHAKE, Arrays.copyOf(FIRST, 7), CLIENT, 60)))).isNull();
        assertThat(flows.find(bytes(QuicClient.shortHeader(new byte[12], 40)))).isNull();
        assertThat(flows.find(bytes(new byte[0]))).isNull();
        flows.forget("one");
        assertThat(flows.find(bytes(QuicClient.shortHeader(CHOSEN, 40)))).isNull();
        assertThat(flows.size()).isEqualTo(1);
        flows.forget("nobody");
        Fuzz.mutants(Fuzz.random(), List.of(QuicClient.shortHeader(CHOSEN, 9), packet(HANDSHAKE, FIRST, CLIENT, 60)),
                mutant -> flows.find(bytes(mutant)));
    }
}
