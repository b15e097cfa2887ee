package org.schiltron.host;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The server's half of a SOCKS5 handshake (RFC 1928): CONNECT, without authentication. Bytes in, bytes out.
 *
 * <pre>
 * greeting  05, number of methods, methods              answer  05 00, or 05 FF and the end
 * request   05, command, 00, type, address, port        answer  05, reply, 00, 01, 0.0.0.0, port 0
 * </pre>
 *
 * The destination must be a name (type 3): {@code NAME.schiltron} is the service's backend of that name, and
 * {@code schiltron} its default one, whatever the port and the case. Anything else is "not allowed by ruleset": a
 * session leads to one service, not to the Internet.
 */
final class SocksHandshake {
    static final String SUFFIX = ".schiltron";

    static final int SUCCEEDED = 0;
    static final int NOT_ALLOWED = 2;
    static final int HOST_UNREACHABLE = 4;
    static final int COMMAND_NOT_SUPPORTED = 7;
    static final int ADDRESS_TYPE_NOT_SUPPORTED = 8;

    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int NO_ACCEPTABLE_METHOD = 0xff;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    /** The longest message: a request with a name of 255 bytes. Longer ones do not exist. */
    private static final int MAX_MESSAGE = 4 + 1 + 255 + 2;

    enum State {
        GREETING, REQUEST,
        /** Asked for {@link #target}; the answer is the caller's to give. */
        CONNECTING,
        /** To be closed, after {@link #answer} if there is one. */
        REFUSED
    }

    private final byte[] message = new byte[MAX_MESSAGE];
    private int length;
    private State state = State.GREETING;
    private byte[] answer = StreamRelay.NO_BYTES;
    private String target = "";

    State state() {
        return state;
    }

    /** What the client asked for, once {@link State#CONNECTING}. */
    String target() {
        return target;
    }

    /** What to send since the last call. */
    byte[] answer() {
        byte[] bytes = answer;
        answer = StreamRelay.NO_BYTES;
        return bytes;
    }

    /** The answer to a request (RFC 1928, section 6). The bound address is not told: there is none. */
    static byte[] reply(int code) {
        return new byte[]{VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0};
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
            if (message[1] != CONNECT)
                refuse(COMMAND_NOT_SUPPORTED);
            else if (message[3] != NAME)
                refuse(NOT_ALLOWED);
            else
                connect(new String(message, 5, addressBytes - 1, StandardCharsets.US_ASCII));
        }
    }

    private void connect(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (("." + name).equals(SUFFIX)) {
            state = State.CONNECTING;
            return;
        }
        String label = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : "";
        if (!Backends.NAME.matcher(label).matches()) {
            refuse(NOT_ALLOWED);
            return;
        }
        target = label;
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
