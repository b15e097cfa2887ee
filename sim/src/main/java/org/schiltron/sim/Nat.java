package org.schiltron.sim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * A home router's address translation for one node: one public port per local socket for as long as any of its flows
 * lives (endpoint-independent mapping), and only remotes that the socket sent to within the idle time may send to it
 * (address- and port-dependent filtering); RFC 4787, sections 4.1 and 5. Datagrams in both directions keep a flow
 * alive.
 *
 * <p>Bound: {@value #MAX_FLOWS} flows; when there are more, the one unused the longest is forgotten.
 */
final class Nat {
    static final int BLOCKED = -1;
    private static final int MAX_FLOWS = 4_096;
    private static final int FIRST_PORT = 1_024;

    private final long idleNs;
    private final RandomSource random;
    private final Path publicAddress = new Path();
    private final int[] publicPorts;
    private final long[] usedNs;
    private final Path flow = new Path();
    private int entry;
    private final Map<Path, long[]> flows = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, long[]> eldest) {
            return size() > MAX_FLOWS;
        }
    };

    /** @param sockets how many the node has */
    Nat(Path publicAddress, int sockets, long idleNs, RandomSource random) {
        this.idleNs = idleNs;
        this.random = random;
        publicPorts = new int[sockets];
        usedNs = new long[sockets];
        rebind(publicAddress);
    }

    Path publicAddress() {
        return publicAddress;
    }

    /** Of the public address, in the {@link AddressTable}. */
    int entry() {
        return entry;
    }

    void setEntry(int newEntry) {
        entry = newEntry;
    }

    /** Forgets every mapping and takes another public address. */
    void rebind(Path newPublicAddress) {
        publicAddress.set(0, newPublicAddress.addressHigh(), newPublicAddress.addressLow(), 0);
        flows.clear();
        Arrays.fill(publicPorts, 0);
    }

    /** A datagram leaves from a local socket: writes its public source into {@code source}. */
    void outgoing(long nowNs, int socket, Path to, Path source) {
        if (!isMapped(socket, nowNs))
            publicPorts[socket] = freshPort();
        usedNs[socket] = nowNs;
        flow.set(socket, to.addressHigh(), to.addressLow(), to.port());
        long[] flowUsedNs = flows.get(flow);
        if (flowUsedNs == null)
            flows.put(flow.copy(), new long[]{nowNs});
        else
            flowUsedNs[0] = nowNs;
        source.set(0, publicAddress.addressHigh(), publicAddress.addressLow(), publicPorts[socket]);
    }

    /** A datagram comes in for a public port: the local socket, or {@link #BLOCKED}. */
    int incoming(long nowNs, Path from, int publicPort) {
        for (int socket = 0; socket < publicPorts.length; socket++) {
            if (publicPorts[socket] != publicPort || !isMapped(socket, nowNs))
                continue;
            flow.set(socket, from.addressHigh(), from.addressLow(), from.port());
            long[] flowUsedNs = flows.get(flow);
            if (flowUsedNs == null || nowNs - flowUsedNs[0] >= idleNs)
                return BLOCKED;
            flowUsedNs[0] = nowNs;
            usedNs[socket] = nowNs;
            return socket;
        }
        return BLOCKED;
    }

    private boolean isMapped(int socket, long nowNs) {
        return publicPorts[socket] != 0 && nowNs - usedNs[socket] < idleNs;
    }

    private int freshPort() {
        while (true) {
            int port = FIRST_PORT + random.nextInt(65_536 - FIRST_PORT);
            boolean taken = false;
            for (int other : publicPorts)
                taken |= other == port; // the old port too: a new mapping shows
            if (!taken)
                return port;
        }
    }
}
