package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.Enrolled;

/**
 * How a key on the list becomes a customer: a cookie, then a keyed hash that only listed keys can make, then Noise IK.
 * Whoever floods this without a listed key spends a hash per listed key and datagram of the node's time, and no handshake;
 * with one, at most that key's own handshake budget.
 *
 * <p>An address is sent as many challenges a second as the node makes handshakes in all, and may try as many proofs, by
 * keyed hash in {@link KeyedBuckets}: so this node sends a victim whose address is forged no more than that, and
 * an address that proved itself cannot spend hashes without end. There is no bound on challenges in total: it would let whoever
 * forges addresses keep customers out at less than it takes to fill the node's link, and an answer costs no more than
 * the receipt of what caused it. Those who share a bucket with a flood enrol once it ends; a forger needs so many a second in
 * each of the buckets to keep all out, {@value KeyedBuckets#BUCKETS} times the rate.
 *
 * <p>A copy of an ENROL does nothing new. From another address its cookie is wrong, and proof and handshake cover the
 * cookie, so that a fresh one does not make it valid. From the same address it is answered with the same ENROLLED as long
 * as its keys are unused, without a handshake; afterwards, and for any attempt below the last of that process, it is
 * dropped. New keys take effect with the first authentic datagram under them, so that nothing short of the customer's own
 * secret ends a session.
 */
final class Enrolment {
    private final long startNs;
    private final Identity identity;
    private final RingConfig config;
    private final RandomSource random;
    private final CustomerTable customers;
    private final Consumer<RingEvent> events;
    private final EnrolCookie cookies;
    private final SipHash copies;
    private final TokenBucket budget;
    private final KeyedBuckets challengesOfAddress;
    private final KeyedBuckets attemptsOfAddress;
    private final Map<PublicKey, Listed> list = new LinkedHashMap<>();
    private boolean enrolFirst;
    private Drop why = Drop.MALFORMED;

    /** A key that may enrol, with what is computed for it beforehand. */
    private record Listed(PublicKey key, SipHash proofKey, TokenBucket budget) {
    }

    Enrolment(long nowNs, Identity identity, RingConfig config, RandomSource random, CustomerTable customers,
            Consumer<RingEvent> events) {
        this.startNs = nowNs;
        this.identity = identity;
        this.config = config;
        this.random = random;
        this.customers = customers;
        this.events = events;
        cookies = new EnrolCookie(random);
        copies = SipHash.keyed(random);
        int most = config.enrolmentsPerSecond();
        budget = new TokenBucket(most, most, nowNs);
        challengesOfAddress = new KeyedBuckets(most, 2.0 * most, nowNs, random);
        attemptsOfAddress = new KeyedBuckets(most, 2.0 * most, nowNs, random);
        list(nowNs, CustomerKeys.of(identity, config.customers()));
        enrolFirst = config.enrolFirst();
    }

    /** These may enrol from now on, and no others. Those that could before keep what is left of their budgets. */
    void list(long nowNs, CustomerKeys keys) {
        Map<PublicKey, Listed> before = new LinkedHashMap<>(list);
        list.clear();
        keys.proofKeys().forEach((key, proofKey) -> {
            Listed known = before.get(key);
            list.put(key, known == null ? listed(nowNs, key, proofKey) : known);
        });
        enrolFirst = false;
    }

    private Listed listed(long nowNs, PublicKey key, SipHash proofKey) {
        int rate = config.enrolmentsPerKeyPerSecond();
        return new Listed(key, proofKey, new TokenBucket(rate, 2.0 * rate, nowNs));
    }

    boolean isListed(PublicKey key) {
        return list.containsKey(key);
    }

    int listed() {
        return list.size();
    }

    /** Whether {@code source}, which may be forged, is sent a challenge. */
    boolean mayChallenge(long nowNs, Path source) {
        return challengesOfAddress.take(nowNs, source.addressHigh(), source.addressLow());
    }

    long cookie(long nowNs, Path source) {
        return cookies.of(nowNs, source);
    }

