package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;

/** A leg between its two ends, over pipes that deliver in pieces and can be cut. */
final class LegWorld {
    static final Overlay OVERLAY = Overlay.of(2);
    static final int LANDING = 1;
    static final LegAsk ASK = new LegAsk(LegAsk.Kind.LANDING, "shop", Path.ofIpv4(0xc0000201, 4_711),
            Path.ofIpv4(0xcb007101, 443));

    /** A connection: what was sent into it and has not arrived. */
    static final class Pipe {
        final int atClient;
        final int atLanding;
        final ByteArrayOutputStream up = new ByteArrayOutputStream();
        final ByteArrayOutputStream down = new ByteArrayOutputStream();
        boolean clientClosed; // by its driver, or it knows of the cut
        boolean landingClosed;
        boolean cut; // nothing passes any more

        Pipe(int atClient, int atLanding) {
            this.atClient = atClient;
            this.atLanding = atLanding;
        }
    }

    final RandomSource random;
    final LegClient client;
    final LegLanding landing;
    final List<Pipe> pipes = new ArrayList<>();
    final List<LegEvent> clientEvents = new ArrayList<>();
    final List<LandingEvent> landingEvents = new ArrayList<>();
    private final byte[] buffer = new byte[LegClient.MAX_TAKE];
    long nowNs = 5_000_000_000_000L;
    int leg; // at the landing, once opened

    LegWorld(RandomSource random) {
        this(random, LandingConfig.DEFAULT);
    }

    LegWorld(RandomSource random, LandingConfig config) {
        this.random = random;
        client = client();
        landing = new LegLanding(OVERLAY.identity(LANDING), OVERLAY.list, config, random, new CipherPool(8));
    }

    LegClient client() {
        return new LegClient(OVERLAY.identity(0), OVERLAY.node(LANDING).key(), ASK, random, new CipherPool(8), nowNs);
    }

    /** With one carrier up and the leg opened. */
    static LegWorld open(RandomSource random) {
        LegWorld world = new LegWorld(random);
        world.connect();
        world.pump();
        assertThat(world.leg).isPositive();
        world.clientEvents.clear();
        world.landingEvents.clear();
        return world;
    }

    Pipe connect() {
        Pipe pipe = new Pipe(client.carrier(nowNs), landing.accept(nowNs));
        pipes.add(pipe);
        return pipe;
    }

    /** Takes from both machines, delivers what is under way, until nothing moves. */
    void pump() {
        while (send() || deliver(Integer.MAX_VALUE)) {
            // goes on
        }
        drain();
    }

    /** From the machines into the pipes; returns whether there was something. */
    boolean send() {
        boolean moved = false;
        for (int handle = client.pollReady(); handle != 0; handle = client.pollReady()) {
            Pipe pipe = find(handle, true);
            for (int n = client.take(nowNs, handle, buffer, 0); n > 0; n = client.take(nowNs, handle, buffer, 0)) {
                moved = true;
                if (pipe != null && !pipe.cut)
                    pipe.up.write(buffer, 0, n);
            }
        }
        for (int handle = landing.pollReady(); handle != 0; handle = landing.pollReady()) {
            Pipe pipe = find(handle, false);
            for (int n = landing.take(nowNs, handle, buffer, 0); n > 0; n = landing.take(nowNs, handle, buffer, 0)) {
                moved = true;
                if (pipe != null && !pipe.cut)
                    pipe.down.write(buffer, 0, n);
            }
        }
        drain();
        return moved;
    }

    private @Nullable Pipe find(int handle, boolean atClient) {
        for (Pipe pipe : pipes)
            if ((atClient ? pipe.atClient : pipe.atLanding) == handle)
                return pipe;
        return null;
    }

    /** Up to that many bytes of each direction of each pipe, in pieces. */
    boolean deliver(int most) {
        boolean moved = false;
        for (Pipe pipe : List.copyOf(pipes)) {
            byte[] up = some(pipe.up, most);
            byte[] down = some(pipe.down, most);
            moved |= up.length + down.length > 0;
            for (int at = 0; at < up.length;) {
                int part = Math.min(up.length - at, piece());
                landing.onBytes(nowNs, pipe.atLanding, up, at, part);
                at += part;
            }
            for (int at = 0; at < down.length;) {
                int part = Math.min(down.length - at, piece());
                client.onBytes(nowNs, pipe.atClient, down, at, part);
                at += part;
            }
        }
        drain();
        return moved;
    }

    private int piece() {
        return 1 + random.nextInt(random.nextInt(3) == 0 ? 20 : 40_000);
    }

    private byte[] some(ByteArrayOutputStream from, int most) {
        byte[] all = from.toByteArray();
        int count = Math.min(all.length, most);
        from.reset();
        from.write(all, count, all.length - count);
        return java.util.Arrays.copyOf(all, count);
    }

    /** What is under way is gone; the ends do not know. */
    void cut(Pipe pipe) {
        pipe.cut = true;
        pipe.up.reset();
        pipe.down.reset();
    }

    /** The client's end sees the connection fail. */
    void tellClient(Pipe pipe) {
        cut(pipe);
        if (!pipe.clientClosed)
            client.lost(nowNs, pipe.atClient);
        pipe.clientClosed = true;
        drain();
    }

    void tellLanding(Pipe pipe) {
        cut(pipe);
        if (!pipe.landingClosed)
            landing.lost(nowNs, pipe.atLanding);
        pipe.landingClosed = true;
        drain();
    }

    /** Lets time pass from deadline to deadline. */
    void pass(long ns) {
        long end = nowNs + ns;
        while (true) {
            long next = Math.min(client.nextDeadlineNs(), landing.nextDeadlineNs());
            if (next > end)
                break;
            nowNs = Math.max(nowNs, next);
            client.onTimer(nowNs);
            landing.onTimer(nowNs);
            pump();
            assertThat(Math.min(client.nextDeadlineNs(), landing.nextDeadlineNs())).as("a deadline is met")
                    .isGreaterThan(nowNs);
        }
        nowNs = end;
        pump();
    }

    void drain() {
        for (LegEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
            clientEvents.add(event);
            if (event instanceof LegEvent.CarrierOver over)
                close(over.carrier(), true);
        }
        for (LandingEvent event = landing.pollEvent(); event != null; event = landing.pollEvent()) {
            landingEvents.add(event);
            if (event instanceof LandingEvent.Opened opened)
                leg = opened.leg();
            if (event instanceof LandingEvent.CarrierOver over)
                close(over.carrier(), false);
        }
    }

    /** A driver closes a connection: what it has sent before still arrives, then the other end sees the end. */
    private void close(int handle, boolean atClient) {
        Pipe pipe = Objects.requireNonNull(find(handle, atClient));
        if (atClient)
            pipe.clientClosed = true;
        else
            pipe.landingClosed = true;
    }

    /** The ends of connections that the other end has closed, once everything before has arrived. */
    void closeFinished() {
        for (Iterator<Pipe> i = List.copyOf(pipes).iterator(); i.hasNext();) {
            Pipe pipe = i.next();
            if (pipe.clientClosed && pipe.up.size() == 0 && !pipe.landingClosed)
                tellLanding(pipe);
            if (pipe.landingClosed && pipe.down.size() == 0 && !pipe.clientClosed)
                tellClient(pipe);
        }
    }

    <E> boolean clientSaw(Class<E> kind) {
        return clientEvents.stream().anyMatch(kind::isInstance);
    }

    <E> boolean landingSaw(Class<E> kind) {
        return landingEvents.stream().anyMatch(kind::isInstance);
    }
}
