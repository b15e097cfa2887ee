package org.schiltron.swarm;

import org.schiltron.machine.Counters;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** How datagrams to mailboxes leave: straight from here (a client), or through a ring node (a service). */
interface Uplink {
    /** Whether datagrams can leave now. */
    boolean ready();

    /** Claims room for a datagram to {@code mailbox}; returns the offset in the sink's segment to write it at. */
    long begin(TransmitSink sink, int shard, Path mailbox);

    /** Sends the {@code length} bytes written since {@link #begin}. */
    void end(TransmitSink sink, int length);

    /** Share of recent probes of this way out that were lost, 0 to 1; 0 where there is nothing to probe. */
    double loss();

    /** Round trip to the first relay on the way out, nanoseconds; 0 where there is none or it is not known. */
    long rttNs();

    /** Straight from the socket. */
    final class Direct implements Uplink {
        private final Path to = new Path();
        private final Counters counters;

        Direct(Counters counters) {
            this.counters = counters;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public long begin(TransmitSink sink, int shard, Path mailbox) {
            to.set(mailbox);
            return sink.claim(org.schiltron.wire.Wire.MAX_DATAGRAM);
        }

        @Override
        public void end(TransmitSink sink, int length) {
            counters.out(length);
            sink.commit(to, length);
        }

        @Override
        public double loss() {
            return 0;
        }

        @Override
        public long rttNs() {
            return 0;
        }
    }
}
