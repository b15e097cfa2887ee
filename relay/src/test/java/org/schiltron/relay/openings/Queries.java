package org.schiltron.relay.openings;

import java.nio.ByteBuffer;

/** Queries of DNS. */
final class Queries {
    private Queries() {
    }

    /** For the address of {@code a.example} (RFC 1035, section 4). */
    static byte[] query(int id) {
        return ByteBuffer.allocate(27).putShort((short) id).putShort((short) 0x0100).putShort((short) 1)
                .putShort((short) 0).putInt(0)
                .put(new byte[]{1, 'a', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1}).array();
    }

    /** As it goes over TCP (RFC 7766, section 8). */
    static byte[] framed(byte[] query) {
        return ByteBuffer.allocate(2 + query.length).putShort((short) query.length).put(query).array();
    }

    /** An answer is no query. */
    static byte[] answer(int id) {
        byte[] answer = query(id);
        answer[2] |= (byte) 0x80;
        return answer;
    }
}
