package org.schiltron.relay;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Legs of the route {@code proximity}: this node is ingress and egress, and a leg is a TCP connection from a socket
 * bound to the source address and one of the source ports that the ring lets through.
 *
 * <p>A source port is one leg's at a time. One that was used a moment ago may stand in TIME_WAIT towards the same
 * destination; then the next is tried, {@link #TRIES} at most.
 */
public final class TcpDialer implements LegDialer {
    /** What the kernel may hold of a leg in each direction, bytes. */
    static final int SOCKET_BYTES = 256 * 1024;

    private static final int TRIES = 16;

    /** Addresses whose ports are remembered: those of a schedule come and go. */
    private static final int ADDRESSES = 64;

    private final int socketBytes;
    private final Map<LegAddress, SourcePorts> ports = new LinkedHashMap<>();

    /**
     * @param socketBytes what the kernel may hold of a leg in each direction; 0 leaves it to the kernel, which lets it
     *                    grow to several MiB: room for what slow readers asked for
     */
    public TcpDialer(int socketBytes) {
        this.socketBytes = socketBytes;
    }

    @Override
    public Leg dial(Loop loop, Request request, End.Events events) throws IOException {
        if (!(loop instanceof EventLoop watching))
            throw new IllegalArgumentException("TCP legs live on loops that watch sockets");
        LegAddress address = request.address();
        if (!address.bindsPort())
            return connect(watching, address, 0, events, () -> {
            });
        SourcePorts source = portsOf(address);
        for (int i = 0; i < TRIES; i++) {
            int port = source.take();
            if (port < 0)
                break;
            try {
                return connect(watching, address, port, events, () -> source.give(port));
            } catch (PortTaken e) {
                source.give(port);
            } catch (IOException e) {
                source.give(port);
                throw e;
            }
        }
        throw new ConnectFailure(EdgeDrop.SOURCE_PORTS);
    }

    /** Another program has it, or its last connection to the same destination is not forgotten yet. */
    private static final class PortTaken extends IOException {
        private static final long serialVersionUID = 1;
    }

    private Leg connect(EventLoop loop, LegAddress address, int port, End.Events events, Runnable released)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (socketBytes > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, socketBytes);
                channel.setOption(StandardSocketOptions.SO_SNDBUF, socketBytes);
            }
            if (address.local() != null || port > 0)
                bind(channel, address, port);
            return TcpEnd.connecting(loop, channel, address, events, released);
        } catch (BindException e) {
            channel.close();
            throw port > 0 ? new PortTaken() : e;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void bind(SocketChannel channel, LegAddress address, int port) throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
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
