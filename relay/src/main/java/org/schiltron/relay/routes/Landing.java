package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.schiltron.edge.CarrierEnd;
import org.schiltron.edge.LandingConfig;
import org.schiltron.edge.LandingEvent;
import org.schiltron.edge.LegAsk;
import org.schiltron.edge.LegLanding;
import org.schiltron.edge.LegOver;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.ResetReason;
import org.schiltron.host.Entropy;
import org.schiltron.host.MonotonicClock;
import org.schiltron.host.ProxyProtocol;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Identity;
import org.schiltron.relay.Alarm;
import org.schiltron.relay.EventLoop;
import org.schiltron.relay.LegDialer;
import org.schiltron.relay.TcpDialer;

/**
 * The other end of resumable legs, beside the backends: takes their carriers in over TCP, and opens one connection to the
 * backend for each leg, which lives on while carriers come and go. Everything is on one loop. Memory: that of {@link
 * LandingConfig}, and one record for each carrier whose connection is slow.
 */
public final class Landing implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Landing.class.getName());
    private static final int BACKLOG = 1_024;
    private static final int SOCKET_BYTES = 256 << 10;
    private static final int POOL = 1_024;
    private static final long PAUSE_NS = 100_000_000L;

    private final EventLoop loop = EventLoop.start("landing", MonotonicClock::nowNs);
    private final Buffers buffers = new Buffers();
    private final TcpDialer dialer = new TcpDialer(SOCKET_BYTES);
    private final ServerSocketChannel listening;
    private final InetSocketAddress address;
    private final Map<String, LandingBackend> backends;
    private final LegLanding landing;
    private final Alarm alarm = new Alarm(loop, this::drive);
    private final Map<Integer, LandingCarrier> carriers = new HashMap<>(); // bounded by LegLanding
    private final Map<Integer, LandedPort> legs = new HashMap<>(); // likewise
    private final ArrayDeque<LandingEvent> told = new ArrayDeque<>();
    private boolean touched;
    private volatile int legCount;

    private Landing(Identity identity, NodeList nodes, LandingConfig config, Map<String, LandingBackend> backends,
            ServerSocketChannel listening) throws IOException {
        this.backends = Map.copyOf(backends);
        this.listening = listening;
        address = (InetSocketAddress) listening.getLocalAddress();
        landing = new LegLanding(identity, nodes, config, new Entropy(), new CipherPool(POOL));
    }

    /**
     * @param identity its key, which ingresses know
     * @param nodes    of which those with the role of an ingress may begin legs
     * @param backends by the service's name
     * @throws IOException if the address cannot be listened on
     */
    public static Landing start(Identity identity, NodeList nodes, LandingConfig config, InetSocketAddress listen,
            Map<String, LandingBackend> backends) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        try {
            listening.bind(listen, BACKLOG);
            listening.configureBlocking(false);
        } catch (IOException e) {
            listening.close();
            throw new IOException("cannot listen on " + listen + " for carriers: " + e.getMessage(), e);
        }
        Landing landing = new Landing(identity, nodes, config, backends, listening);
        landing.loop.execute(landing::begin);
        return landing;
    }

    private void begin() {
        try {
            loop.register(listening, SelectionKey.OP_ACCEPT, new Accepting());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "no carriers are taken in", e);
        }
    }

    private final class Accepting implements EventLoop.Ready {
        @Override
        public void ready(SelectionKey key) {
            try {
                for (SocketChannel channel = listening.accept(); channel != null; channel = listening.accept())
                    arrived(channel);
            } catch (IOException e) { // no descriptor is left, most likely: what comes meanwhile waits in the backlog
                LOG.log(System.Logger.Level.DEBUG, "accept", e);
                key.interestOps(0);
                loop.after(PAUSE_NS, () -> {
                    if (key.isValid())
                        key.interestOps(SelectionKey.OP_ACCEPT);
                });
            }
        }

        @Override
        public void broken() {
            LOG.log(System.Logger.Level.ERROR, "no more carriers are taken in");
        }
    }

    private void arrived(SocketChannel channel) throws IOException {
        int handle = landing.accept(loop.nowNs());
        if (handle == 0) {
            channel.close();
            return;
        }
        try {
            carriers.put(handle, new LandingCarrier(this, channel, handle));
        } catch (IOException e) { // it has gone by itself
            channel.close();
            landing.lost(loop.nowNs(), handle);
        }
        touch();
    }

    LegLanding machine() {
        return landing;
    }

    EventLoop loop() {
        return loop;
    }

    Buffers buffers() {
        return buffers;
    }

    /** Something was asked of the machine: what follows is done at the end of this round. */
    void touch() {
        if (touched)
            return;
        touched = true;
        loop.execute(() -> {
            touched = false;
            drive();
        });
    }

    private void drive() {
        landing.onTimer(loop.nowNs());
        do {
            mark();
            for (LandingEvent event = told.poll(); event != null; event = told.poll())
                handle(event);
        } while (send());
        legCount = landing.legs();
        alarm.set(landing.nextDeadlineNs());
    }

    /** How a leg ended is known before anybody reads: what one that was lost says last is no end in order. */
    void mark() {
        for (LandingEvent event = landing.pollEvent(); event != null; event = landing.pollEvent()) {
            if (event instanceof LandingEvent.Over(int leg, LegOver reason) && reason != LegOver.FINISHED)
                mark(leg, reason == LegOver.RESET ? ResetReason.CANCELLED : ResetReason.TIMED_OUT);
            else if (event instanceof LandingEvent.Reset(int leg, ResetReason reason))
                mark(leg, reason);
            told.add(event);
        }
    }

    private void mark(int leg, ResetReason reason) {
        LandedPort port = legs.get(leg);
        if (port != null)
            port.mark(reason);
    }

    private void handle(LandingEvent event) {
        switch (event) {
            case LandingEvent.Opened(int leg, var _, LegAsk ask) -> open(leg, ask);
            case LandingEvent.CanRead(int leg) -> {
                LandedPort port = legs.get(leg);
                if (port != null)
                    port.tellReadable();
            }
            case LandingEvent.CanWrite(int leg) -> {
                LandedPort port = legs.get(leg);
                if (port != null)
                    port.tellWritable();
            }
            case LandingEvent.Reset(int leg, var _) -> {
                LandedPort port = legs.get(leg);
                if (port != null)
                    port.tellFailed();
            }
            case LandingEvent.Over(int leg, var _) -> {
                LandedPort port = legs.remove(leg);
                if (port != null)
                    port.tellFailed();
            }
            case LandingEvent.CarrierOver(int handle, CarrierEnd reason) -> {
                LandingCarrier carrier = carriers.remove(handle);
                if (carrier != null)
                    carrier.leave(reason);
            }
        }
    }

    private void open(int leg, LegAsk ask) {
        LandingBackend backend = backends.get(ask.service());
        if (backend == null) {
            landing.reset(loop.nowNs(), leg, ResetReason.REFUSED);
            touch();
            return;
        }
        LandedPort port = new LandedPort(this, leg);
        legs.put(leg, port);
        Asked asked = new Asked(ask, loop);
        byte[] lead = backend.proxyProtocol() && ask.client().port() > 0
                ? ProxyProtocol.forAddress(false, asked.remote(), asked.local(), null, null)
                : new byte[0];
        new Outgoing(loop, buffers, port, new Opened(lead)).dial(dialer,
                new LegDialer.Request(ask.service(), backend.address(), asked));
    }

    /** @param lead what the backend reads first */
    private record Opened(byte[] lead) implements Outgoing.Owner {
        @Override
        public void open(Port leg, Port connection) {
            if (lead.length > 0)
                connection.write(lead, 0, lead.length);
        }

        @Override
        public void over(Outgoing outgoing, boolean wasOpen) {
            // the leg tells by itself when it is over
        }
    }

    private boolean send() {
        boolean any = false;
        for (int handle = landing.pollReady(); handle != 0; handle = landing.pollReady()) {
            LandingCarrier carrier = carriers.get(handle);
            if (carrier != null)
                carrier.send();
            any = true;
        }
        return any;
    }

    /** Where carriers are taken in, port resolved. */
    public InetSocketAddress address() {
        return address;
    }

    /** Legs that are kept now, as of a moment ago. From any thread. */
    public int legs() {
        return legCount;
    }

    /** Stops; the backends' connections are closed. */
    @Override
    public void close() {
        loop.close();
        try {
            listening.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
