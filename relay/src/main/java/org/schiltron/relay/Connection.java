package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and its leg, on one loop. First its opening is looked at (the client's bytes wait in the flow
 * to the backend), then a leg is opened, then both flows pass bytes until both ends have ended.
 *
 * <pre>
 *  OPENING  --OK-->  RELAYING  --both ended-->  CLOSED
 *     |                 |
 *     '----refused------+---answer written-->  LINGERING  --client ended, or 2 s-->  CLOSED
 * </pre>
 *
 * Anything that fails closes both sides with a reset, counted by its reason. With an {@link ExchangeGuard} the leg is
 * opened by {@link Exchanges}, when the first request may pass.
 */
final class Connection extends Timed implements Flow.Owner, OpeningGate.Outcome, LegSide.Owner {
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private enum Phase {
        OPENING, RELAYING, LINGERING, CLOSED
    }

    private final Shard shard;
    private final Ingress ingress;
    private final SourcePrefix prefix;
    private final End client;
    private final ClientSide who;
    private final Flow toBackend;
    private final Flow toClient;
    private final long acceptedNs;
    /** Where it stands among its shard's connections. */
    int index;

    private Phase phase = Phase.OPENING;
    private @Nullable OpeningGate opening;
    private @Nullable ServiceLegs legs;
    private @Nullable Exchanges exchanges;
    private @Nullable LegSide leg;
    private byte @Nullable [] header;
    private @Nullable LastWords lastWords;
    private long movedNs;
    private final SlowWatch slow = new SlowWatch();

    /** @throws IOException if the socket is gone already; it is closed then */
    Connection(Shard shard, Ingress ingress, SourcePrefix prefix, SocketChannel channel) throws IOException {
        this.shard = shard;
        this.ingress = ingress;
        this.prefix = prefix;
        this.acceptedNs = shard.loop().nowNs();
        this.movedNs = acceptedNs;
        this.toBackend = new Flow(this, ingress.counters().bytesToBackend, ingress.limits().openingBytes());
        this.toClient = new Flow(this, ingress.counters().bytesToClient, 0);
        InetSocketAddress remote = Ingress.addressOf(channel.getRemoteAddress());
        InetSocketAddress local = Ingress.addressOf(channel.getLocalAddress());
        this.client = ingress.clientEnd(shard.loop(), channel, new ClientEvents());
        this.who = new ClientSide(remote, local, client, shard.loop(), () -> orDrop(this::lookAgain));
    }

    /** What its socket tells. */
    private final class ClientEvents implements End.Events {
        @Override
        public void connected() {
            begin();
        }

        @Override
        public void readable() {
            if (lastWords == null)
                toBackend.pull();
            else if (phase == Phase.LINGERING && !lastWords.discard(shard.loop().scratch()))
                close();
            after();
        }

        @Override
        public void writable() {
            toClient.push();
            after();
        }

        @Override
        public void failed(EdgeDrop reason) {
            drop(reason);
        }
    }

    /** Waits for the opening, TLS handshake included. */
    void start() {
        shard.add(this);
        shard.loop().wheel().set(this, acceptedNs + ingress.limits().opening().toNanos());
        if (ingress.endsTls())
            client.want(true, false); // begins when the handshake is done
        else
            orDrop(this::begin);
    }

