package org.schiltron.ring;

import org.schiltron.machine.Path;
import org.schiltron.machine.ReplayWindow;
import org.schiltron.machine.SipHash;

/** The keys of one enrolment, its counters, and the address that was proved last: what is for the customer goes there. */
final class RingSession {
    /** Of what the customer sends. */
    final SipHash outKey;
    /** Of what the ring node sends. */
    final SipHash inKey;
    final Path address;
    final ReplayWindow window = new ReplayWindow();
    private long inCounter;

    RingSession(SipHash outKey, SipHash inKey, Path address) {
        this.address = address.copy();
        this.outKey = outKey;
        this.inKey = inKey;
    }

    long nextInCounter() {
        return inCounter++;
    }
}
