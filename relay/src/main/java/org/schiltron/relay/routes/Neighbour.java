package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Node;
import org.schiltron.edge.ResetReason;
import org.schiltron.edge.Trunk;
import org.schiltron.edge.TrunkClose;
import org.schiltron.relay.EventLoop;

/**
 * Another node as this one sees it: one trunk that is opened when the first stream wants it, with cells at once, and
 * again whenever it was lost, after a time that doubles with each failure. On the node's loop.
 */
final class Neighbour implements TrunkLink.Owner {
    /** Streams that wait for the trunk; a further one is refused. */
    static final int MOST_WAITING = 1_024;

    private static final long LEAST_PAUSE_NS = 100_000_000L;
    private static final long MOST_PAUSE_NS = 10_000_000_000L;
    /** For the connection and the handshake. */
    private static final long CONNECT_NS = 5_000_000_000L;

    private final RouteNode self;
    private final Node node;
    private final ArrayDeque<StreamPort> waiting = new ArrayDeque<>();
    private @Nullable TrunkLink link;
    private @Nullable SocketChannel connecting;
    private boolean underWay;
    private int attempt;
    private int failures;
    private long pauseEndsNs;

    Neighbour(RouteNode self, Node node) {
        this.self = self;
        this.node = node;
    }

    /** Whether a way may lead over it: it is there, or nobody has found out that it is not. */
    boolean isUp() {
        return failures == 0 || self.loop().nowNs() - pauseEndsNs >= 0;
    }

    /** A stream to it, at once or once its trunk is open. */
    StreamPort open(byte[] header) {
        StreamPort port = new StreamPort(header);
        TrunkLink open = link;
        if (open != null && open.isOpen()) {
            if (!open.open(port))
                failLater(port, ResetReason.REFUSED);
        } else if (waiting.size() >= MOST_WAITING || !isUp() && !underWay)
            failLater(port, ResetReason.UNREACHABLE);
        else {
            waiting.add(port);
            connect();
        }
        return port;
    }

    private void failLater(StreamPort port, ResetReason reason) {
        self.loop().execute(() -> port.tellFailed(reason));
    }

    /** Begins to open the trunk, unless it is open or on its way. */
    void connect() {
        if (underWay || self.isClosed())
            return;
        underWay = true;
        attempt++;
        int number = attempt;
        self.loop().after(CONNECT_NS, () -> {
            if (number == attempt && (link == null || !link.isOpen()))
                giveUp();
        });
        // A name is looked up elsewhere: that may wait.
        Thread.ofVirtual().start(() -> {
            InetSocketAddress address;
            try {
                address = new InetSocketAddress(InetAddress.getByName(node.address().host()), node.address().port());
            } catch (IOException e) {
                self.loop().execute(() -> failed(number));
                return;
            }
            self.loop().execute(() -> connect(number, address));
        });
    }

    private void connect(int number, InetSocketAddress address) {
        if (number != attempt || self.isClosed())
            return;
        try {
            SocketChannel channel = SocketChannel.open();
            connecting = channel;
            channel.configureBlocking(false);
            if (channel.connect(address))
                begin(number, channel);
            else
                self.loop().register(channel, SelectionKey.OP_CONNECT, new Connecting(number, channel));
        } catch (IOException e) {
            failed(number);
        }
    }

    private final class Connecting implements EventLoop.Ready {
        private final int number;
        private final SocketChannel channel;

        Connecting(int number, SocketChannel channel) {
            this.number = number;
            this.channel = channel;
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                if (channel.finishConnect())
                    begin(number, channel);
            } catch (IOException e) {
                failed(number);
            }
        }

        @Override
        public void broken() {
            failed(number);
        }
    }

    private void begin(int number, SocketChannel channel) throws IOException {
        connecting = null;
        if (number != attempt) {
            channel.close();
            return;
        }
        Trunk trunk = Trunk.opener(self.config().trunk(), self.config().identity(), node, self.random(),
                self.loop().nowNs());
        link = new TrunkLink(self.loop(), self.buffers(), channel, trunk, this, self.counters());
    }

    private void giveUp() {
        TrunkLink late = link;
        if (late != null)
            late.cut();
        else
            failed(attempt);
    }

    private void failed(int number) {
        if (number != attempt || !underWay)
            return;
        attempt++;
        underWay = false;
        link = null;
        SocketChannel channel = connecting;
        connecting = null;
        if (channel != null)
            close(channel);
        failures++;
        long pauseNs = Math.min(MOST_PAUSE_NS, LEAST_PAUSE_NS << Math.min(10, failures - 1));
        pauseNs -= self.random().nextLong(pauseNs / 4); // nodes that lost one at a time come back one by one
        pauseEndsNs = self.loop().nowNs() + pauseNs;
        if (!self.isClosed())
            self.loop().after(pauseNs, this::connect);
        for (StreamPort port = waiting.poll(); port != null; port = waiting.poll())
            port.tellFailed(ResetReason.UNREACHABLE);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }

    @Override
    public void opened(TrunkLink opened, Node peer) {
        failures = 0;
        for (StreamPort port = waiting.poll(); port != null; port = waiting.poll())
            if (!port.isOver() && !opened.open(port))
                port.tellFailed(ResetReason.REFUSED);
    }

    @Override
    public void streamOpened(StreamPort stream, byte[] header) {
        self.arrivals().arrived(stream, header); // either end of a trunk may open streams
    }

    @Override
    public void closed(TrunkLink closed, TrunkClose reason) {
        if (closed == link)
            failed(attempt);
    }

    @Nullable
    TrunkLink link() {
        return link;
    }
}
