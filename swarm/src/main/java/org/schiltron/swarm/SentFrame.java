package org.schiltron.swarm;

/** Part of a packet that must arrive: what to do when its fate is known. Exactly one of onAcked and onLost is called, once. */
interface SentFrame {
    void onAcked();

    void onLost();

    /** The frame, if it stands for itself; empty if its stream knows. */
    default byte[] owed() {
        return new byte[0];
    }
}
