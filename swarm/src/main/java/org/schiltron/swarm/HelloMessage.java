package org.schiltron.swarm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * What a client's hello says inside the handshake's first message.
 *
 * <pre>
 *  0 version (1)            1
 *  1 reply secret (32)      of the nonces under which the answer is to be left
 * 33 count (1)              1..4
 * 34 mailbox (16 + 2) x count   where the client waits for the answer
 * </pre>
 *
 * The answer's nonces are those of the keyed sequence of the reply secret; nonce j is waited for at mailbox j mod count.
 */
record HelloMessage(byte[] replySecret, List<Path> mailboxes) {
    static final int VERSION = 1;
    static final int MAX_MAILBOXES = 4;
    /** Most nonces an answer may be left under. */
    static final int MAX_REPLIES = 32;

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(34 + 18 * mailboxes.size());
        out.put((byte) VERSION).put(replySecret).put((byte) mailboxes.size());
        for (Path mailbox : mailboxes)
            putAddress(out, mailbox);
        return out.array();
    }

    /** Null if malformed. */
    static @Nullable HelloMessage decode(byte[] payload) {
        if (payload.length < 34 || payload[0] != VERSION)
            return null;
        int count = payload[33];
        if (count < 1 || count > MAX_MAILBOXES || payload.length != 34 + 18 * count)
            return null;
        ByteBuffer in = ByteBuffer.wrap(payload, 1, payload.length - 1);
        byte[] secret = new byte[32];
        in.get(secret).get();
        List<Path> mailboxes = new ArrayList<>(count);
        for (int i = 0; i < count; i++)
            mailboxes.add(getAddress(in));
        return new HelloMessage(secret, mailboxes);
    }

    static void putAddress(ByteBuffer out, Path address) {
        out.putLong(address.addressHigh()).putLong(address.addressLow()).putShort((short) address.port());
    }

    static Path getAddress(ByteBuffer in) {
        long high = in.getLong();
        long low = in.getLong();
        return new Path(0, high, low, in.getShort() & 0xffff);
    }
}
