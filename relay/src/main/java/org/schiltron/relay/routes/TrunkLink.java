package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Node;
import org.schiltron.edge.ResetReason;
import org.schiltron.edge.Trunk;
import org.schiltron.edge.TrunkClose;
import org.schiltron.edge.TrunkEvent;
import org.schiltron.relay.Alarm;
import org.schiltron.relay.EventLoop;

/**
 * A trunk on its TCP connection. Records are made only when the connection takes them: what waits for it waits in the
 * streams, each within its credit, and here at most {@link #BATCH} bytes.
 */
final class TrunkLink implements EventLoop.Ready {
    /** Who is told of streams and of the end. */
    interface Owner {
        void opened(TrunkLink link, Node peer);

        /** The other end opened a stream. */
        void streamOpened(StreamPort stream, byte[] header);

        /** Told once; all its streams have failed before. */
        void closed(TrunkLink link, TrunkClose reason);
    }

    /** Bytes sealed at once, and the most that wait for a slow connection. */
    private static final int BATCH = 4 * Trunk.MAX_TAKE;
    /** What is read at once. */
    private static final int READS = 4;
    /** A connection that takes nothing is looked at so often, for its silence. */
    private static final long BLOCKED_NS = 100_000_000L;

    private final EventLoop loop;
    private final Buffers buffers;
    private final SocketChannel channel;
    private final Trunk trunk;
    private final Owner owner;
    private final RouteCounters counters;
    private final Alarm alarm;
    private final Map<Integer, StreamPort> streams = new HashMap<>(); // as many as the trunk allows
    private final ArrayDeque<TrunkEvent> events = new ArrayDeque<>();
    private final SelectionKey key;
    private byte[] left = {}; // of a batch that the connection did not take
    private long wasOut;
    private long wasPadding;
    private boolean touched;
    private boolean counted;
    private boolean closed;

    /** @throws IOException if the connection is gone already */
    TrunkLink(EventLoop loop, Buffers buffers, SocketChannel channel, Trunk trunk, Owner owner,
            RouteCounters counters) throws IOException {
        this.loop = loop;
        this.buffers = buffers;
        this.channel = channel;
        this.trunk = trunk;
        this.owner = owner;
        this.counters = counters;
        alarm = new Alarm(loop, this::drive);
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = loop.register(channel, SelectionKey.OP_READ, this);
        touch();
    }

    Trunk trunk() {
        return trunk;
    }

    boolean isOpen() {
        return trunk.isOpen();
    }

    /** Opens a stream for a port that waits; false if the other end allows no more. */
    boolean open(StreamPort port) {
        int id = trunk.openStream(port.header);
        if (id == 0)
            return false;
        streams.put(id, port);
        counters.streamsOpened.increment();
        touch();
        port.opened(this, id);
        return true;
    }

    /** The port needs no more events. */
    void forget(int stream) {
        if (streams.remove(stream) != null)
            counters.streamsClosed.increment();
    }

    /** Something was asked of the trunk: what follows is done at the end of this round. */
    void touch() {
        if (touched || closed)
            return;
        touched = true;
        loop.execute(() -> {
            touched = false;
            drive();
        });
    }

    @Override
    public void ready(SelectionKey ready) {
        int ops = ready.readyOps();
        if ((ops & SelectionKey.OP_READ) != 0)
            readSome();
        if (!closed)
            drive();
    }

    private void readSome() {
        byte[] bytes = buffers.in;
        for (int i = 0; i < READS && !closed; i++) {
            int count;
            try {
                count = channel.read(ByteBuffer.wrap(bytes));
            } catch (IOException e) {
                count = -1;
            }
            if (count < 0)
                trunk.onConnectionEnd();
            else if (count > 0)
                trunk.onBytes(loop.nowNs(), bytes, 0, count);
            settle();
            if (count < bytes.length)
                return;
        }
    }

    @Override
    public void broken() {
        trunk.onConnectionEnd();
        settle();
    }

    private void drive() {
        if (closed)
            return;
        trunk.onTimer(loop.nowNs());
        settle();
        if (!closed)
            flush();
        if (!closed)
            alarm.set(left.length > 0
                    ? loop.nowNs() + BLOCKED_NS
                    : trunk.nextDeadlineNs());
    }

