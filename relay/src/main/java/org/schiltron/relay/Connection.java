package org.schiltron.relay;

import java.io.IOException;
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
 *     '----refused------+---last words------>  PARTING  --client ended, or 2 s-->  CLOSED
 * </pre>
 *
 * Anything that fails closes both sides with a reset, counted by its reason. With an {@link ExchangeGuard} the leg is
 * opened by {@link Exchanges}, when the first request may pass.
 */
final class Connection extends Timed implements End.Events, Flow.Owner, LegSide.Owner {
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    /** A leg that was silent for so long may be given to a client that waits for one. */
    private static final long IDLE_LEG_NS = 1_000_000_000L;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private enum Phase {
        OPENING, RELAYING, PARTING, CLOSED
    }

    private final Shard shard;
    private final Ingress ingress;
    private final SourcePrefix prefix;
    private final ConnectedClient visitor;
    private final End client;
    private final Flow toBackend;
    private final Flow toClient;
    private final SlowWatch slowWatch;
    private final long acceptedNs;
    /** Where it stands among its shard's connections. */
    int index;

    private Phase phase = Phase.OPENING;
    private @Nullable OpeningGate opening;
    private @Nullable ServiceLegs legs;
    private @Nullable Exchanges exchanges;
    private @Nullable LegSide leg;
    private byte @Nullable [] header;
    private @Nullable Parting parting;
    private long movedNs;

    /** @throws IOException if the socket is gone already; it is closed then */
    Connection(Shard shard, Ingress ingress, SourcePrefix prefix, SocketChannel channel) throws IOException {
        this.shard = shard;
        this.ingress = ingress;
        this.prefix = prefix;
        this.acceptedNs = shard.loop().nowNs();
        this.movedNs = acceptedNs;
        this.toBackend = new Flow(this, ingress.counters().bytesToBackend, ingress.limits().openingBytes());
        this.toClient = new Flow(this, ingress.counters().bytesToClient, 0);
        this.slowWatch = new SlowWatch(toClient);
        this.visitor = new ConnectedClient(shard.loop(), channel, () -> orDrop(this::lookAgain));
        this.client = ingress.clientEnd(shard.loop(), channel, this);
        if (client instanceof TlsEnd secured)
            visitor.securedBy(secured);
    }

    // End.Events: what the client's socket tells

