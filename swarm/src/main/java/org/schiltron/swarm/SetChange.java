package org.schiltron.swarm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A new mailbox set that holds from index {@code start} on (Phalanx 3.2.2).
 *
 * <p>The receiver proposes and then follows both branches, asking for packets from {@code start} on at the mailboxes of
 * both sets, until an authentic packet at an index where the branches differ tells which the sender took. The sender takes
 * the change if it has sent nothing at or after {@code start}, and else ignores it for good. So at most one change is
 * outstanding, and a lost one stalls neither side.
 */
record SetChange(long version, long start, MailboxSet set) {

    byte[] encode() {
        byte[] frame = new byte[18 + 5 * set.size()];
        frame[0] = Frames.SET;
        int at = Varint.write(frame, Varint.write(frame, 1, version), start);
        frame[at++] = (byte) set.size();
        for (int i = 0; i < set.size(); i++) {
            at = Varint.write(frame, at, set.member(i));
            frame[at++] = (byte) set.weight(i);
        }
        return Arrays.copyOf(frame, at);
    }

    /** Reads a SET frame after its type; null if malformed. */
    static @Nullable SetChange read(FrameReader reader) {
        long version = reader.varint();
        long start = reader.varint();
        int count = reader.u8();
        if (reader.failed() || count < 1 || count > MailboxSet.MAX_SIZE)
            return null;
        int[] members = new int[count];
        int[] weights = new int[count];
        for (int i = 0; i < count; i++) {
            members[i] = reader.varintUpTo(MailboxDirectory.MAX_SIZE - 1);
            weights[i] = reader.u8();
            if (reader.failed() || weights[i] == 0)
                return null;
            for (int j = 0; j < i; j++)
                if (members[j] == members[i])
                    return null;
        }
        return new SetChange(version, start, new MailboxSet(members, weights));
    }
}
