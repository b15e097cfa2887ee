package org.schiltron.swarm;

import org.schiltron.machine.ReplayWindow;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.Handshake;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.Enrolled;

/** What one enrolment at a ring node gave: a number, MAC keys, counters. */
final class RingKeys {
    private final int number;
    private final int requestsPerSecond;
    private final SipHash out;
    private final SipHash in;
    private final ReplayWindow window = new ReplayWindow();
    private long outCounter;

    /** From a finished handshake and its last payload. */
    RingKeys(Handshake handshake, byte[] payload) {
        number = Enrolled.number(payload);
        requestsPerSecond = Enrolled.requestsPerSecond(payload);
        out = SipHash.fromKey(handshake.secret(Enrol.OUT_KEY, 16), 0);
        in = SipHash.fromKey(handshake.secret(Enrol.IN_KEY, 16), 0);
    }

    int number() {
        return number;
    }

    int requestsPerSecond() {
        return requestsPerSecond;
    }

    SipHash out() {
        return out;
    }

    SipHash in() {
        return in;
    }

    boolean accept(long counter) {
        return window.accept(counter);
    }

    long nextOutCounter() {
        return outCounter++;
    }
}
