package org.schiltron.swarm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * What a service's answer says inside the handshake's second message: the mailboxes both directions begin with, all of
 * the same weight, and where they stand in the service's swarm list.
 *
 * <pre>
 * 0 version (1)      1
 * 1 count (1)        1..50
 * 2 list index (2), address (16), port (2)   x count
 * </pre>
 */
record ReplyMessage(int[] members, List<Path> addresses) {
    static final int MAX_MEMBERS = 50;

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(2 + 20 * members.length);
        out.put((byte) HelloMessage.VERSION).put((byte) members.length);
        for (int i = 0; i < members.length; i++) {
            out.putShort((short) members[i]);
            HelloMessage.putAddress(out, addresses.get(i));
        }
        return out.array();
    }

    /** Null if malformed. */
    static @Nullable ReplyMessage decode(byte[] payload) {
        if (payload.length < 22 || payload[0] != HelloMessage.VERSION)
            return null;
        int count = payload[1];
        if (count < 1 || count > MAX_MEMBERS || payload.length != 2 + 20 * count)
            return null;
        ByteBuffer in = ByteBuffer.wrap(payload, 2, payload.length - 2);
        int[] members = new int[count];
        List<Path> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members[i] = in.getShort() & 0xffff;
            if (members[i] >= MailboxDirectory.MAX_SIZE)
                return null;
            for (int j = 0; j < i; j++)
                if (members[j] == members[i])
                    return null;
            addresses.add(HelloMessage.getAddress(in));
        }
        return new ReplyMessage(members, addresses);
    }
}
