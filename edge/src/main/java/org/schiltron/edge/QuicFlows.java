package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which flow a QUIC datagram belongs to that comes from a source nobody knows: a NAT has given the client another
 * port, or the client moved. Connection ids tell, as far as the edge has seen them: those of long headers. Ids that
 * the backend gives later are encrypted, so a client that moves on purpose, to an id it has not used before, is not
 * found, and connects anew.
 *
 * <p>An id is no secret to its own client, who may forge a source: the new source has proved nothing, and needs a
 * {@link QuicPath} of its own.
 *
 * <p>May be used by several threads.
 *
 * @param <F> a flow; equality is the object's own affair
 */
public final class QuicFlows<F> {
    private final int capacity;
    private final TreeMap<byte[], F> byId = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<F, List<byte[]>> idsOf = new LinkedHashMap<>();
    /** How many ids have each length. */
    private final int[] lengths = new int[QuicPacket.MAX_ID + 1];
    private final QuicPacket packet = new QuicPacket();

    /** @param capacity ids; when full, newcomers are not found once they move */
    public QuicFlows(int capacity) {
        this.capacity = capacity;
    }

    /** An id that two flows claim stays the first one's. */
    public synchronized void learn(List<byte[]> ids, F flow) {
        for (byte[] id : ids) {
            if (byId.size() >= capacity || id.length == 0 || id.length > QuicPacket.MAX_ID
                    || byId.putIfAbsent(id, flow) != null)
                continue;
            lengths[id.length]++;
            idsOf.computeIfAbsent(flow, f -> new ArrayList<>()).add(id);
        }
    }

    public synchronized @Nullable F find(ByteBuffer datagram) {
        if (!packet.read(datagram, datagram.position()))
            return null;
        if (packet.type != QuicPacket.Type.SHORT)
            return byId.get(packet.destination(datagram));
        for (int length = lengths.length - 1; length > 0; length--) {
            if (lengths[length] == 0 || packet.destinationAt + length > datagram.limit())
                continue;
            F flow = byId.get(QuicPacket.bytes(datagram, packet.destinationAt, length));
            if (flow != null)
                return flow;
        }
        return null;
    }

    public synchronized void forget(F flow) {
        List<byte[]> ids = idsOf.remove(flow);
        if (ids == null)
            return;
        for (byte[] id : ids) {
            byId.remove(id);
            lengths[id.length]--;
        }
    }

    /** Ids known. */
    public synchronized int size() {
        return byId.size();
    }
}
