package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The opening of a QUIC connection, versions 1 and 2: the client's Initial packets, decrypted, until their CRYPTO
 * frames make up the client hello, which names the service. Browsers scatter a hello over several datagrams and in
 * any order.
 *
 * <p>Given each datagram of one source as it comes; those that were answered with {@link Reading#MORE} are to be
 * kept, at most {@value #MAX_DATAGRAMS}, and passed on in their order once the answer is {@link Reading#OK}. Only
 * what a client may send before it heard anything is taken: Initial packets, in datagrams of at least 1,200 bytes
 * (RFC 9000, section 14.1), and 0-RTT.
 */
public final class QuicInitial {
    public static final int MAX_DATAGRAMS = 8;
    public static final int MIN_DATAGRAM = 1_200;

    private static final int MIN_ID = 8; // RFC 9000, section 7.2
    private static final int MAX_HELLO = ClientHello.MAX_BYTES;

    private static final int PADDING = 0;
    private static final int PING = 1;
    private static final int ACK = 2;
    private static final int ACK_ECN = 3;
    private static final int CRYPTO = 6;

    private final QuicPacket packet = new QuicPacket();
    private final ClientHello hello = new ClientHello();
    private final BitSet known = new BitSet();
    private Reading state = Reading.MORE;
    private @Nullable Refusal refusal;
    private byte[] crypto = {};
    private int datagrams;
    private @Nullable QuicKeys keys;
    private long largest = -1;
    private int version;
    private byte[] destinationId = {};
    private byte[] sourceId = {};
    private boolean token;

    /** The next datagram, from the buffer's position to its limit, which stay as they are. */
    public Reading read(ByteBuffer datagram) {
        if (state != Reading.MORE)
            return state;
        if (++datagrams > MAX_DATAGRAMS)
            return refuse(Refusal.TOO_LONG);
        int at = datagram.position();
        do {
            Refusal wrong = packet.read(datagram, at) ? packet(datagram) : Refusal.NOT_QUIC;
            if (wrong != null)
                return refuse(wrong);
            at = packet.end;
        } while (at < datagram.limit() && datagram.get(at) < 0); // what is no long header is padding
        return complete();
    }

    /** Why it was refused; null before. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /** The DNS name asked for, in lower case; null if the client named none. */
    public @Nullable String serverName() {
        return hello.serverName();
    }

    /** The application protocols offered, the preferred one first. */
    public List<String> alpn() {
        return hello.alpn();
    }

    /** Whether the client showed a token, of a Retry or from an earlier connection. */
    public boolean hasToken() {
        return token;
    }

    /**
     * What tells a client of another version which ones are spoken (RFC 9000, section 6); null where that is not to be
     * said. Shorter than what it answers.
     *
     * @param versions what the backend speaks, at most 16
     */
    public byte @Nullable [] versionNegotiation(int... versions) {
        if (refusal != Refusal.QUIC_VERSION || versions.length > 16)
            return null;
        ByteBuffer out = ByteBuffer
                .allocate(1 + 4 + 1 + sourceId.length + 1 + destinationId.length + 4 * versions.length);
        out.put((byte) 0xc0).putInt(0).put((byte) sourceId.length).put(sourceId).put((byte) destinationId.length)
                .put(destinationId);
        for (int one : versions)
            out.putInt(one);
        return out.array();
    }

    private Reading refuse(Refusal why) {
        refusal = why;
        state = Reading.REFUSED;
        crypto = new byte[0];
        return state;
    }

    private @Nullable Refusal packet(ByteBuffer datagram) {
        boolean first = packet.start == datagram.position();
        boolean small = datagram.remaining() < MIN_DATAGRAM;
        return switch (packet.type) {
            case FOREIGN -> small || !first ? Refusal.NOT_QUIC : foreign(datagram); // section 6.1: small ones get no answer
            case ZERO_RTT -> keys == null || isOfThis(datagram) ? null : Refusal.QUIC_MALFORMED;
            case INITIAL -> small ? Refusal.QUIC_SMALL : initial(datagram);
            default -> Refusal.NOT_QUIC;
        };
    }

    private Refusal foreign(ByteBuffer datagram) {
        destinationId = packet.destination(datagram);
        sourceId = packet.source(datagram);
        return Refusal.QUIC_VERSION;
    }

    private boolean isOfThis(ByteBuffer datagram) {
        return packet.version == version && Arrays.equals(packet.destination(datagram), destinationId)
                && Arrays.equals(packet.source(datagram), sourceId);
    }

    private @Nullable Refusal initial(ByteBuffer datagram) {
        QuicKeys reading = keys;
        if (reading == null) {
            if (packet.destinationLength < MIN_ID || !packet.fixedBit(datagram) && packet.tokenLength == 0)
                return Refusal.NOT_QUIC;
            version = packet.version;
            destinationId = packet.destination(datagram);
            sourceId = packet.source(datagram);
            token = packet.tokenLength > 0;
            reading = new QuicKeys(version, destinationId, "client in");
        } else if (!isOfThis(datagram)) {
            return Refusal.QUIC_MALFORMED;
        }
        QuicKeys.Opened opened = reading.open(datagram, packet, largest);
        if (opened == null)
            return Refusal.QUIC_UNREADABLE;
        keys = reading;
        largest = Math.max(largest, opened.number());
        return opened.reservedBits() == 0 ? frames(opened.payload()) : Refusal.QUIC_MALFORMED;
    }

    /** What may stand in a client's Initial: RFC 9000, section 12.4, table 3. CONNECTION_CLOSE opens nothing. */
    private @Nullable Refusal frames(byte[] payload) {
        Cursor frames = new Cursor(payload, 0, payload.length);
        if (frames.left() == 0)
            return Refusal.QUIC_MALFORMED;
        while (frames.left() > 0) {
            int type = frames.u8(); // longer ways to write these are nobody's (section 12.4)
            switch (type) {
                case PADDING, PING -> {
                    // nothing in them
                }
                case ACK, ACK_ECN -> acknowledgement(frames, type);
                case CRYPTO -> {
                    long offset = frames.varint();
                    byte[] data = frames.take(frames.varint());
                    if (offset + data.length > MAX_HELLO)
                        return Refusal.TOO_LONG;
                    if (!frames.broken() && !keep((int) offset, data))
                        return Refusal.QUIC_MALFORMED;
                }
                default -> {
                    return Refusal.QUIC_FRAME;
                }
            }
        }
        return frames.broken() ? Refusal.QUIC_MALFORMED : null;
    }

    /** RFC 9000, section 19.3. */
    private static void acknowledgement(Cursor frames, int type) {
        frames.varint();
        frames.varint();
        long ranges = frames.varint();
        frames.varint();
        for (long i = 0; i < ranges && !frames.broken(); i++) {
            frames.varint();
            frames.varint();
        }
        for (int i = 0; i < 3 && type == ACK_ECN; i++)
            frames.varint();
    }

    /** False if something else was there before: two readers that keep one or the other see two hellos. */
    private boolean keep(int offset, byte[] data) {
        if (crypto.length < offset + data.length)
            crypto = Arrays.copyOf(crypto, offset + data.length);
        for (int i = 0; i < data.length; i++) {
            if (known.get(offset + i) && crypto[offset + i] != data[i])
                return false;
            crypto[offset + i] = data[i];
        }
        known.set(offset, offset + data.length);
        return true;
    }

    private Reading complete() {
        int contiguous = known.nextClearBit(0);
        Reading reading = hello.readMessage(crypto, contiguous);
        Refusal wrong = hello.refusal();
        if (wrong != null)
            return refuse(wrong);
        if (reading == Reading.OK) {
            if (known.length() > contiguous || !hello.isForQuic() || !hello.offersTls13())
                return refuse(Refusal.TLS_MALFORMED);
            state = Reading.OK;
            crypto = new byte[0];
        }
        return state;
    }
}