    /** Sends what is due while the connection takes it; what it does not take is the only thing that waits here. */
    private void flush() {
        try {
            while (writeLeft()) {
                byte[] out = buffers.out;
                int length = 0;
                while (length + Trunk.MAX_TAKE <= BATCH) {
                    int taken = trunk.take(loop.nowNs(), out, length);
                    if (taken == 0)
                        break;
                    length += taken;
                }
                count();
                settle();
                if (length == 0 || closed)
                    return;
                ByteBuffer batch = ByteBuffer.wrap(out, 0, length);
                channel.write(batch);
                if (batch.hasRemaining())
                    left = Arrays.copyOfRange(out, batch.position(), length);
            }
        } catch (IOException e) {
            trunk.onConnectionEnd();
            settle();
        }
    }

    private boolean writeLeft() throws IOException {
        if (left.length > 0) {
            ByteBuffer rest = ByteBuffer.wrap(left);
            channel.write(rest);
            left = Arrays.copyOfRange(left, rest.position(), left.length);
        }
        want(left.length > 0);
        return left.length == 0;
    }

    private void want(boolean writable) {
        int ops = SelectionKey.OP_READ | (writable ? SelectionKey.OP_WRITE : 0);
        if (key.isValid() && key.interestOps() != ops)
            key.interestOps(ops);
    }

    private void count() {
        counters.recordsOut.add(trunk.recordsOut() - wasOut);
        counters.paddingOut.add(trunk.paddingOut() - wasPadding);
        wasOut = trunk.recordsOut();
        wasPadding = trunk.paddingOut();
    }

    /**
     * After every call that may have changed the trunk. Streams that were given up are marked first: an event that was
     * told before would else find their end, and take it for one in order.
     */
    private void settle() {
        for (TrunkEvent event = trunk.pollEvent(); event != null; event = trunk.pollEvent()) {
            if (event instanceof TrunkEvent.StreamReset(int stream, ResetReason reason)) {
                StreamPort port = streams.get(stream);
                if (port != null)
                    port.mark(reason);
            } else if (event instanceof TrunkEvent.Closed)
                streams.values().forEach(port -> port.mark(ResetReason.UNREACHABLE));
            events.add(event);
        }
        for (TrunkEvent event = events.poll(); event != null; event = events.poll())
            handle(event);
    }

    private void handle(TrunkEvent event) {
        switch (event) {
            case TrunkEvent.Opened(Node peer) -> {
                counters.trunksOpened.increment();
                counted = true;
                owner.opened(this, peer);
            }
            case TrunkEvent.StreamOpened(int stream, byte[] header) -> {
                StreamPort port = new StreamPort(this, stream);
                streams.put(stream, port);
                counters.streamsOpened.increment();
                owner.streamOpened(port, header);
            }
            case TrunkEvent.StreamReadable(int stream) -> {
                StreamPort port = streams.get(stream);
                if (port != null)
                    port.tellReadable();
            }
            case TrunkEvent.StreamWritable(int stream) -> {
                StreamPort port = streams.get(stream);
                if (port != null)
                    port.tellWritable();
            }
            case TrunkEvent.StreamReset(int stream, ResetReason reason) -> {
                counters.reset(reason);
                StreamPort port = streams.get(stream);
                forget(stream);
                if (port != null)
                    port.tellFailed(reason);
            }
            case TrunkEvent.Closed(TrunkClose reason, boolean _) -> closed(reason);
        }
    }

    private void closed(TrunkClose reason) {
        closed = true;
        alarm.cancel();
        for (StreamPort port : List.copyOf(streams.values()))
            port.tellFailed(ResetReason.UNREACHABLE);
        counters.streamsClosed.add(streams.size());
        streams.clear();
        counters.closed(reason);
        if (counted)
            counters.trunksClosed.increment();
        sayFarewell();
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        owner.closed(this, reason);
    }

    /** The reason, if the connection takes it at once: with cells in the place of the next. */
    private void sayFarewell() {
        if (left.length > 0)
            return;
        try {
            byte[] last = new byte[Trunk.MAX_TAKE];
            int length = trunk.take(loop.nowNs(), last, 0);
            if (length > 0)
                channel.write(ByteBuffer.wrap(last, 0, length));
        } catch (IOException e) {
            // it has gone by itself
        }
    }

    /** In order: the other end is told. */
    void close() {
        if (closed)
            return;
        trunk.close();
        settle();
    }

    /** Without a word, as if this process had died. */
    void cut() {
        trunk.onConnectionEnd();
        settle();
    }

    /** With cells: those not sent because they were late. */
    long cellsMissed() {
        return trunk.cellsMissed();
    }
}
