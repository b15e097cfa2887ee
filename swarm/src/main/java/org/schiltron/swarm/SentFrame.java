package org.schiltron.swarm;

/** Part of a packet that must arrive: what to do when its fate is known. Exactly one of the two is called, once. */
interface SentFrame {
    void onAcked();

    void onLost();
}
