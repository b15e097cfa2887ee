package org.schiltron.swarm;

import java.util.List;

/** A packet on its way: enough to judge its fate, to repeat what it carried, and to put it again as it is. */
final class SentPacket {
    final long index;
    final int member;
    final long order; // among the packets sent through this mailbox
    final boolean eliciting;
    final Cargo cargo;
    final byte[] sealed;
    final long sentNs;
    boolean waking; // as in PacketBuilder

    SentPacket(long index, int member, long order, boolean eliciting, Cargo cargo, byte[] sealed, long sentNs) {
        this.index = index;
        this.member = member;
        this.order = order;
        this.eliciting = eliciting;
        this.cargo = cargo;
        this.sealed = sealed;
        this.sentNs = sentNs;
    }

    /** The frames of one packet or of its copies: acknowledged with the first copy, lost with the last. */
    static final class Cargo {
        private final List<SentFrame> frames;
        private int copies = 1;
        private boolean acked;

        Cargo(List<SentFrame> frames) {
            this.frames = frames;
        }

        Cargo copy() {
            copies++;
            return this;
        }

        boolean acked() {
            return acked;
        }

        void onAcked() {
            if (acked)
                return;
            acked = true;
            for (SentFrame frame : frames)
                frame.onAcked();
        }

        void onLost() {
            if (--copies > 0 || acked)
                return;
            for (SentFrame frame : frames)
                frame.onLost();
        }
    }
}
