package org.schiltron.swarm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A packet on its way: enough to judge its fate, to repeat what it carried, and to put it again as it is. */
final class SentPacket {
    final long index;
    final int member;
    final long order; // among the packets sent through this mailbox
    final boolean eliciting;
    final Cargo cargo;
    final byte[] sealed;
    final long sentNs;
    final boolean waking; // as in PacketBuilder
    /** Put more than once as it is, so that its acknowledgement times nothing (Karn and Partridge 1987). */
    boolean repeated;
    /** The way it was put by last. */
    @Nullable
    MailboxPath path;

    SentPacket(long index, int member, long order, boolean eliciting, boolean waking, Cargo cargo, byte[] sealed,
            long sentNs) {
        this.index = index;
        this.member = member;
        this.order = order;
        this.eliciting = eliciting;
        this.waking = waking;
        this.cargo = cargo;
        this.sealed = sealed;
        this.sentNs = sentNs;
    }

    /** The frames of one packet or of its copies: acknowledged with the first copy, lost with the last. */
    static final class Cargo {
        private final List<SentFrame> frames;
        private int copies = 1;
        private boolean acked;
        private boolean resent;

        Cargo(List<SentFrame> frames) {
            this.frames = frames;
        }

        void copy() {
            copies++;
        }

        int copies() {
            return copies;
        }

        /** It has arrived, or been sent again. */
        boolean isSettled() {
            return acked || resent;
        }

        void onAcked() {
            if (acked)
                return;
            acked = true;
            for (SentFrame frame : frames)
                frame.onAcked();
        }

        /** Adds the control frames, unless they have arrived or go again. */
        void owed(List<byte[]> into) {
            if (isSettled())
                return;
            for (SentFrame frame : frames) {
                byte[] owed = frame.owed();
                if (owed.length > 0)
                    into.add(owed);
            }
        }

        void onLost() {
            if (--copies == 0)
                resend();
        }

        /** It may be lost: the frames go again, while it still counts as under way. */
        void resend() {
            if (acked || resent)
                return;
            resent = true;
            for (SentFrame frame : frames)
                frame.onLost();
        }
    }
}
