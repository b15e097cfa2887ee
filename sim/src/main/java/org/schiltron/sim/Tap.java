package org.schiltron.sim;

/**
 * Someone who sits on a link and sees every datagram as it enters, before the link queues or loses it. Sees, changes
 * bytes in place, drops, holds back; to replay or inject, it copies what it saw and uses {@link Link#inject} (the same
 * link, past its taps) or {@link Simulation#send} (elsewhere, from any source address).
 */
@FunctionalInterface
public interface Tap {
    /** Let it pass. */
    long PASS = 0;
    /** Take it. */
    long DROP = -1;

    /**
     * @param datagram good until this returns
     * @return {@link #PASS}, {@link #DROP}, or for how many nanoseconds to hold it back (later taps of the link do
     *         not see it then)
     */
    long onDatagram(long nowNs, Datagram datagram);
}
