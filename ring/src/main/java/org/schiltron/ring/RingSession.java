package org.schiltron.ring;

import org.schiltron.machine.ReplayWindow;
import org.schiltron.machine.SipHash;

/** The keys of one enrolment, and its counters. */
final class RingSession {
    /** Of what the customer sends. */
    final SipHash outKey;
    /** Of what the ring node sends. */
    final SipHash inKey;
    final ReplayWindow window = new ReplayWindow();
    private long inCounter;

    RingSession(SipHash outKey, SipHash inKey) {
        this.outKey = outKey;
        this.inKey = inKey;
    }

    long nextInCounter() {
        return inCounter++;
    }
}
