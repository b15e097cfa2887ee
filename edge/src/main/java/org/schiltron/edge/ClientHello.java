package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first thing a TLS client says, 1.0 to 1.3, as far as an edge has to know it to choose a service: nothing of it is
 * answered here. Split over records and over reads in any way.
 *
 * <pre>
 * record       22, 3, minor, length (2), fragment                                    RFC 8446, section 5.1
 * handshake    1, length (3), body, from the fragments of one or more records        section 4
 * body         version (2), random (32), session id (1+0..32), cipher suites (2+), compressions (1+),
 *              extensions (2+): type (2), length (2), data                           section 4.1.2
 * </pre>
 *
 * <p>What counts: the server name (RFC 6066, section 3; of Encrypted Client Hello the outer one, which is all that
 * anyone but the service can see), the protocols by ALPN (RFC 7301) and the versions. What two readers could understand
 * differently is refused: an extension twice, two names, anything behind the hello in its record.
 */
public final class ClientHello {
    /** All of it, records' headers included. */
    public static final int MAX_BYTES = 16 * 1024;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int MAX_FRAGMENT = 1 << 14;
    /** Browsers send some twenty. */
    private static final int MAX_EXTENSIONS = 128;

    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int PRE_SHARED_KEY = 41;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int QUIC_TRANSPORT_PARAMETERS = 57;

    private static final int TLS_1_0 = 0x0301;
    private static final int TLS_1_2 = 0x0303;
    private static final int TLS_1_3 = 0x0304;
    private static final byte[] NONE = {};

    private byte[] message = NONE;
    /** Where the next record begins. */
    private int at;
    private Reading state = Reading.MORE;
    private @Nullable Refusal refusal;
    private @Nullable String serverName;
    private List<String> alpn = List.of();
    private boolean tls13;
    private boolean forQuic;

    /** All bytes so far, from the buffer's position to its limit, which stay as they are. */
    public Reading read(ByteBuffer bytes) {
        while (state == Reading.MORE) {
            int start = bytes.position() + at;
            int left = bytes.limit() - start;
            Refusal wrong = badHeader(bytes, start, Math.min(left, RECORD_HEADER));
            if (wrong != null)
                return refuse(wrong);
            if (left < RECORD_HEADER)
                return Reading.MORE;
            int length = bytes.getShort(start + 3) & 0xffff;
            if (length == 0 || length > MAX_FRAGMENT)
                return refuse(Refusal.TLS_RECORD); // an empty fragment of a handshake: RFC 8446, section 5.1
            if (at + RECORD_HEADER + length > MAX_BYTES)
                return refuse(Refusal.TOO_LONG);
            if (left < RECORD_HEADER + length)
                return Reading.MORE;
            int had = message.length;
            message = Arrays.copyOf(message, had + length);
            bytes.get(start + RECORD_HEADER, message, had, length);
            at += RECORD_HEADER + length;
            message();
        }
        return state;
    }

    /** Why it was refused; null before. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /** The DNS name asked for, in lower case; null if the client named none. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** The application protocols offered, the preferred one first; each byte one character. */
    public List<String> alpn() {
        return alpn;
    }

    /** How many bytes the hello took, of those given; what follows is early data. */
    public int length() {
        return at;
    }

    boolean offersTls13() {
        return tls13;
    }

    /** Whether it has what only a hello inside QUIC has (RFC 9001, section 8.2). */
    boolean isForQuic() {
        return forQuic;
    }

    /** A hello that came without records: in QUIC's CRYPTO frames. Complete, or not yet. */
    Reading readMessage(byte[] bytes, int length) {
        if (state == Reading.MORE) {
            message = Arrays.copyOf(bytes, length);
            message();
        }
        return state;
    }

    private Reading refuse(Refusal why) {
        refusal = why;
        state = Reading.REFUSED;
        message = NONE;
        return state;
    }

    /** What can be said after each byte of a record's header, so that a stranger learns of it with the first. */
    private @Nullable Refusal badHeader(ByteBuffer bytes, int start, int known) {
        if (known > 0 && bytes.get(start) != HANDSHAKE) {
            if (at > 0)
                return Refusal.TLS_RECORD;
            if (bytes.get(start) >= 0)
                return Refusal.NOT_TLS;
            // RFC 5246, appendix E.2: a length with its highest bit set, the type, the version
            if (known < 3)
                return null;
            return bytes.get(start + 2) == CLIENT_HELLO ? Refusal.SSL_2 : Refusal.NOT_TLS;
        }
        // The version of a record says nothing (RFC 8446, section 5.1), but hellos have these.
        boolean known1 = known < 2 || bytes.get(start + 1) == 3;
        boolean known2 = known < 3 || bytes.get(start + 2) >= 0 && bytes.get(start + 2) <= 3;
        if (known1 && known2)
            return null;
        return at == 0 ? Refusal.NOT_TLS : Refusal.TLS_RECORD;
    }

