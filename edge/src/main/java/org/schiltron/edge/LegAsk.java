package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * What an ingress asks an egress or landing for.
 *
 * <pre>
 *  0 kind (1)
 *  1 client's address (16), IPv6 or IPv4-mapped   17 client's port (2)
 * 19 address the client came to (16)              35 port the client came to (2)
 * 37 length of the name (1)                       38 name of the service (1 to 63)
 * </pre>
 *
 * @param service 1 to 63 of a-z, 0-9, dot, dash and underscore
 * @param client  who asks, for the backend's PROXY header; address zero and port 0 if not to be told
 * @param server  where the client came to; likewise
 */
public record LegAsk(Kind kind, String service, Path client, Path server) {
    /** Longest form, in bytes. */
    public static final int MAX_LENGTH = 38 + 63;

    private static final int FIXED = 38;
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,63}");

    /** What the egress does. Codes go on the wire and are stable. */
    public enum Kind {
        /** Opens a TCP connection to the backend. */
        PLAIN(1),
        /** Opens a TCP connection to the landing beside the backend, for a carrier of a resumable leg. */
        LANDING(2),
        /** Sends datagrams to the backend; in the stream, two bytes of length stand before each. */
        DATAGRAMS(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    public LegAsk {
        if (!NAME.matcher(service).matches())
            throw new IllegalArgumentException("\"" + AuthenticatorField.shorten(service)
                    + "\" is no name of a service: 1 to 63 of a-z, 0-9, ., - and _");
        client = client.copy();
        server = server.copy();
    }

    public byte[] encode() {
        ByteBuffer to = ByteBuffer.allocate(FIXED + service.length()).put((byte) kind.code());
        put(to, client);
        put(to, server);
        return to.put((byte) service.length()).put(service.getBytes(US_ASCII)).array();
    }

    /** Reads from the position to the limit, all of it; null if that is no ask. */
    public static @Nullable LegAsk decode(ByteBuffer from) {
        if (from.remaining() <= FIXED)
            return null;
        Kind kind = kind(from.get());
        Path client = path(from);
        Path server = path(from);
        int length = from.get() & 0xff;
        if (kind == null || length != from.remaining())
            return null;
        byte[] name = new byte[length];
        from.get(name);
        String service = new String(name, US_ASCII);
        return NAME.matcher(service).matches() ? new LegAsk(kind, service, client, server) : null;
    }

    private static @Nullable Kind kind(int code) {
        for (Kind kind : Kind.values())
            if (kind.code == code)
                return kind;
        return null;
    }

    private static void put(ByteBuffer to, Path path) {
        to.putLong(path.addressHigh()).putLong(path.addressLow()).putShort((short) path.port());
    }

    private static Path path(ByteBuffer from) {
        return new Path(0, from.getLong(), from.getLong(), from.getShort() & 0xffff);
    }
}
