package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.DatagramVerifier;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.QuicFlows;
import org.schiltron.edge.QuicPath;
import org.schiltron.edge.Reading;
import org.schiltron.relay.PathProof;

/** One source of QUIC: what it sends looks like QUIC, and it proves its address as {@link QuicPath} says. */
final class QuicProof implements PathProof {
    /** Of a datagram that is kept, so that a flow keeps at most 12 KiB; handshakes fit into it (RFC 9000, 14). */
    private static final int MAX_KEPT = 1_500;

    private final QuicPath path;
    private final Predicate<String> byGrant;
    private final QuicFlows<QuicProof> flows;
    private final DatagramVerifier verifier = Protocol.QUIC.datagram();
    private boolean begun;
    private boolean moved;
    private int learned;
    private volatile @Nullable String service;

    /** @param byGrant whether nobody is let in to a service without a grant */
    QuicProof(boolean backendKeepsLimit, Predicate<String> byGrant, QuicFlows<QuicProof> flows) {
        this.path = new QuicPath(backendKeepsLimit);
        this.byGrant = byGrant;
        this.flows = flows;
    }

    /**
     * Whose flow a datagram goes on with that comes from a new source; null if it is nobody's. Only a packet that opens
     * nothing: what opens a connection is read as such, whatever id it shows.
     */
    static @Nullable QuicProof movedFrom(ByteBuffer datagram, QuicFlows<QuicProof> flows) {
        boolean opens = !datagram.hasRemaining() || datagram.get(datagram.position()) < 0;
        return opens ? null : flows.find(datagram);
    }

    /** What it was let in to; null before. */
    @Nullable
    String service() {
        return service;
    }

    @Override
    public boolean onClientDatagram(ByteBuffer datagram) {
        if (!begun)
            moved = movedFrom(datagram, flows) != null;
        begun = true;
        if (!moved && verifier.check(datagram) == Reading.REFUSED)
            return false;
        path.fromClient(datagram);
        return true;
    }

    @Override
    public Fate onBackendDatagram(ByteBuffer datagram) {
        if (!datagram.hasRemaining())
            return Fate.REFUSED;
        if (!path.proved() && datagram.remaining() > MAX_KEPT)
            return Fate.UNPROVED;
        Fate fate = switch (path.fromBackend(datagram)) {
            case PASS -> Fate.PASS;
            case HELD -> Fate.KEPT;
            case DROPPED -> Fate.UNPROVED;
        };
        if (datagram.get(datagram.position()) < 0) // others show no id
            learn(path.ids());
        return fate;
    }

    private void learn(List<byte[]> ids) {
        if (ids.size() > learned) {
            learned = ids.size();
            flows.learn(ids, this);
        }
    }

    @Override
    public @Nullable ByteBuffer poll() {
        byte[] next = path.pollHeld();
        return next == null ? null : ByteBuffer.wrap(next);
    }

    @Override
    public boolean proved() {
        return path.proved();
    }

    @Override
    public void admitted(String to) {
        service = to;
        if (byGrant.test(to))
            path.prove(); // it earned the grant over TCP
    }

    @Override
    public void closed() {
        flows.forget(this);
    }
}
