package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Wire;

/** Of an endpoint: it sends to these addresses and to no other; and how much it asks for and gets. */
final class EndpointWitness implements Observed.Witness {
    private final List<Path> allowed; // may grow
    private final Runnable bounds;
    private int asks;
    private int packets;

    /** @param bounds checked whenever the endpoint is at rest */
    EndpointWitness(List<Path> allowed, Runnable bounds) {
        this.allowed = allowed;
        this.bounds = bounds;
    }

    @Override
    public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
        if (allowed.contains(from) && Wire.checkHeader(s, at, length) == null
                && Wire.type(s, inner(s, at, length)) == Wire.DATA)
            packets++;
    }

    private static long inner(MemorySegment s, long at, int length) {
        byte type = Wire.type(s, at);
        boolean enveloped = (type == Wire.IN || type == Wire.OUT) && length > Envelope.INNER;
        return enveloped ? at + Envelope.INNER : at;
    }

    @Override
    public void sent(long nowNs, Path to, MemorySegment s, long at, int length) {
        if (!allowed.contains(to))
            throw new AssertionError("an endpoint sends to " + to);
        if (length > Wire.MAX_DATAGRAM)
            throw new AssertionError("a datagram of " + length + " bytes");
        long inner = inner(s, at, length);
        if (Wire.type(s, inner) == Wire.GET)
            asks += Get.count(length - (int) (inner - at));
    }

    @Override
    public void drained() {
        bounds.run();
    }

    /** Images asked for since the last call. */
    int takeAsks() {
        int taken = asks;
        asks = 0;
        return taken;
    }

    /** DATA that came since the last call, whether asked for or not. */
    int takePackets() {
        int taken = packets;
        packets = 0;
        return taken;
    }
}