    /** Whether only somebody who receives there can know this cookie, and lately. */
    boolean isProof(long nowNs, Path source, long cookie) {
        return cookies.valid(nowNs, source, cookie);
    }

    /** The customer whose {@link Customer#enrolled} answers this well-formed ENROL; null if dropped for {@link #why}. */
    @Nullable
    Customer enrol(long nowNs, Path source, MemorySegment s, long at) {
        if (!cookies.valid(nowNs, source, Enrol.cookie(s, at)))
            return refuse(Drop.BAD_COOKIE);
        long hash = copies.hash(s, at, Enrol.LENGTH);
        Customer same = customers.byEnrolHash(hash);
        if (same != null)
            return same.pending() != null ? same : refuse(Drop.REPLAYED);
        if (!attemptsOfAddress.take(nowNs, source.addressHigh(), source.addressLow()))
            return refuse(Drop.QUOTA_ADDRESS);
        Listed listed = listed(s, at);
        if (listed == null && !(enrolFirst && Destinations.isLoopback(source)))
            return refuse(Drop.NOT_ENROLLED);
        if (listed != null && !listed.budget.take(nowNs, 1) || !budget.take(nowNs, 1))
            return refuse(Drop.ENROL_FULL);
        return handshake(nowNs, source, s, at, hash, listed);
    }

    /** Whose proof it is; a few thousand keys take less time than one handshake. */
    private @Nullable Listed listed(MemorySegment s, long at) {
        for (Listed candidate : list.values()) {
            if (Enrol.proved(s, at, candidate.proofKey))
                return candidate;
        }
        return null;
    }

    private @Nullable Customer handshake(long nowNs, Path source, MemorySegment s, long at, long hash,
            @Nullable Listed proved) {
        Handshake handshake = Handshake.responder(identity, Enrol.prologue(Enrol.cookie(s, at)), random);
        byte[] payload = handshake.read(Enrol.noise(s, at));
        if (payload == null || payload.length != Enrol.PAYLOAD)
            return refuse(Drop.BAD_MAC);
        Listed listed = proved != null ? proved : listFirst(source, Enrol.publicKey(payload), handshake.remoteX25519());
        if (listed == null || !Arrays.equals(listed.key.x25519(), handshake.remoteX25519()))
            return refuse(Drop.BAD_MAC);
        Customer customer = place(nowNs, listed.key, Enrol.instance(payload));
        if (customer == null)
            return refuse(Drop.ENROL_FULL);
        if (Enrol.attempt(payload) <= customer.attempt())
            return refuse(Drop.REPLAYED);
        byte[] answer = handshake.write(
                Enrolled.payload(customer.number(), config.requestsPerSecond(), config.bytesPerSecond()));
        RingSession session = new RingSession(SipHash.fromKey(handshake.secret(Enrol.OUT_KEY, 16), 0),
                SipHash.fromKey(handshake.secret(Enrol.IN_KEY, 16), 0), source);
        customer.enrol(session, Enrol.attempt(payload), hash, answer);
        return customer;
    }

    /** Null if the public key is none, or not the one the handshake has proved. */
    private @Nullable Listed listFirst(Path source, byte[] publicKey, byte[] provedX25519) {
        PublicKey key;
        try {
            key = PublicKey.of(publicKey);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (!Arrays.equals(key.x25519(), provedX25519))
            return null;
        enrolFirst = false;
        events.accept(new RingEvent.FirstCustomer(key, source.copy()));
        Listed first = listed(startNs, key, CustomerKeys.proofKey(identity, key));
        list.put(key, first);
        return first;
    }

    private @Nullable Customer place(long nowNs, PublicKey key, long instance) {
        Customer customer = customers.byInstance(key, instance);
        if (customer != null)
            return customer;
        Customer silent = customers.toReplace(nowNs, key);
        if (silent != null) {
            events.accept(new RingEvent.Left(silent.number()));
            customers.remove(silent);
        }
        return customers.add(nowNs, key, instance);
    }

    private @Nullable Customer refuse(Drop reason) {
        why = reason;
        return null;
    }

    /** Of the last {@link #enrol} that returned null. */
    Drop why() {
        return why;
    }
}
