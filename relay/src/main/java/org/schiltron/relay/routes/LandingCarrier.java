package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.schiltron.edge.CarrierEnd;
import org.schiltron.relay.EventLoop;

/** A carrier's connection at the landing. Keeps what the connection does not take of one record. */
final class LandingCarrier implements EventLoop.Ready {
    /** After the last that is said here, the other end has so long to end. */
    private static final long LEAVE_NS = 5_000_000_000L;

    private final Landing landing;
    private final SocketChannel channel;
    private final int handle;
    private final SelectionKey key;
    private byte[] left = {};
    private boolean leaving;
    private boolean ended;

    LandingCarrier(Landing landing, SocketChannel channel, int handle) throws IOException {
        this.landing = landing;
        this.channel = channel;
        this.handle = handle;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = landing.loop().register(channel, SelectionKey.OP_READ, this);
    }

    @Override
    public void ready(SelectionKey ready) {
        int ops = ready.readyOps();
        if ((ops & SelectionKey.OP_READ) != 0)
            readSome();
        if ((ops & SelectionKey.OP_WRITE) != 0 && channel.isOpen())
            send();
        landing.touch();
    }

    private void readSome() {
        byte[] bytes = landing.buffers().in;
        int count;
        try {
            count = channel.read(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            count = -1;
        }
        if (leaving) {
            if (count < 0)
                close();
        } else if (count < 0)
            landing.machine().lost(landing.loop().nowNs(), handle);
        else
            landing.machine().onBytes(landing.loop().nowNs(), handle, bytes, 0, count);
    }

    @Override
    public void broken() {
        landing.machine().lost(landing.loop().nowNs(), handle);
        landing.touch();
        close();
    }

    /** What the leg has to say over it, as far as the connection takes it. */
    void send() {
        byte[] record = landing.buffers().out;
        try {
            while (channel.isOpen()) {
                if (left.length > 0) {
                    ByteBuffer rest = ByteBuffer.wrap(left);
                    channel.write(rest);
                    left = Arrays.copyOfRange(left, rest.position(), left.length);
                    if (left.length > 0)
                        break;
                }
                int length = leaving ? 0 : landing.machine().take(landing.loop().nowNs(), handle, record, 0);
                if (length == 0)
                    break;
                ByteBuffer bytes = ByteBuffer.wrap(record, 0, length);
                channel.write(bytes);
                left = Arrays.copyOfRange(record, bytes.position(), length);
            }
            if (!key.isValid())
                return;
            key.interestOps(SelectionKey.OP_READ | (left.length > 0 ? SelectionKey.OP_WRITE : 0));
            if (leaving && left.length == 0 && !ended) {
                ended = true;
                channel.shutdownOutput();
            }
        } catch (IOException e) {
            if (leaving)
                close();
            else
                landing.machine().lost(landing.loop().nowNs(), handle);
        }
    }

    /** The leg needs it no more: what was taken goes out, then it ends. */
    void leave(CarrierEnd reason) {
        leaving = true;
        if (reason == CarrierEnd.LOST) {
            close();
            return;
        }
        send();
        landing.loop().after(LEAVE_NS, this::close);
    }

    private void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
