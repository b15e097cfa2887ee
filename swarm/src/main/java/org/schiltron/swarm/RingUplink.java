package org.schiltron.swarm;

import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** A ring node as a way to mailboxes, with what {@link RingDesk} notes about it. */
final class RingUplink implements Uplink {
    final RingLink link;
    final Path address;
    long healthySinceNs = -1; // -1: not healthy
    boolean retired;
    long startedNs = -1; // when it was first looked at
    long leftNs; // when other ring nodes took its place
    int number; // the customer number it gave, to notice a restart
    private double excessLoss;
    private int compared;

    RingUplink(RingLink link, Path address) {
        this.link = link;
        this.address = address;
    }

    @Override
    public boolean ready() {
        return link.ready();
    }

    @Override
    public long begin(TransmitSink sink, int shard, Path mailbox) {
        return link.begin(sink, shard, mailbox);
    }

    @Override
    public void end(TransmitSink sink, int length) {
        link.end(sink, length);
    }

    @Override
    public double loss() {
        return link.pingLoss();
    }

    @Override
    public long rttNs() {
        return link.rttNs();
    }

    /** At one of its mailboxes so much more is lost by this way than by the other; negative if less. */
    void compared(double more) {
        excessLoss += more;
        compared++;
    }

    /** Mean of what {@link #compared} was told since the last call. */
    double takeExcessLoss() {
        double mean = compared == 0 ? 0 : excessLoss / compared;
        excessLoss = 0;
        compared = 0;
        return mean;
    }
}
