package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a resolver asks: one question in a message that says nothing else but how it is asked.
 *
 * <pre>
 * header       id (2), flags (2), counts of questions, answers, authorities, additional records (2 each)
 * question     labels (1+1..63 each), 0, type (2), class (2)                                RFC 1035, section 4.1
 * additional   name, type (2), class (2), ttl (4), length (2), data                         EDNS, TSIG, SIG(0)
 * </pre>
 *
 * Updates, notifications, zone transfers by IXFR (which show a record) and compressed names, which a question has no
 * use for, do not pass.
 */
final class DnsQuery {
    static final int MIN = 12 + 1 + 4;
    /** In UDP: what passes any path whole. */
    static final int MAX_DATAGRAM = 1_232;
    /** In TCP: keys, padding and signatures make queries longer than 512 bytes, but not by much. */
    static final int MAX_MESSAGE = 4_096;

    private static final int MAX_NAME = 255;
    private static final int MAX_LABEL = 63;
    private static final int MAX_ADDITIONAL = 3;
    private static final int SIG = 24;
    private static final int OPT = 41;
    private static final int TSIG = 250;
    /** Response, opcode, truncated, and the bit that is always zero; answer code. */
    private static final int NOT_IN_A_QUERY = 0x8000 | 0x7800 | 0x0200 | 0x0040 | 0x000f;
    private static final int NOT_A_QUERY = 0x8000 | 0x7800;

    private DnsQuery() {
    }

    /** One datagram. */
    static @Nullable Refusal check(ByteBuffer datagram) {
        if (datagram.remaining() > MAX_DATAGRAM)
            return Refusal.DNS_MALFORMED;
        return check(QuicPacket.bytes(datagram, datagram.position(), datagram.remaining()));
    }

    static @Nullable Refusal check(byte[] message) {
        Cursor query = new Cursor(message, 0, message.length);
        query.skip(2);
        int flags = query.u16();
        if (message.length < MIN || (flags & NOT_A_QUERY) != 0)
            return Refusal.NOT_DNS;
        boolean one = query.u16() == 1 && query.u16() == 0 && query.u16() == 0;
        int additional = query.u16();
        if (!one || (flags & NOT_IN_A_QUERY) != 0 || additional > MAX_ADDITIONAL || !name(query))
            return Refusal.DNS_MALFORMED;
        query.skip(4); // type and class: which of them it answers is the server's affair
        boolean edns = false;
        for (int i = 0; i < additional; i++) {
            int from = query.at();
            boolean named = name(query);
            boolean root = query.at() == from + 1;
            int type = query.u16();
            query.skip(6);
            Cursor data = query.part(query.u16());
            boolean known = switch (type) {
                case OPT -> root && !edns && options(data);
                case SIG -> root;
                case TSIG -> i == additional - 1;
                default -> false;
            };
            if (!named || !known)
                return Refusal.DNS_MALFORMED;
            edns |= type == OPT;
        }
        return query.done() ? null : Refusal.DNS_MALFORMED;
    }

    /** Whether there is a name, uncompressed; it is read. */
    private static boolean name(Cursor query) {
        int from = query.at();
        for (int label = query.u8(); label != 0; label = query.u8()) {
            if (label > MAX_LABEL)
                return false;
            query.skip(label);
        }
        return !query.broken() && query.at() - from <= MAX_NAME;
    }

    /** RFC 6891, section 6.1.2: code (2), length (2), data, as often as there are. */
    private static boolean options(Cursor data) {
        while (data.left() > 0) {
            data.skip(2);
            data.skip(data.u16());
        }
        return data.done();
    }
}
