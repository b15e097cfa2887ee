package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/**
 * A customer's side of one ring node: enrols, stays enrolled, wraps what goes out and unwraps what comes in, and measures
 * how well the way to the ring node works. Part of a machine, in its style: mutated by {@link #onTimer} and {@link
 * #onDatagram}, drained by {@link #pollTransmit}; {@link #begin} and {@link #end} wrap the owner's own datagrams while
 * that drains.
 *
 * <p>Pings keep the way open and notice when it is not: after {@link #SILENCE_NS} without anything authentic it enrols
 * anew, while still using the old keys. If the ring node has restarted, that brings a new number, and all it remembered is
 * gone: {@link #number} changes, and the owner asks its mailboxes for cookies again, since the ring node sends to nobody
 * else. If datagrams were merely lost, the number stays and so does everything else.
 */
final class RingLink {
    static final long PING_NS = 500_000_000L;
    /** Three pings unanswered. */
    static final long SILENCE_NS = 1_600_000_000L;
    /** Silent for so long, or never enrolled, it is not ready. */
    static final long UNREADY_NS = 3_000_000_000L;
    /** Datagrams under the keys before the present ones are still taken for so long. */
    private static final long OLD_KEYS_NS = 2_000_000_000L;

    private final Path ring;
    private final RandomSource random;
    private final Counters counters;
    private final RingEnrolment enrolment;
    private final RingPings pings;
    private final Path echo = new Path();
    /** Shown with each ping: that we receive where the ring node last heard us. */
    private long addressProof;

    private @Nullable RingKeys keys;
    private @Nullable RingKeys oldKeys;
    private long oldKeysUntilNs;
    private long nowNs;
    private boolean started;
    private long heardNs = Long.MIN_VALUE;
    private boolean ready;
    private long claimedAt;
    private boolean pingDue;
    private long nextPingNs = Machine.NO_DEADLINE;

    /** @param expectedRing the ring node's key; null to take the one it names, which anyone on the way could forge */
    RingLink(Identity customer, @Nullable PublicKey expectedRing, Path ring, RandomSource random, Counters counters) {
        this.ring = ring.copy();
        this.random = random;
        this.counters = counters;
        enrolment = new RingEnrolment(customer, expectedRing, random, counters);
        pings = new RingPings();
    }

    void onTimer(long now) {
        nowNs = now;
        if (!started) {
            started = true;
            enrolment.start(now, false);
        }
        if (keys != null && now - heardNs >= SILENCE_NS && !enrolment.running())
            enrolment.start(now, true);
        if (now - heardNs >= UNREADY_NS)
            ready = false;
        if (keys != null && now >= nextPingNs) {
            pingDue = true;
            nextPingNs = now + PING_NS - PING_NS / 10 + random.nextLong(PING_NS / 5);
        }
        enrolment.onTimer(now);
    }

    /** When {@link #onTimer} is wanted next; at once before the first. */
    long nextDeadlineNs() {
        if (!started)
            return Long.MIN_VALUE;
        long deadline = Math.min(nextPingNs, enrolment.nextDeadlineNs());
        if (keys != null && !enrolment.running())
            deadline = Math.min(deadline, heardNs + SILENCE_NS);
        return ready ? Math.min(deadline, heardNs + UNREADY_NS) : deadline;
    }

    /**
     * A datagram from the ring node's address.
     *
     * @return the length of the mailbox's datagram that stands at {@code at + Envelope.INNER} of an authentic IN; 0 if it
     *         was one of this link's own; -1 if it was dropped, which has been counted
     */
    int onDatagram(long now, MemorySegment s, long at, int length) {
        nowNs = now;
        Drop header = Wire.checkHeader(s, at, length);
        if (header != null)
            return drop(header);
        return switch (Wire.type(s, at)) {
            case Wire.IN -> in(s, at, length);
            case Wire.PONG -> pong(s, at, length);
            case Wire.ENROL_CHALLENGE -> enrolment.onChallenge(now, s, at, length) ? 0 : -1;
            case Wire.ENROLLED -> enrolled(s, at, length);
            default -> drop(Drop.UNEXPECTED_TYPE);
        };
    }

    private int in(MemorySegment s, long at, int length) {
        if (length <= Envelope.INNER)
            return drop(Drop.TRUNCATED);
        return authentic(s, at, length) ? length - Envelope.INNER : -1;
    }

    private int pong(MemorySegment s, long at, int length) {
        if (length != Envelope.INNER)
            return drop(length < Envelope.INNER ? Drop.TRUNCATED : Drop.OVERSIZED);
        if (!authentic(s, at, length))
            return -1;
        Envelope.mailbox(s, at, 0, echo);
        pings.answered(nowNs, echo.addressLow());
        if (echo.addressHigh() != addressProof) { // its secret has turned, or our address has changed: then answers wait for this
            addressProof = echo.addressHigh();
            pingDue = true;
        }
        return 0;
    }

