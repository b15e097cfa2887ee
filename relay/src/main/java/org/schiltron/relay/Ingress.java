package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.ProxyProtocol;

/** What the connections of one entrance have in common. */
final class Ingress {
    private final EdgeServer edge;
    private final TcpEntrance entrance;
    private final @Nullable TlsContext tls;

    Ingress(EdgeServer edge, TcpEntrance entrance, @Nullable TlsContext tls) {
        this.edge = edge;
        this.entrance = entrance;
        this.tls = tls;
    }

    EdgeCounters counters() {
        return edge.counters();
    }

    EdgeLimits limits() {
        return edge.limits();
    }

    @Nullable
    ServiceLegs service(String name) {
        return edge.service(name);
    }

    Opening opening(Client client) {
        return entrance.opening().open(client);
    }

    /** What tells the backend who the client is. */
    byte[] header(Client client, Opening admitted) {
        TlsFacts facts = client.tls();
        String name = admitted.serverName();
        String protocol = admitted.protocol();
        return ProxyProtocol.forAddress(false, client.remote(), client.local(),
                name == null && facts != null ? facts.serverName() : name,
                protocol == null && facts != null ? facts.protocol() : protocol);
    }

    boolean endsTls() {
        return tls != null;
    }

    /** Takes the socket over. */
    End clientEnd(EventLoop loop, SocketChannel channel, End.Events events) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        int socketBytes = limits().socketBytes();
        if (socketBytes > 0)
            channel.setOption(StandardSocketOptions.SO_SNDBUF, socketBytes);
        return tls == null
                ? TcpEnd.accepted(loop, channel, events)
                : TlsEnd.accepted(loop, channel, tls, events);
    }

    static InetSocketAddress addressOf(@Nullable SocketAddress address) throws IOException {
        if (address instanceof InetSocketAddress known)
            return known;
        throw new ClosedChannelException();
    }

    void reclaimLegs(ServiceLegs wanted) {
        edge.reclaimLegs(wanted);
    }

    void left(SourcePrefix prefix, Shard shard) {
        edge.left(prefix, shard);
    }
}
