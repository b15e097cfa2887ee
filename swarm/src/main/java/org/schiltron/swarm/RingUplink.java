package org.schiltron.swarm;

import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** A ring node as a way to mailboxes, with what {@link RingDesk} notes about it. */
final class RingUplink implements Uplink {
    final RingLink link;
    final Path address;
    long healthySinceNs = -1; // -1: not healthy
    boolean retired;
    int number; // the customer number it gave, to notice a restart

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
}
