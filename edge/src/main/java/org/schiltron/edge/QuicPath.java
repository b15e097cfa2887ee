package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One source of a QUIC connection as the edge sees it from outside: whether it has proved its address, and what may
 * be sent to it before. Nothing is decrypted.
 *
 * <p>The proof is a packet to a connection id that the backend chose, of at least 8 bytes, since only who received the
 * backend's packets knows it: after a Retry the client's next Initial, otherwise its first answer (RFC 9000, sections
 * 8.1 and 7.2). An id that the client itself had named is no proof, in case the backend took it over. Until then each
 * byte needs one received ({@link SourceBudget}); what the backend sends beyond is held, at most {@value #MAX_HELD}
 * datagrams (its own limit is three times what it received), then dropped.
 *
 * <p>A backend whose ids are shorter, and a source that came into a connection later, cannot prove themselves so. For
 * these, where the backend is known to keep to RFC 9000, its word may be taken: it sends more than three times what
 * it received only to an address that it has validated itself (sections 8.1 and 9.3). Each source then needs a socket
 * of its own towards the backend, or the backend validates the wrong one.
 *
 * <p>May be used by two threads, one for each direction.
 */
public final class QuicPath {
    /** Datagrams. */
    public static final int MAX_HELD = 8;

    private static final int MIN_PROOF = 8;
    private static final int MAX_IDS = 4;
    /** RFC 9000, section 8.1. */
    private static final int BACKENDS_LIMIT = 3;

    /** What becomes of a datagram of the backend. */
    public enum Fate {
        /** To the client, now. */
        PASS,
        /** Kept here; {@link #pollHeld} gives it when it may go. */
        HELD, DROPPED
    }

    private final boolean backendKeepsLimit;
    private final SourceBudget budget = new SourceBudget();
    private final QuicPacket packet = new QuicPacket();
    /** What the client called the backend before it knew better. */
    private byte[] first = {};
    private final List<byte[]> ids = new ArrayList<>();
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private long offered;

    /** @param backendKeepsLimit whether the backend's word counts, as said above */
    public QuicPath(boolean backendKeepsLimit) {
        this.backendKeepsLimit = backendKeepsLimit;
    }

    /** A datagram of the client, from the buffer's position to its limit; it may allow what is held to go. */
    public synchronized void fromClient(ByteBuffer datagram) {
        budget.received(datagram.remaining());
        if (budget.proved() || !packet.read(datagram, datagram.position()))
            return;
        if (packet.type != QuicPacket.Type.SHORT && first.length == 0)
            first = packet.destination(datagram);
        for (byte[] id : ids)
            if (id.length >= MIN_PROOF && isTo(id, datagram))
                budget.prove();
    }

    private boolean isTo(byte[] id, ByteBuffer datagram) {
        if (packet.type != QuicPacket.Type.SHORT && packet.destinationLength != id.length)
            return false;
        for (int i = 0; i < id.length; i++)
            if (packet.destinationAt + i >= datagram.limit() || datagram.get(packet.destinationAt + i) != id[i])
                return false;
        return true;
    }

    /** A datagram of the backend, from the buffer's position to its limit. */
    public synchronized Fate fromBackend(ByteBuffer datagram) {
        int bytes = datagram.remaining();
        boolean proved = budget.proved();
        if (!proved || ids.isEmpty()) // who has a grant is proved before it has one
            learn(datagram);
        if (!proved) {
            offered += bytes;
            if (backendKeepsLimit && offered > BACKENDS_LIMIT * budget.received())
                budget.prove();
        }
        if (held.isEmpty() && budget.send(bytes))
            return Fate.PASS;
        if (held.size() == MAX_HELD)
            return Fate.DROPPED;
        held.add(QuicPacket.bytes(datagram, datagram.position(), bytes));
        return Fate.HELD;
    }

    private void learn(ByteBuffer datagram) {
        boolean named = packet.read(datagram, datagram.position()) && packet.type != QuicPacket.Type.SHORT
                && packet.type != QuicPacket.Type.NEGOTIATION;
        if (!named || packet.sourceLength == 0 || ids.size() == MAX_IDS)
            return;
        byte[] id = packet.source(datagram);
        if (!Arrays.equals(id, first) && ids.stream().noneMatch(other -> Arrays.equals(id, other)))
            ids.add(id);
    }

    /** The next datagram that was held and may go to the client now; null if there is none. */
    public synchronized byte @Nullable [] pollHeld() {
        byte[] next = held.peek();
        if (next == null || !budget.send(next.length))
            return null;
        return held.poll();
    }

    /** The address was proved in another way: it has a grant, which it earned over TCP. */
    public synchronized void prove() {
        budget.prove();
    }

    public boolean proved() {
        return budget.proved();
    }

    /** Ids by which the backend asked to be called, at most {@value #MAX_IDS}, for {@link QuicFlows}. */
    public synchronized List<byte[]> ids() {
        return List.copyOf(ids);
    }
}