    private boolean authentic(MemorySegment s, long at, int length) {
        RingKeys session = fits(keys, s, at, length) ? keys : fits(oldKeys, s, at, length) ? oldKeys : null;
        if (session == null || session == oldKeys && nowNs >= oldKeysUntilNs) {
            counters.drop(Drop.BAD_MAC);
            return false;
        }
        if (!session.accept(Envelope.counter(s, at))) {
            counters.drop(Drop.REPLAYED);
            return false;
        }
        heardNs = nowNs;
        ready = true;
        // Silence broken under the present keys: the ring node has not forgotten them.
        if (session == keys)
            enrolment.stop();
        return true;
    }

    private static boolean fits(@Nullable RingKeys session, MemorySegment s, long at, int length) {
        return session != null && session.number() == Wire.tag(s, at)
                && Envelope.authentic(s, at, length, session.in());
    }

    private int enrolled(MemorySegment s, long at, int length) {
        RingKeys fresh = enrolment.onEnrolled(s, at, length);
        if (fresh == null)
            return -1;
        oldKeys = keys;
        oldKeysUntilNs = nowNs + OLD_KEYS_NS;
        keys = fresh;
        heardNs = nowNs;
        ready = true;
        pingDue = true; // makes the ring node take the new keys, and answers from now on come here
        nextPingNs = nowNs + PING_NS;
        return 0;
    }

    private int drop(Drop reason) {
        counters.drop(reason);
        return -1;
    }

    /** Sends this link's own datagrams. */
    void pollTransmit(TransmitSink sink) {
        enrolment.pollTransmit(sink, ring);
        if (!pingDue)
            return;
        pingDue = false;
        RingKeys session = keys;
        if (session == null)
            return;
        echo.set(0, addressProof, pings.sent(nowNs), 0);
        long at = sink.claim(Envelope.INNER);
        Envelope.write(sink.segment(), at, Wire.PING, 0, session.number(), session.nextOutCounter(), echo);
        Envelope.seal(sink.segment(), at, Envelope.INNER, session.out());
        counters.out(Envelope.INNER);
        sink.commit(ring, Envelope.INNER);
    }

    /**
     * Begins a datagram to a mailbox: claims room in the sink and writes the envelope.
     *
     * @param shard of the datagram itself
     * @return the offset in the sink's segment at which the mailbox's datagram of at most {@link Wire#MAX_DATAGRAM} - {@link
     *         Envelope#INNER} bytes is to be written before {@link #end}
     */
    long begin(TransmitSink sink, int shard, Path mailbox) {
        claimedAt = sink.claim(Wire.MAX_DATAGRAM);
        RingKeys session = keys;
        if (session != null) {
            Envelope.write(sink.segment(), claimedAt, Wire.OUT, shard, session.number(), session.nextOutCounter(),
                    mailbox);
        }
        return claimedAt + Envelope.INNER;
    }

    /** Seals and sends what {@link #begin} began. Without an enrolment there is nowhere to send it, and it is lost. */
    void end(TransmitSink sink, int innerLength) {
        RingKeys session = keys;
        if (session == null)
            return;
        int length = Envelope.INNER + innerLength;
        Envelope.seal(sink.segment(), claimedAt, length, session.out());
        counters.out(length);
        sink.commit(ring, length);
    }

    /** Enrolled, and heard from in the last {@link #UNREADY_NS}. */
    boolean ready() {
        return ready;
    }

    /** Where the ring node is. */
    Path path() {
        return ring;
    }

    /** Its key: the one expected, or else the one last enrolled with; null before that. */
    @Nullable
    PublicKey ringKey() {
        return enrolment.ringKey();
    }

    /** This customer's number there, 0 before the first enrolment. When it changes, the ring node has forgotten all. */
    int number() {
        RingKeys session = keys;
        return session == null ? 0 : session.number();
    }

    /** Images this ring node remembers a second; 0 before the first enrolment. */
    int requestsPerSecond() {
        RingKeys session = keys;
        return session == null ? 0 : session.requestsPerSecond();
    }

    /** When anything authentic last came; {@link Long#MIN_VALUE} before that. */
    long lastHeardNs() {
        return heardNs;
    }

    /** Smoothed round trip to the ring node, 0 before the first ping came back. */
    long rttNs() {
        return pings.rttNs();
    }

    /** The share of recent pings, at most {@link RingPings#RECENT}, that never came back: 0 to 1. */
    double pingLoss() {
        return pings.loss(nowNs);
    }
}
