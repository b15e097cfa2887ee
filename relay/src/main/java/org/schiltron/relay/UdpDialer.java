package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;

/**
 * Datagram legs from this node: a connected socket for each flow, so that the kernel lets in the backend's datagrams
 * only, bound to the source address and one of the source ports that the ring lets through.
 */
public final class UdpDialer implements DatagramDialer {
    private static final int TURN_DATAGRAMS = 32;

    private final LegPorts ports = new LegPorts();

    @Override
    public DatagramLeg dial(LegDialer.Loop loop, Request request, DatagramLeg.Events events) throws IOException {
        if (!(loop instanceof EventLoop watching))
            throw new IllegalArgumentException("UDP legs live on loops that watch sockets");
        return ports.open(request.address(),
                (port, released) -> new Socket(watching, request.address(), port, events, released));
    }

    private static final class Socket implements DatagramLeg, EventLoop.Ready {
        private final EventLoop loop;
        private final DatagramChannel channel;
        private final Events events;
        private final Runnable released;

        Socket(EventLoop loop, LegAddress address, int port, Events events, Runnable released) throws IOException {
            this.loop = loop;
            this.events = events;
            this.released = released;
            this.channel = DatagramChannel.open();
            try {
                channel.configureBlocking(false);
                LegPorts.bind(channel, address, port);
                channel.connect(address.remote());
                loop.register(channel, SelectionKey.OP_READ, this);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }

        @Override
        public void ready(SelectionKey key) {
            for (int i = 0; i < TURN_DATAGRAMS && key.isValid(); i++) {
                ByteBuffer datagram = loop.scratch();
                try {
                    if (channel.read(datagram) <= 0)
                        return;
                } catch (IOException e) {
                    return; // port unreachable, said once for each datagram that was sent
                }
                events.received(datagram.flip());
            }
        }

        @Override
        public void broken() {
            close();
        }

        @Override
        public boolean send(ByteBuffer datagram) {
            try {
                return channel.write(datagram) > 0; // an empty one is not sent: the JDK's channels cannot
            } catch (IOException e) {
                return false; // no room, or the last one was refused by the backend's host
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // nothing is left to be done with it
            }
            released.run();
        }
    }
}
