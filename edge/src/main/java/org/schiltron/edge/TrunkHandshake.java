package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;

/**
 * The beginning of a trunk: Noise IK, whose prologue is {@code schiltron trunk 1} and the first four bytes.
 *
 * <pre>
 * opener to acceptor, 108 bytes
 *   0 version 1 (1)   1 kind (1): 0 records, 1 cells   2 zero (2)   4 Noise message 1 (104)
 * acceptor to opener, 56 bytes
 *   0 Noise message 2 (56)
 * payload of either, 8 bytes
 *   0 streams the other may have open (2), at least 1   2 zero (2)   4 cells a second, 0 with records (4)
 * </pre>
 *
 * The acceptor's payload repeats the opener's cells a second. A copy of a recorded first message gets an answer, but
 * nobody can go on from it; the acceptor believes the opener with the first record that opens.
 */
final class TrunkHandshake {
    static final int PAYLOAD = 8;
    static final int FIRST = 4 + Handshake.FIRST_OVERHEAD + PAYLOAD;
    static final int SECOND = Handshake.SECOND_OVERHEAD + PAYLOAD;

    private static final byte VERSION = 1;
    private static final byte[] PROLOGUE = "schiltron trunk 1".getBytes(US_ASCII);

    private final TrunkConfig config;
    private final Identity self;
    private final RandomSource random;
    private final @Nullable NodeList nodes; // at an acceptor
    private final byte[] input;
    private int have;
    private @Nullable Handshake handshake;
    private @Nullable Node peer;
    private int cellsPerSecond;
    private int peerStreams;

    /** Of an opener; its first message is {@link #first}. */
    TrunkHandshake(TrunkConfig config, Identity self, Node peer, RandomSource random) {
        this(config, self, peer, null, random, SECOND);
        cellsPerSecond = config.cellsPerSecond();
    }

    /** Of an acceptor. */
    TrunkHandshake(TrunkConfig config, Identity self, NodeList nodes, RandomSource random) {
        this(config, self, null, nodes, random, FIRST);
    }

    private TrunkHandshake(TrunkConfig config, Identity self, @Nullable Node peer, @Nullable NodeList nodes,
            RandomSource random, int expected) {
        this.config = config;
        this.self = self;
        this.peer = peer;
        this.nodes = nodes;
        this.random = random;
        input = new byte[expected];
    }

    /** The opener's message. */
    byte[] first() {
        byte[] head = {VERSION, (byte) (cellsPerSecond > 0 ? 1 : 0), 0, 0};
        Handshake ik = Handshake.initiator(self, peer().key(), prologue(head), random);
        handshake = ik;
        return ByteBuffer.allocate(FIRST).put(head).put(ik.write(payload())).array();
    }

    /** Takes bytes up to the end of the other end's message; returns how many. */
    int feed(byte[] from, int offset, int length) {
        int taken = Math.min(length, input.length - have);
        System.arraycopy(from, offset, input, have, taken);
        have += taken;
        return taken;
    }

    /** Whether what came so far cannot be a beginning: said early, so that a stray client is not waited for. */
    boolean isStrange() {
        return nodes != null && have > 0 && input[0] != VERSION;
    }

    boolean isComplete() {
        return have == input.length;
    }

    /** Reads the acceptor's message; null if all is well. */
    @Nullable
    TrunkClose onSecond() {
        byte[] payload = Objects.requireNonNull(handshake).read(input);
        if (payload == null || payload.length != PAYLOAD)
            return TrunkClose.BAD_HANDSHAKE;
        int asked = cellsPerSecond;
        if (!read(payload))
            return TrunkClose.BAD_HANDSHAKE;
        return cellsPerSecond == asked ? null : TrunkClose.WRONG_MODE;
    }

    /** Reads the opener's message; null if all is well. */
    @Nullable
    TrunkClose onFirst() {
        byte[] head = Arrays.copyOf(input, 4);
        if (head[1] < 0 || head[1] > 1 || head[2] != 0 || head[3] != 0)
            return TrunkClose.BAD_HANDSHAKE;
        Handshake ik = Handshake.responder(self, prologue(head), random);
        byte[] payload = ik.read(Arrays.copyOfRange(input, 4, FIRST));
        if (payload == null || payload.length != PAYLOAD || !read(payload) || cellsPerSecond > 0 != (head[1] == 1))
            return TrunkClose.BAD_HANDSHAKE;
        peer = Objects.requireNonNull(nodes).byX25519(ik.remoteX25519());
        if (peer == null)
            return TrunkClose.NOT_A_NODE;
        if (cellsPerSecond > config.mostCellsPerSecond())
            return TrunkClose.WRONG_MODE;
        handshake = ik;
        return null;
    }

    /** The acceptor's message, when {@link #onFirst} found nothing wrong. */
    byte[] second() {
        return Objects.requireNonNull(handshake).write(payload());
    }

    Node peer() {
        return Objects.requireNonNull(peer);
    }

    int cellsPerSecond() {
        return cellsPerSecond;
    }

    int peerStreams() {
        return peerStreams;
    }

    TrunkRecords records() {
        Handshake done = Objects.requireNonNull(handshake);
        byte[] up = done.secret("schiltron trunk up", 32);
        byte[] down = done.secret("schiltron trunk down", 32);
        boolean opener = nodes == null;
        // Two of its own: a trunk is busy both ways.
        return new TrunkRecords(cellsPerSecond > 0, opener ? up : down, opener ? down : up, new CipherPool(2));
    }

    private byte[] payload() {
        return ByteBuffer.allocate(PAYLOAD).putShort((short) config.streams()).putShort((short) 0)
                .putInt(cellsPerSecond).array();
    }

    private boolean read(byte[] payload) {
        ByteBuffer from = ByteBuffer.wrap(payload);
        peerStreams = from.getShort() & 0xffff;
        boolean zero = from.getShort() == 0;
        cellsPerSecond = from.getInt();
        return peerStreams > 0 && zero && cellsPerSecond >= 0 && cellsPerSecond <= TrunkConfig.MAX_CELLS_PER_SECOND;
    }

    private static byte[] prologue(byte[] head) {
        return ByteBuffer.allocate(PROLOGUE.length + head.length).put(PROLOGUE).put(head).array();
    }
}
