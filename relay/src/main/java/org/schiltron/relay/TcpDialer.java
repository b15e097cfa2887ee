package org.schiltron.relay;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * Legs of the route {@code proximity}: this node is ingress and egress, and a leg is a TCP connection from a socket
 * bound to the source address and one of the source ports that the ring lets through.
 */
public final class TcpDialer implements LegDialer {
    /** What the kernel may hold of a leg in each direction, bytes. */
    public static final int SOCKET_BYTES = 256 * 1024;

    private final int socketBytes;
    private final LegPorts ports = new LegPorts();

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
        return ports.open(request.address(),
                (port, released) -> connect(watching, request.address(), port, events, released));
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
            if (port > 0)
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            LegPorts.bind(channel, address, port);
            return TcpEnd.connecting(loop, channel, address, events, released);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
