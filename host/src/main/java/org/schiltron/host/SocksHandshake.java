package org.schiltron.host;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of a SOCKS5 handshake (RFC 1928): CONNECT and UDP ASSOCIATE, without authentication. Bytes in, bytes
 * out.
 *
 * <pre>
 * greeting  05, number of methods, methods              answer  05 00, or 05 FF and the end
 * request   05, command, 00, type, address, port        answer  05, reply, 00, type, address, port
 * </pre>
 *
 * The destination of a CONNECT must be a name (type 3): {@code NAME.schiltron} is the service's backend of that name, and
 * {@code schiltron} its default one, whatever the port and the case. Anything else is "not allowed by ruleset": a
 * session leads to one service, not to the Internet. Its answer tells no bound address: there is none. A UDP ASSOCIATE
 * names where the client will send from; of that the port is kept, and the address is the control connection's anyway.
 */
final class SocksHandshake {
    static final String SUFFIX = ".schiltron";

    static final int SUCCEEDED = 0;
    static final int FAILED = 1;
    static final int NOT_ALLOWED = 2;
    static final int HOST_UNREACHABLE = 4;
    static final int COMMAND_NOT_SUPPORTED = 7;
    static final int ADDRESS_TYPE_NOT_SUPPORTED = 8;

    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int NO_ACCEPTABLE_METHOD = 0xff;
    private static final int CONNECT = 1;
    private static final int UDP_ASSOCIATE = 3;
    static final int IPV4 = 1;
    static final int NAME = 3;
    static final int IPV6 = 4;

    /** The longest message: a request with a name of 255 bytes. Longer ones do not exist. */
    private static final int MAX_MESSAGE = 4 + 1 + 255 + 2;

    enum State {
        GREETING, REQUEST,
        /** Asked for {@link #target}; the answer is the caller's to give. */
        CONNECTING,
        /** Will send datagrams from {@link #port}; the answer is the caller's to give. */
        ASSOCIATING,
        /** To be closed, after {@link #answer} if there is one. */
        REFUSED
    }

    private final byte[] message = new byte[MAX_MESSAGE];
    private int length;
    private State state = State.GREETING;
    private byte[] answer = StreamRelay.NO_BYTES;
    private String target = "";
    private int port;

    State state() {
        return state;
    }

    /** What the client asked for, once {@link State#CONNECTING}. */
    String target() {
        return target;
    }

    /** The port that datagrams will come from, once {@link State#ASSOCIATING}; 0 if the client did not say. */
    int port() {
        return port;
    }

    /** What to send since the last call. */
    byte[] answer() {
        byte[] bytes = answer;
        answer = StreamRelay.NO_BYTES;
        return bytes;
    }

    /** The answer to a request (RFC 1928, section 6) without a bound address. */
    static byte[] reply(int code) {
        return new byte[]{VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0};
    }

    /** Success, and the resolved address where datagrams are taken. */
    static byte[] associated(InetSocketAddress at) {
        byte[] address = at.getAddress().getAddress();
        return ByteBuffer.allocate(4 + address.length + 2).put((byte) VERSION).put((byte) SUCCEEDED).put((byte) 0)
                .put((byte) (address.length == 4 ? IPV4 : IPV6)).put(address).putShort((short) at.getPort()).array();
    }

    /** The backend's name that a destination's name stands for, "" for the default; null if it is none of the service's. */
    static @Nullable String target(byte[] source, int offset, int length) {
        String name = new String(source, offset, length, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        if (("." + name).equals(SUFFIX))
            return "";
        String label = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : "";
        return Backends.NAME.matcher(label).matches() ? label : null;
    }

    /**
     * Takes bytes until the state changes to one that takes no more, which must come without an answer lost: call
     * {@link #answer} after each.
     *
     * @return how many were taken; the rest belongs to the connection
     */
    int feed(byte[] source, int offset, int available) {
        int taken = 0;
        while (taken < available && (state == State.GREETING || state == State.REQUEST)) {
            message[length++] = source[offset + taken++];
            if (state == State.GREETING)
                greeting();
            else
                request();
        }
        return taken;
    }

    private void greeting() {
        if (message[0] != VERSION) {
            state = State.REFUSED; // not a SOCKS5 client: nothing it would understand
            return;
        }
        if (length < 2 || length < 2 + (message[1] & 0xff))
            return;
        boolean acceptable = false;
        for (int i = 2; i < length; i++)
            acceptable |= message[i] == NO_AUTHENTICATION;
        answer = new byte[]{VERSION, (byte) (acceptable ? NO_AUTHENTICATION : NO_ACCEPTABLE_METHOD)};
        state = acceptable ? State.REQUEST : State.REFUSED;
        length = 0;
    }

    private void request() {
        if (message[0] != VERSION) {
            state = State.REFUSED;
            return;
        }
        if (length < 5)
            return;
        int addressBytes = switch (message[3]) {
            case IPV4 -> 4;
            case IPV6 -> 16;
            case NAME -> 1 + (message[4] & 0xff);
            default -> -1;
        };
        if (addressBytes < 0) {
            refuse(ADDRESS_TYPE_NOT_SUPPORTED);
        } else if (length == 4 + addressBytes + 2) {
            if (message[1] == UDP_ASSOCIATE)
                associate();
            else if (message[1] != CONNECT)
                refuse(COMMAND_NOT_SUPPORTED);
            else if (message[3] != NAME)
                refuse(NOT_ALLOWED);
            else
                connect(target(message, 5, addressBytes - 1));
        }
    }

    private void associate() {
        port = (message[length - 2] & 0xff) << 8 | message[length - 1] & 0xff;
        state = State.ASSOCIATING;
    }

    private void connect(@Nullable String backend) {
        if (backend == null) {
            refuse(NOT_ALLOWED);
            return;
        }
        target = backend;
        state = State.CONNECTING;
    }

    private void refuse(int code) {
        answer = concat(answer, reply(code));
        state = State.REFUSED;
    }

    /** A client may send both messages at once. */
    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
