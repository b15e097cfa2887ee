package org.schiltron.ring;

import org.jspecify.annotations.Nullable;
import org.schiltron.proof.PublicKey;

/**
 * One process of an enrolled customer: its number, keys, quotas, granted mailboxes and remembered
 * requests. A slot is made when first needed and reused ever after; its filters go on to the next customer as they are,
 * since their keys contain the number, which is never the same again.
 */
final class Customer {
    final int slot;
    /** Images of gets. */
    final NonceFilter requests;
    /** Images of posts: fewer, and standing longer. */
    final NonceFilter firsts;
    final CookieRequests cookies;
    final Grants grants;

    private int number;
    private boolean open;
    private @Nullable PublicKey key;
    private long instance;
    private long attempt;
    private long enrolHash;
    private byte[] enrolled = new byte[0];
    private @Nullable RingSession active;
    private @Nullable RingSession pending;
    private long heardNs;
    private Quotas quotas;

    /** One customer's budgets. */
    record Quotas(TokenBucket requests, TokenBucket firsts, TokenBucket cookieRequests, TokenBucket bytesOut,
            TokenBucket bytesIn) {

        static Quotas of(RingConfig config, long nowNs) {
            return new Quotas(bucket(config.requestsPerSecond(), 72, nowNs),
                    bucket(config.firstsPerSecond(), 71, nowNs),
                    bucket(config.cookieRequestsPerSecond(), 8, nowNs), bucket(config.bytesPerSecond(), 16_384, nowNs),
                    bucket(config.bytesPerSecond(), 16_384, nowNs));
        }

        /** A burst of a quarter of a second, and at least one datagram's worth. */
        private static TokenBucket bucket(long perSecond, int least, long nowNs) {
            return new TokenBucket((double) perSecond, Math.max(least, perSecond / 4.0), nowNs);
        }
    }

    Customer(int slot, RingConfig config, NonceFilter requests, NonceFilter firsts, CookieRequests cookies,
            long nowNs) {
        this.slot = slot;
        this.requests = requests;
        this.firsts = firsts;
        this.cookies = cookies;
        this.grants = new Grants(config.grants());
        this.quotas = Quotas.of(config, nowNs);
    }

    void open(long nowNs, int newNumber, PublicKey customerKey, long newInstance, RingConfig config) {
        number = newNumber;
        open = true;
        key = customerKey;
        instance = newInstance;
        attempt = Long.MIN_VALUE;
        heardNs = nowNs;
        quotas = Quotas.of(config, nowNs);
    }

    void close() {
        open = false;
        active = null;
        pending = null;
        enrolHash = 0;
        enrolled = new byte[0];
        cookies.clear();
        grants.clear();
    }

    /** A further enrolment: takes effect with the first authentic datagram under its keys; the old keys hold till then. */
    void enrol(RingSession session, long newAttempt, long hash, byte[] answer) {
        pending = session;
        attempt = newAttempt;
        enrolHash = hash;
        enrolled = answer;
    }

    void activate(RingSession session) {
        active = session;
        pending = null;
    }

    /** An authentic datagram came. */
    void heard(long nowNs) {
        heardNs = nowNs;
    }

    boolean isOpen() {
        return open;
    }

    int number() {
        return number;
    }

    PublicKey key() {
        PublicKey opened = key;
        if (opened == null)
            throw new AssertionError("never opened");
        return opened;
    }

    long instance() {
        return instance;
    }

    long attempt() {
        return attempt;
    }

    /** Of the datagram that was last enrolled with. */
    long enrolHash() {
        return enrolHash;
    }

    /** The handshake's second message that answered it. */
    byte[] enrolled() {
        return enrolled;
    }

    @Nullable
    RingSession active() {
        return active;
    }

    @Nullable
    RingSession pending() {
        return pending;
    }

    long heardNs() {
        return heardNs;
    }

    Quotas quotas() {
        return quotas;
    }
}
