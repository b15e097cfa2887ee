package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Enrolled;
import org.schiltron.wire.Wire;

/**
 * Gets a customer enrolled at a ring node: asks for a challenge until one comes, then enrols with its cookie, repeating
 * the same ENROL (the ring node answers copies alike) until ENROLLED comes or the cookie has grown old; then from the
 * start.
 *
 * <pre>
 *   idle --start--> asking --challenge--> enrolling --enrolled--> idle
 *                     ^                       |
 *                     +------ three tries ----+
 * </pre>
 */
final class RingEnrolment {
    private static final long FIRST_RETRY_NS = 200_000_000L;
    private static final long LAST_RETRY_NS = 5_000_000_000L;
    /** Where it has worked before: a ring node that is back after a restart is found within a second and a bit. */
    private static final long LAST_RETRY_KNOWN_NS = 1_000_000_000L;
    private static final int ENROL_TRIES = 3;

    private enum State {
        IDLE, ASKING, ENROLLING
    }

    private final Identity customer;
    private final @Nullable PublicKey expectedRing;
    private final RandomSource random;
    private final Counters counters;
    private final long instance;

    private State state = State.IDLE;
    private boolean known;
    private long attempt;
    private long randomHigh;
    private long randomLow;
    private long cookie;
    private byte[] message = new byte[0];
    private SipHash proofKey = new SipHash(0, 0);
    private @Nullable Handshake handshake;
    private @Nullable PublicKey ringKey;
    private @Nullable PublicKey challenger;
    private int enrolTries;
    private long retryNs;
    private long nextNs = Machine.NO_DEADLINE;
    private boolean sendDue;

    RingEnrolment(Identity customer, @Nullable PublicKey expectedRing, RandomSource random, Counters counters) {
        this.customer = customer;
        this.expectedRing = expectedRing;
        this.ringKey = expectedRing;
        this.random = random;
        this.counters = counters;
        this.instance = random.nextLong();
    }

    /** @param knownGood whether this ring node has enrolled us before */
    void start(long nowNs, boolean knownGood) {
        known = knownGood;
        retryNs = FIRST_RETRY_NS;
        ask(nowNs);
    }

    void stop() {
        state = State.IDLE;
        handshake = null;
        sendDue = false;
        nextNs = Machine.NO_DEADLINE;
    }

    boolean running() {
        return state != State.IDLE;
    }

    void onTimer(long nowNs) {
        if (state == State.IDLE || nowNs < nextNs)
            return;
        if (state == State.ENROLLING && enrolTries < ENROL_TRIES) {
            enrolTries++;
            sendDue = true;
            scheduleRetry(nowNs);
        } else {
            ask(nowNs);
        }
    }

    private void ask(long nowNs) {
        state = State.ASKING;
        handshake = null;
        randomHigh = random.nextLong();
        randomLow = random.nextLong();
        sendDue = true;
        scheduleRetry(nowNs);
    }

    /** Exponential, with a jitter of a quarter either way, so that customers of a restarted node come apart. */
    private void scheduleRetry(long nowNs) {
        nextNs = nowNs + retryNs * 3 / 4 + random.nextLong(retryNs / 2);
        retryNs = Math.min(retryNs * 2, known ? LAST_RETRY_KNOWN_NS : LAST_RETRY_NS);
    }

    /** False if dropped, which has been counted. */
    boolean onChallenge(long nowNs, MemorySegment s, long at, int length) {
        if (length != EnrolChallenge.LENGTH)
            return drop(length < EnrolChallenge.LENGTH ? Drop.TRUNCATED : Drop.OVERSIZED);
        if (state != State.ASKING || EnrolChallenge.randomHigh(s, at) != randomHigh
                || EnrolChallenge.randomLow(s, at) != randomLow)
            return drop(Drop.UNREQUESTED);
        PublicKey key;
        try {
            key = PublicKey.of(EnrolChallenge.ringKey(s, at));
        } catch (IllegalArgumentException e) {
            return drop(Drop.MALFORMED);
        }
        if (expectedRing != null && !expectedRing.equals(key))
            return drop(Drop.NOT_AUTHENTIC);
        challenger = key;
        cookie = EnrolChallenge.cookie(s, at);
        Handshake begun = Handshake.initiator(customer, key, Enrol.prologue(cookie), random);
        message = begun.write(Enrol.payload(instance, ++attempt, customer.publicKey().bytes()));
        proofKey = SipHash.fromKey(customer.staticSecret(key, Enrol.PROOF_KEY, 16), 0);
        handshake = begun;
        state = State.ENROLLING;
        enrolTries = 1;
        retryNs = FIRST_RETRY_NS;
        sendDue = true;
        scheduleRetry(nowNs);
        return true;
    }

    /** Null if dropped, which has been counted. */
    @Nullable
    RingKeys onEnrolled(MemorySegment s, long at, int length) {
        Handshake begun = handshake;
        if (length != Enrolled.LENGTH) {
            drop(length < Enrolled.LENGTH ? Drop.TRUNCATED : Drop.OVERSIZED);
            return null;
        }
        if (begun == null) {
            drop(Drop.UNREQUESTED);
            return null;
        }
        byte[] payload = begun.read(Enrolled.noise(s, at));
        if (payload == null || payload.length != Enrolled.PAYLOAD || Enrolled.number(payload) != Wire.tag(s, at)) {
            drop(Drop.NOT_AUTHENTIC);
            return null;
        }
        ringKey = challenger;
        stop();
        return new RingKeys(begun, payload);
    }

    private boolean drop(Drop reason) {
        counters.drop(reason);
        return false;
    }

    void pollTransmit(TransmitSink sink, Path ring) {
        if (!sendDue)
            return;
        sendDue = false;
        boolean asking = state == State.ASKING;
        long at = sink.claim(asking ? EnrolRequest.LENGTH : Enrol.LENGTH);
        int length = asking
                ? EnrolRequest.write(sink.segment(), at, randomHigh, randomLow)
                : Enrol.write(sink.segment(), at, cookie, message, proofKey);
        counters.out(length);
        sink.commit(ring, length);
    }

    long nextDeadlineNs() {
        return nextNs;
    }

    @Nullable
    PublicKey ringKey() {
        return ringKey;
    }
}