    @Override
    public void readable() {
        if (parting == null)
            toBackend.pull();
        else if (!parting.discard())
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

    /** Waits for the opening, TLS handshake included. */
    void start() {
        shard.add(this);
        shard.loop().wheel().set(this, acceptedNs + ingress.limits().opening().toNanos());
        if (ingress.endsTls())
            client.want(true, false); // begins when the handshake is done
        else
            orDrop(this::connected);
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

    @Override
    public void connected() {
        if (phase != Phase.OPENING)
            return;
        OpeningGate gate = new OpeningGate(this, ingress.opening(visitor));
        opening = gate;
        toBackend.source(client);
        toBackend.gate(gate);
        toClient.sink(client, null);
        gate.lookAtNothing();
        toBackend.push(); // TLS may have opened bytes with the end of its handshake
        after();
    }

    /** Its opening lets it in. */
    void admit(Opening admitted) {
        ServiceLegs service = ingress.service(admitted.service());
        if (service == null) {
            refuse(EdgeDrop.NAME_UNKNOWN, NOTHING);
            return;
        }
        phase = Phase.RELAYING;
        movedNs = nowNs();
        opening = null;
        legs = service;
        if (service.service.proxyProtocol())
            header = ingress.header(visitor, admitted);
        ExchangeGuard guard = admitted.guard();
        if (guard == null) {
            toBackend.gate(null);
            openLeg();
        } else {
            exchanges = new Exchanges(this, guard, toBackend, toClient,
                    new SlowSender(prefix, ingress.limits()));
            toBackend.gate(exchanges.requests());
            toClient.gate(exchanges.answers());
        }
        schedule();
    }

    // Legs

    /** Opens the first leg, or the next after one was given up. */
    void openLeg() {
        if (!prefix.takeLeg(nowNs())) {
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
        movedNs = nowNs();
        if (exchanges != null)
            exchanges.excuseSender();
        toBackend.push();
    }

    /** Others wait: a leg that is used for nothing now is theirs. A client that holds one by sending next to nothing loses its connection. */
    void giveUpIdleLeg(ServiceLegs wanted) {
        if (legs != wanted || exchanges == null || leg == null || !leg.isOpen())
            return;
        if (exchanges.sendsTooSlowly()) {
            drop(EdgeDrop.SLOW_SENDER);
            return;
        }
        if (nowNs() - movedNs < IDLE_LEG_NS || !exchanges.isIdle() || toClient.isEndPassed())
            return;
        counters().legsReclaimed.increment();
        dropLeg();
    }

    @Override
    public void legQueued(ServiceLegs wanted) {
        ingress.reclaimLegs(wanted);
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
        if (exchanges != null && !toBackend.isPassed())
            exchanges.excuseSender();
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
        if (legs != changed || phase != Phase.RELAYING || leg == null || !leg.isOlderThan(epoch))
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
        movedNs = nowNs();
    }

    @Override
    public void lost(End end) {
        if (phase == Phase.PARTING || phase == Phase.RELAYING && bothEnded())
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
        return visitor;
    }

    long nowNs() {
        return shard.loop().nowNs();
    }

    private void lookAgain() {
        if (opening != null && toBackend.isEmpty())
            opening.lookAtNothing();
        else
            toBackend.push();
        after();
    }

    /** Each event ends with it. */
    private void after() {
        if (phase == Phase.RELAYING && exchanges != null)
            exchanges.settle();
        boolean over = phase == Phase.RELAYING && bothEnded()
                || phase == Phase.PARTING && parting != null && !parting.go();
        if (over)
            close();
        if (phase == Phase.CLOSED)
            return;
        client.want(parting != null ? parting.discards() : toBackend.wantsRead(), toClient.wantsWrite());
        if (leg != null && leg.isOpen())
            leg.leg().want(toClient.wantsRead(), toBackend.wantsWrite());
        if (slowWatch.begin(nowNs()))
            schedule();
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
    void refuse(EdgeDrop reason, ByteBuffer lastWords) {
        if (phase == Phase.PARTING || phase == Phase.CLOSED)
            return;
        if (!lastWords.hasRemaining()) {
            drop(reason);
            return;
        }
        counters().drop(reason);
        phase = Phase.PARTING;
        parting = new Parting(client, toClient, shard.loop(), lastWords);
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
        end(true);
    }

    private void close() {
        if (phase != Phase.CLOSED)
            end(false);
    }

    private void end(boolean withReset) {
        phase = Phase.CLOSED;
        closeLegs(withReset);
        if (withReset)
            client.reset();
        else
            client.close();
        toBackend.stop();
        toClient.stop();
        shard.loop().wheel().remove(this);
        shard.remove(this);
        ingress.left(prefix, shard);
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
            case PARTING -> parting == null ? acceptedNs : parting.endsNs;
            case RELAYING, CLOSED -> {
                long legNs = leg == null ? Long.MAX_VALUE : leg.deadlineNs(limits);
                if (legNs != Long.MAX_VALUE)
                    yield legNs;
                boolean half = toBackend.isEndPassed() || toClient.isEndPassed();
                long idleNs = movedNs + (half ? limits.halfClosed() : limits.idle()).toNanos();
                long nextNs = exchanges == null ? Long.MAX_VALUE : exchanges.deadlineNs(limits);
                yield Math.min(Math.min(idleNs, nextNs), slowWatch.nextNs());
            }
        };
    }

    /** To be called when a deadline may have come nearer; one that moved away is noticed by {@link #due}. */
    void schedule() {
        if (phase != Phase.CLOSED)
            shard.loop().wheel().set(this, nextDeadlineNs());
    }

    @Override
    void due(long nowNs) {
        orDrop(() -> deadline(nowNs));
    }

    private void deadline(long nowNs) {
        if (exchanges != null)
            exchanges.due(nowNs, ingress.limits());
        if (phase != Phase.CLOSED && slowWatch.tooSlow(nowNs, ingress.limits()))
            drop(EdgeDrop.SLOW_READER);
        if (phase == Phase.CLOSED)
            return;
        if (nextDeadlineNs() - nowNs > 0) {
            schedule();
            after();
            return;
        }
        switch (phase) {
            case OPENING -> drop(EdgeDrop.OPENING_TIMEOUT);
            case PARTING -> close();
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
