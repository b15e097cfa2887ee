package org.schiltron.sim;

/** Who keeps what a link carries, as a packet capture at its far end would. */
@FunctionalInterface
public interface Capture {
    /**
     * Called when the datagram enters, in that order; where a link reorders, the times do not ascend.
     *
     * @param exitNs   when it comes out
     * @param datagram as it comes out; good until this returns
     */
    void onDatagram(long exitNs, Datagram datagram);
}
