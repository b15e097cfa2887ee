package org.schiltron.relay;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.NetworkChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds a source port for each leg whose address asks for one. A port is one leg's at a time. One that was used a moment
 * ago may stand in TIME_WAIT towards the same destination, or another program has it; then the next is tried,
 * {@link #TRIES} at most. From any thread.
 */
final class LegPorts {
    private static final int TRIES = 16;
    /** Addresses whose ports are remembered: those of a schedule come and go. */
    private static final int ADDRESSES = 64;

    /**
     * Opens a leg from a port.
     *
     * @param <T> the leg
     */
    interface Attempt<T> {
        /**
         * @param port     0 leaves it to the system
         * @param released to be called once the port is free again; not if this throws
         * @throws BindException if the port cannot be used, but another may
         */
        T open(int port, Runnable released) throws IOException;
    }

    private final Map<LegAddress, SourcePorts> ports = new LinkedHashMap<>();

    /** @throws IOException the attempt's, or that no port is free */
    <T> T open(LegAddress address, Attempt<T> attempt) throws IOException {
        if (!address.bindsPort())
            return attempt.open(0, () -> {
            });
        SourcePorts source = portsOf(address);
        for (int i = 0; i < TRIES; i++) {
            int port = source.take();
            if (port < 0)
                break;
            try {
                return attempt.open(port, () -> source.give(port));
            } catch (BindException e) {
                source.give(port);
            } catch (IOException | RuntimeException e) {
                source.give(port);
                throw e;
            }
        }
        throw new ConnectFailure(EdgeDrop.SOURCE_PORTS);
    }

    /** @throws BindException if the port is in use */
    static void bind(NetworkChannel channel, LegAddress address, int port) throws IOException {
        if (address.local() == null && port == 0)
            return;
        try {
            channel.bind(new InetSocketAddress(address.local(), port));
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains("in use"))
                throw e;
            throw new ConnectFailure(EdgeDrop.SOURCE_ADDRESS);
        }
    }

    private SourcePorts portsOf(LegAddress address) {
        synchronized (ports) {
            SourcePorts known = ports.get(address);
            if (known == null) {
                if (ports.size() >= ADDRESSES)
                    ports.remove(ports.keySet().iterator().next());
                known = new SourcePorts(address.firstPort(), address.lastPort());
                ports.put(address, known);
            }
            return known;
        }
    }
}
