package org.schiltron.bgp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of octets into messages. Holds one message of at most 4,096 octets, which it has not seen the end of.
 * After an exception there is no telling where the next message begins: the connection has to end.
 */
final class Messages {
    /** @param body what follows the header; good until the next call */
    record Message(MessageType type, ByteBuffer body) {
    }

    private final ByteBuffer buffer = ByteBuffer.allocate(MessageType.MAX_BYTES);

    void clear() {
        buffer.clear();
    }

    /**
     * Takes octets from {@code from} up to the end of one message.
     *
     * @return null if more octets are needed; all there were have been taken
     * @throws MalformedException message header error (RFC 4271 section 6.1)
     */
    @Nullable
    Message next(ByteBuffer from) throws MalformedException {
        take(from, MessageType.HEADER_BYTES);
        for (int i = 0; i < Math.min(buffer.position(), MessageType.MARKER_BYTES); i++)
            if (buffer.get(i) != -1)
                throw new MalformedException(Notification.of(Notification.HEADER_ERROR, 1),
                        "what came is not BGP: octet " + i + " of the marker is not 255");
        if (buffer.position() < MessageType.HEADER_BYTES)
            return null;
        int length = buffer.getShort(MessageType.MARKER_BYTES) & 0xffff;
        int code = buffer.get(MessageType.HEADER_BYTES - 1) & 0xff;
        MessageType type = MessageType.of(code);
        if (length < MessageType.HEADER_BYTES || length > MessageType.MAX_BYTES
                || (type != null && !type.mayBe(length)))
            throw new MalformedException(Notification.of(Notification.HEADER_ERROR, 2, length),
                    "a message of " + length + " octets" + (type == null ? "" : " of type " + type));
        if (type == null)
            throw new MalformedException(
                    new Notification(Notification.HEADER_ERROR, 3, new byte[]{(byte) code}),
                    "a message of unknown type " + code);
        take(from, length);
        if (buffer.position() < length)
            return null;
        ByteBuffer body = buffer.slice(MessageType.HEADER_BYTES, length - MessageType.HEADER_BYTES);
        buffer.clear();
        return new Message(type, body);
    }

    /** Until so many octets are held. */
    private void take(ByteBuffer from, int total) {
        int count = Math.min(total - buffer.position(), from.remaining());
        if (count <= 0)
            return;
        buffer.put(buffer.position(), from, from.position(), count);
        buffer.position(buffer.position() + count);
        from.position(from.position() + count);
    }
}