    /** A bug in what decides about one connection costs that connection. */
    private void orDrop(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a connection is given up: this is a bug", e);
            drop(EdgeDrop.INTERNAL);
        }
    }

    private void begin() {
        if (phase != Phase.OPENING)
            return;
        OpeningGate gate = new OpeningGate(ingress.opening(who), this);
        opening = gate;
        toBackend.source(client);
        toBackend.gate(gate);
        toClient.sink(client, null);
        gate.look(NOTHING.duplicate());
        toBackend.push(); // TLS may have opened bytes with the end of its handshake
        after();
    }

    // Opening

    @Override
    public void admit(Opening admitted) {
        ServiceLegs service = ingress.service(admitted.service());
        if (service == null) {
            refuse(EdgeDrop.NAME_UNKNOWN, NOTHING);
            return;
        }
        phase = Phase.RELAYING;
        movedNs = shard.loop().nowNs();
        opening = null;
        legs = service;
        if (service.service.proxyProtocol())
            header = ingress.header(who, admitted);
        ExchangeGuard guard = admitted.guard();
        if (guard == null) {
            toBackend.gate(null);
            openLeg();
        } else {
            exchanges = new Exchanges(this, guard, toBackend, toClient);
            toBackend.gate(exchanges.requests());
            toClient.gate(exchanges.answers());
        }
        schedule();
    }

    // Legs

    /** Opens the first leg, or the next after one was given up. */
    void openLeg() {
        if (!prefix.takeLeg(shard.loop().nowNs())) {
            noLeg(EdgeDrop.LEGS_OF_PREFIX);
            return;
        }
        LegSide opened = newLeg();
        leg = opened;
        if (opened.open())
            schedule();
        else
            noLeg(EdgeDrop.LEGS_QUEUE_FULL);
    }

    LegSide newLeg() {
        ServiceLegs service = legs;
        if (service == null)
            throw new IllegalStateException("no service");
        return new LegSide(this, service, counters());
    }

    @Nullable
    LegSide leg() {
        return leg;
    }

    /** This leg takes the place of the one there was, which the caller closes. */
    void useLeg(LegSide side) {
        leg = side;
        if (side.isOpen())
            attach(side);
    }

    /** Leaves the client without a leg, between two exchanges. */
    void dropLeg() {
        LegSide old = leg;
        leg = null;
        toBackend.noSink();
        toClient.noSource();
        if (old != null)
            old.close();
    }

    private void attach(LegSide side) {
        toBackend.sink(side.leg(), header == null ? null : ByteBuffer.wrap(header));
        toClient.source(side.leg());
        movedNs = shard.loop().nowNs();
        toBackend.push();
    }

    @Override
    public void legConnected(LegSide side) {
        if (side == leg)
            attach(side);
        after();
    }

    @Override
    public void legReadable(LegSide side) {
        if (side != leg)
            return;
        toClient.pull();
        after();
    }

    @Override
    public void legWritable(LegSide side) {
        if (side != leg)
            return;
        toBackend.push();
        after();
    }

    @Override
    public void legFailed(LegSide side, EdgeDrop reason) {
        if (side == leg) {
            if (side.isOpen())
                drop(reason);
            else
                noLeg(reason);
        } else if (exchanges != null) {
            exchanges.nextFailed(side);
        }
        after();
    }

    private void noLeg(EdgeDrop reason) {
        refuse(reason, exchanges == null ? NOTHING : exchanges.guard().onNoLeg(reason));
    }

    /** The service shows another authenticator from now on. */
    void authenticatorChanged(ServiceLegs changed) {
        if (legs == changed && leg != null && leg.isOpen())
            leg.changeInPlace();
    }

    /** What was shown before this epoch of the service is no longer accepted. */
    void overlapEnded(ServiceLegs changed, int epoch) {
        if (legs != changed || phase != Phase.RELAYING || leg == null || leg.epoch() >= epoch)
            return;
        if (exchanges == null || !exchanges.giveUpLeg(epoch))
            drop(EdgeDrop.OVERLAP_ENDED);
        after();
    }

    // Flow.Owner

    @Override
    public EventLoop loop() {
        return shard.loop();
    }

    @Override
    public ByteQuota quota() {
        return prefix.buffered;
    }

    @Override
    public EdgeCounters counters() {
        return ingress.counters();
    }

    @Override
    public void moved() {
        movedNs = shard.loop().nowNs();
    }

    @Override
    public void lost(End end) {
        if (phase == Phase.LINGERING || phase == Phase.RELAYING && bothEnded())
            close();
        else if (end == client)
            drop(phase == Phase.OPENING ? EdgeDrop.OPENING_CUT_OFF : EdgeDrop.CLIENT_RESET);
        else
            drop(EdgeDrop.BACKEND_RESET);
    }

    @Override
    public void tooLong(Flow flow) {
        refuse(EdgeDrop.OPENING_TOO_LONG, NOTHING);
    }

    @Override
    public void ended(Flow flow) {
        if (phase == Phase.OPENING)
            drop(EdgeDrop.OPENING_CUT_OFF);
        else
            schedule();
    }

    @Override
    public void pullLater(Flow flow) {
        shard.loop().execute(() -> orDrop(() -> {
            flow.pull();
            after();
        }));
    }

    @Override
    public Client client() {
        return who;
    }

    private void lookAgain() {
        if (phase == Phase.OPENING && opening != null && toBackend.isEmpty())
            opening.look(NOTHING.duplicate());
        else
            toBackend.push();
        after();
    }

    // After each event

    private void after() {
        if (phase == Phase.RELAYING && exchanges != null)
            exchanges.settle();
        if (phase == Phase.LINGERING && lastWords != null && !lastWords.push())
            close();
        else if (phase == Phase.RELAYING && bothEnded())
            close();
        if (phase == Phase.CLOSED)
            return;
        client.want(lastWords == null ? toBackend.wantsRead() : lastWords.isOutputEnded(), toClient.wantsWrite());
        if (leg != null && leg.isOpen())
            leg.leg().want(toClient.wantsRead(), toBackend.wantsWrite());
        if (toClient.isStalled() && !slow.runs())
            watchSlow();
    }

    boolean isRelaying() {
        return phase == Phase.RELAYING;
    }

    private boolean bothEnded() {
        if (!toBackend.isEndPassed() || !toClient.isEmpty())
            return false;
        return toClient.isEndPassed() || leg == null && exchanges != null && exchanges.isAnswered();
    }

    // Ends

    /** The client gets this, then the end. */
    @Override
    public void refuse(EdgeDrop reason, ByteBuffer answer) {
        if (phase == Phase.LINGERING || phase == Phase.CLOSED)
            return;
        if (!answer.hasRemaining()) {
            drop(reason);
            return;
        }
        counters().drop(reason);
        phase = Phase.LINGERING;
        lastWords = new LastWords(client, toClient, answer, shard.loop().nowNs());
        toBackend.stop();
        toClient.gate(null);
        toClient.noSource();
        closeLegs(true);
        schedule();
    }

    /** Both sides are reset. */
    void drop(EdgeDrop reason) {
        if (phase == Phase.CLOSED)
            return;
        counters().drop(reason);
        closeLegs(true);
        client.reset();
        closed();
    }

    private void close() {
        closeLegs(false);
        client.close();
        closed();
    }

    private void closeLegs(boolean withReset) {
        if (exchanges != null)
            exchanges.close();
        if (leg == null)
            return;
        if (withReset)
            leg.reset();
        else
            leg.close();
    }

    private void closed() {
        phase = Phase.CLOSED;
        toBackend.stop();
        toClient.stop();
        shard.loop().wheel().remove(this);
        shard.remove(this);
        ingress.left(prefix, shard);
    }

    /** The edge stops: who is not in the middle of something goes now. */
    void drain() {
        if (phase == Phase.OPENING)
            drop(EdgeDrop.STOPPED);
        else if (phase == Phase.RELAYING && exchanges != null && exchanges.isIdle())
            close();
    }

    // Deadlines

    private long nextDeadlineNs() {
        EdgeLimits limits = ingress.limits();
        return switch (phase) {
            case OPENING -> acceptedNs + limits.opening().toNanos();
            case LINGERING -> lastWords == null ? acceptedNs : lastWords.endsNs;
            case RELAYING, CLOSED -> {
                long legNs = leg == null ? Long.MAX_VALUE : leg.deadlineNs(limits);
                if (legNs != Long.MAX_VALUE)
                    yield legNs;
                boolean half = toBackend.isEndPassed() || toClient.isEndPassed();
                long idleNs = movedNs + (half ? limits.halfClosed() : limits.idle()).toNanos();
                long nextNs = exchanges == null ? Long.MAX_VALUE : exchanges.deadlineNs(limits);
                yield Math.min(Math.min(idleNs, nextNs), slow.deadlineNs());
            }
        };
    }

    /** To be called when a deadline may have come nearer; one that moved away is noticed by {@link #due}. */
    void schedule() {
        if (phase != Phase.CLOSED)
            shard.loop().wheel().set(this, nextDeadlineNs());
    }

    private void watchSlow() {
        slow.begin(toClient.bytes(), shard.loop().nowNs());
        schedule();
    }

    @Override
    void due(long nowNs) {
        orDrop(() -> deadline(nowNs));
    }

    private void deadline(long nowNs) {
        if (exchanges != null)
            exchanges.due(nowNs, ingress.limits());
        if (phase == Phase.CLOSED)
            return;
        if (slow.ends(nowNs)) {
            if (toClient.isStalled() && slow.isSlow(toClient.bytes(), ingress.limits().slowest())) {
                drop(EdgeDrop.SLOW_READER);
                return;
            }
            if (toClient.isStalled())
                watchSlow();
        }
        if (nextDeadlineNs() - nowNs > 0) {
            schedule();
            after();
            return;
        }
        switch (phase) {
            case OPENING -> drop(EdgeDrop.OPENING_TIMEOUT);
            case LINGERING -> close();
            case RELAYING -> {
                if (leg != null && leg.deadlineNs(ingress.limits()) != Long.MAX_VALUE)
                    noLeg(leg.lateReason());
                else
                    drop(EdgeDrop.IDLE);
            }
            case CLOSED -> {
            }
        }
        after();
    }
}