    private void message() {
        if (message.length > 0 && message[0] != CLIENT_HELLO) {
            refuse(Refusal.NOT_TLS);
            return;
        }
        if (message.length < MESSAGE_HEADER)
            return;
        Cursor header = new Cursor(message, 1, message.length);
        int length = header.u24();
        if (length > MAX_BYTES - MESSAGE_HEADER) {
            refuse(Refusal.TOO_LONG);
        } else if (header.left() > length) {
            refuse(Refusal.TLS_MALFORMED);
        } else if (header.left() == length) {
            Refusal wrong = body(header);
            state = wrong == null ? Reading.OK : refuse(wrong);
            message = NONE;
        }
    }

    private @Nullable Refusal body(Cursor body) {
        int version = body.u16();
        body.skip(32);
        Cursor session = body.part(body.u8());
        Cursor suites = body.part(body.u16());
        Cursor compressions = body.part(body.u8());
        boolean uncompressed = false;
        while (compressions.left() > 0)
            uncompressed |= compressions.u8() == 0;
        if (body.broken() || session.left() > 32 || suites.left() == 0 || suites.left() % 2 != 0 || !uncompressed)
            return Refusal.TLS_MALFORMED;
        if (version < TLS_1_0 || version > TLS_1_2)
            return Refusal.TLS_VERSION;
        if (body.left() == 0)
            return null; // as before RFC 3546
        Cursor extensions = body.part(body.u16());
        return body.done() ? extensions(extensions) : Refusal.TLS_MALFORMED;
    }

    private @Nullable Refusal extensions(Cursor extensions) {
        int[] seen = new int[MAX_EXTENSIONS];
        for (int count = 0; extensions.left() > 0; count++) {
            int type = extensions.u16();
            Cursor data = extensions.part(extensions.u16());
            if (extensions.broken() || count == MAX_EXTENSIONS)
                return Refusal.TLS_MALFORMED;
            for (int i = 0; i < count; i++)
                if (seen[i] == type)
                    return Refusal.TLS_REPEATED_EXTENSION;
            seen[count] = type;
            Refusal wrong = switch (type) {
                case SERVER_NAME -> serverName(data);
                case ALPN -> alpn(data);
                case SUPPORTED_VERSIONS -> versions(data);
                // RFC 8446, section 4.2.11: the last, since it covers all before it
                case PRE_SHARED_KEY -> extensions.left() == 0 ? null : Refusal.TLS_MALFORMED;
                default -> null;
            };
            if (wrong != null)
                return wrong;
            forQuic |= type == QUIC_TRANSPORT_PARAMETERS;
        }
        return null;
    }

    private @Nullable Refusal serverName(Cursor data) {
        Cursor list = data.part(data.u16());
        int type = list.u8();
        byte[] name = list.take(list.u16());
        if (!data.done() || list.broken() || type != 0)
            return Refusal.TLS_MALFORMED;
        serverName = HostName.dns(new String(name, StandardCharsets.ISO_8859_1));
        return list.left() > 0 || serverName == null ? Refusal.SERVER_NAME : null;
    }

    private @Nullable Refusal alpn(Cursor data) {
        Cursor list = data.part(data.u16());
        List<String> names = new ArrayList<>();
        while (list.left() > 0) {
            byte[] name = list.take(list.u8());
            if (list.broken() || name.length == 0)
                return Refusal.TLS_MALFORMED;
            names.add(new String(name, StandardCharsets.ISO_8859_1));
        }
        alpn = List.copyOf(names);
        return data.done() && !names.isEmpty() ? null : Refusal.TLS_MALFORMED;
    }

    private @Nullable Refusal versions(Cursor data) {
        Cursor list = data.part(data.u8());
        if (!data.done() || list.left() == 0 || list.left() % 2 != 0)
            return Refusal.TLS_MALFORMED;
        boolean any = false;
        while (list.left() > 0) {
            int version = list.u16();
            any |= version >= TLS_1_0 && version <= TLS_1_3;
            tls13 |= version == TLS_1_3;
        }
        return any ? null : Refusal.TLS_VERSION;
    }
}
