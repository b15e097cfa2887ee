package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of one client address, and those back. Until its client has proved its address, it gets at most as many
 * bytes as it sent: whoever forges a source gains nothing from us.
 *
 * <p>When the service's leg address changes, the next datagram of the client opens another leg; the old one still brings
 * answers until the overlap ends.
 */
final class UdpFlow extends Timed {
    /** What may be kept while an opening wants more, bytes and datagrams. */
    static final int HELD_BYTES = 6 * 1024;
    private static final int HELD_DATAGRAMS = 4;

    final InetSocketAddress client;
    final SourceKey key;
    final SourceKey prefix;
    private final UdpIngress ingress;
    private final PathProof proof;
    private @Nullable DatagramOpening opening;
    private @Nullable ArrayDeque<byte[]> held;
    private int heldBytes;
    private @Nullable ServiceLegs legs;
    private @Nullable DatagramLeg leg;
    private @Nullable DatagramLeg oldLeg;
    private int epoch;
    private byte @Nullable [] header;
    private long creditBytes;
    private boolean proved;
    private boolean closed;

    UdpFlow(UdpIngress ingress, InetSocketAddress client, SourceKey key, SourceKey prefix) {
        this.ingress = ingress;
        this.client = client;
        this.key = key;
        this.prefix = prefix;
        this.proof = ingress.entrance().proof().follow(client);
        this.opening = ingress.entrance().opening().open(client);
    }

    boolean isProved() {
        return proved;
    }

    /** @param datagram in the loop's buffer */
    void fromClient(ByteBuffer datagram) {
        creditBytes += datagram.remaining();
        if (!proof.onClientDatagram(datagram)) {
            ingress.counters().drop(EdgeDrop.DATAGRAM_REFUSED);
            return;
        }
        noteProof();
        for (ByteBuffer kept = proof.poll(); kept != null; kept = proof.poll())
            toClient(kept);
        DatagramOpening looking = opening;
        if (looking != null && !admits(looking, datagram))
            return;
        ArrayDeque<byte[]> before = held;
        if (before != null) {
            byte[] last = new byte[datagram.remaining()];
            datagram.get(last);
            release();
            for (byte[] each : before)
                toBackend(ByteBuffer.wrap(each));
            toBackend(ByteBuffer.wrap(last));
        } else {
            toBackend(datagram);
        }
    }

    private boolean admits(DatagramOpening looking, ByteBuffer datagram) {
        switch (looking.look(datagram)) {
            case OK -> {
                legs = ingress.service(looking.service());
                if (legs == null) {
                    ingress.counters().drop(EdgeDrop.NAME_UNKNOWN);
                    ingress.forget(this);
                    return false;
                }
                opening = null;
                proof.admitted(looking.service());
                if (legs.service.proxyProtocol())
                    header = ingress.header(client);
                return true;
            }
            case MORE -> hold(datagram);
            case LATER, REFUSED -> {
                ingress.counters().drop(EdgeDrop.OPENING_REFUSED);
                ingress.forget(this);
            }
        }
        return false;
    }

    private void hold(ByteBuffer datagram) {
        ArrayDeque<byte[]> kept = held == null ? new ArrayDeque<>(HELD_DATAGRAMS) : held;
        int size = datagram.remaining();
        if (kept.size() == HELD_DATAGRAMS || heldBytes + size > HELD_BYTES
                || ingress.counters().buffered.room() <= ByteQuota.FLOOR) {
            ingress.counters().drop(EdgeDrop.OPENING_TOO_LONG);
            ingress.forget(this);
            return;
        }
        byte[] copy = new byte[size];
        datagram.get(copy);
        kept.add(copy);
        held = kept;
        heldBytes += size;
        ingress.counters().buffered.charge(size);
    }

    private void release() {
        ingress.counters().buffered.charge(-heldBytes);
        heldBytes = 0;
        held = null;
    }

    private void toBackend(ByteBuffer datagram) {
        ServiceLegs service = legs;
        if (service == null || closed)
            return;
        ServiceLegs.Current current = service.current();
        if (leg == null || epoch != current.epoch())
            dial(service, current);
        DatagramLeg way = leg;
        int bytes = datagram.remaining();
        if (way != null && way.send(ingress.behindHeader(header, datagram))) {
            ingress.counters().datagramsToBackend.increment();
            ingress.counters().bytesToBackend.add(bytes);
        } else {
            ingress.counters().drop(EdgeDrop.UNDELIVERED);
        }
    }

    /** If it fails, the old leg goes on, and the next datagram tries again. */
    private void dial(ServiceLegs service, ServiceLegs.Current current) {
        DatagramLeg opened;
        try {
            opened = ingress.entrance().dialer().dial(ingress.loop(), new DatagramDialer.Request(
                    service.service.name(), current.address(), client, ingress.localAddress()), this::fromBackend);
        } catch (IOException e) {
            ingress.counters().drop(leg == null ? ConnectFailure.reason(e) : EdgeDrop.LEG_CHANGE_FAILED);
            return;
        }
        if (oldLeg != null)
            oldLeg.close();
        oldLeg = leg;
        leg = opened;
        epoch = current.epoch();
        if (oldLeg != null)
            ingress.counters().legsChanged.increment();
    }

    private void fromBackend(ByteBuffer datagram) {
        if (closed)
            return;
        PathProof.Fate fate = proof.onBackendDatagram(datagram);
        noteProof();
        switch (fate) {
            case PASS -> toClient(datagram);
            case KEPT -> {
            }
            case UNPROVED -> ingress.counters().drop(EdgeDrop.UNPROVED);
            case REFUSED -> ingress.counters().drop(EdgeDrop.DATAGRAM_REFUSED);
        }
    }

    private void toClient(ByteBuffer datagram) {
        int bytes = datagram.remaining();
        if (!proved && bytes > creditBytes) {
            ingress.counters().drop(EdgeDrop.UNPROVED);
            return;
        }
        creditBytes -= Math.min(bytes, creditBytes);
        ingress.toClient(this, datagram);
    }

    private void noteProof() {
        if (proved || !proof.proved())
            return;
        ingress.proving(this);
        proved = true;
        ingress.proven(this);
    }

    /** What was shown before this epoch of the service is no longer accepted. */
    void overlapEnded(ServiceLegs changed, int before) {
        if (legs != changed)
            return;
        if (oldLeg != null) {
            oldLeg.close();
            oldLeg = null;
        }
        if (epoch < before && leg != null) {
            leg.close();
            leg = null;
        }
    }

    void close() {
        closed = true;
        release();
        proof.closed();
        if (oldLeg != null)
            oldLeg.close();
        if (leg != null)
            leg.close();
    }

    @Override
    void due(long nowNs) {
        ingress.idle(this);
    }
}
