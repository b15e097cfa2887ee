package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/**
 * Takes services' posts in: cheap checks first, one signature last, from a budget that known posters do not share with
 * new ones. A poster that is new has solved a puzzle for its cookie.
 */
final class PostCheck {
    private static final int NONE = IntLists.NONE;
    private static final int MIN_LIFETIME_MS = 100;

    private final ContactConfig config;
    private final int maxLifetimeMs;
    private final FirstContacts contacts;
    private final Counters counters;
    private final CheckBudget ofKnown;
    private final CheckBudget ofNew;
    /** Of all services that are not known yet. */
    private final CheckBudget.Part strangers = new CheckBudget.Part();
    private final HelloTarget targets = new HelloTarget();
    private final HashPuzzle puzzle = new HashPuzzle();
    private final byte[] target = new byte[HelloTarget.HASH];

    PostCheck(ContactConfig config, int maxLifetimeMs, FirstContacts contacts, Counters counters) {
        this.config = config;
        this.maxLifetimeMs = maxLifetimeMs;
        this.contacts = contacts;
        this.counters = counters;
        ofKnown = new CheckBudget(config.checksPerSecond() / 2.0);
        ofNew = new CheckBudget(config.checksPerSecond() / 8.0);
    }

    /** A well-formed post with a good cookie. The service whose nonces came, or {@link IntLists#NONE}, counted. */
    int onPost(long nowNs, Path path, int owner, MemorySegment s, long at, int length) {
        long idHigh = Post.serviceHigh(s, at);
        int service = contacts.find(idHigh, Post.serviceLow(s, at));
        int tag = Wire.tag(s, at);
        int poster = service == NONE ? NONE : contacts.poster(service, path, tag, nowNs);
        Drop refused = poster == NONE
                ? refuseNew(nowNs, service, owner, s, at)
                : Post.number(s, at) <= contacts.number(poster)
                        ? Drop.REPLAYED
                        : contacts.isPunished(poster, nowNs)
                                ? Drop.QUOTA_ADDRESS
                                : ofKnown.take(nowNs, contacts.terms(service).posts) ? null : Drop.RATE_LIMITED;
        if (refused != null) {
            counters.drop(refused);
            return NONE;
        }
        ContactTerms terms = service == NONE ? terms(s, at) : contacts.terms(service);
        if (terms == null || !isSigned(terms, nowNs, s, at, length)) {
            contacts.punish(poster, owner, nowNs);
            counters.drop(Drop.NOT_AUTHENTIC);
            return NONE;
        }
        if (service == NONE)
            service = contacts.register(terms, owner, nowNs);
        if (poster == NONE)
            poster = contacts.addPoster(service, path, tag, owner, nowNs);
        take(nowNs, terms, poster, s, at);
        return service;
    }

    private @Nullable Drop refuseNew(long nowNs, int service, int owner, MemorySegment s, long at) {
        if (Post.lifetimeMs(s, at) == 0)
            return Drop.NO_FIRST_CONTACT; // nothing of it stands
        if (service == NONE) {
            if (!config.services().isEmpty() && !config.services().contains(Post.serviceHigh(s, at)))
                return Drop.SERVICE_NOT_LISTED;
            if (!contacts.hasRoom(owner, nowNs))
                return Drop.REGISTRATION_FULL;
        }
        targets.ofPost(Post.mailboxHigh(s, at), Post.mailboxLow(s, at), Post.mailboxPort(s, at),
                Post.serviceKey(s, at), Post.cookie(s, at), target);
        if (puzzle.bits(target, Post.registration(s, at)) < config.registrationBits())
            return Drop.TOO_LITTLE_EFFORT;
        if (contacts.isPunishedOwner(owner, nowNs))
            return Drop.QUOTA_ADDRESS;
        return ofNew.take(nowNs, service == NONE ? strangers : contacts.terms(service).newPosters)
                ? null
                : Drop.RATE_LIMITED;
    }

    /** Null for a key that is none, or of another id. */
    private static @Nullable ContactTerms terms(MemorySegment s, long at) {
        PublicKey key;
        try {
            key = PublicKey.of(Post.serviceKey(s, at));
        } catch (IllegalArgumentException e) {
            return null;
        }
        return key.idHigh() == Post.serviceHigh(s, at) && key.idLow() == Post.serviceLow(s, at)
                ? new ContactTerms(key)
                : null;
    }

    private boolean isSigned(ContactTerms terms, long nowNs, MemorySegment s, long at, int length) {
        byte[] signed = Post.signed(s, at, length);
        byte[] signature = Post.signature(s, at, length);
        byte[] encoded = Post.delegation(s, at);
        if (encoded.length == 0)
            return terms.key.verify(signed, signature);
        try {
            Delegation delegation = Delegation.decode(encoded, 0);
            long nowSeconds = config.unixSecondsAtZero() + Math.floorDiv(nowNs, 1_000_000_000L);
            PublicKey before = terms.delegate;
            boolean same = before != null && delegation.delegate().equals(before)
                    && delegation.expiresEpochSeconds() == terms.delegateExpiresSeconds
                    && nowSeconds < terms.delegateExpiresSeconds;
            if (!same && delegation.check(terms.key, Delegation.Use.BATCHES, nowSeconds) != null)
                return false;
            if (!delegation.delegate().verify(signed, signature))
                return false;
            terms.delegate = delegation.delegate();
            terms.delegateExpiresSeconds = delegation.expiresEpochSeconds();
            terms.delegateIssuesTokens = delegation.allows(Delegation.Use.TOKENS);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void take(long nowNs, ContactTerms terms, int poster, MemorySegment s, long at) {
        if (Post.lifetimeMs(s, at) == 0) {
            contacts.withdraw(poster, Post.number(s, at));
            return;
        }
        int lifetimeMs = Math.clamp(Post.lifetimeMs(s, at), MIN_LIFETIME_MS, maxLifetimeMs);
        long expiryNs = nowNs + 1_000_000L * lifetimeMs;
        terms.kinds = Post.kinds(s, at);
        terms.tokenShare = Post.tokenSharePercent(s, at) / 100.0;
        targets.place(Post.mailboxHigh(s, at), Post.mailboxLow(s, at), Post.mailboxPort(s, at), terms.keyBytes,
                terms.place);
        for (int i = 0; i < Post.revoked(s, at); i++)
            terms.revoke(Post.revoked(s, at, i));
        int count = Post.count(s, at);
        terms.reserve = terms.tokenShare > 0 ? (count + 2) / 4 : 0;
        contacts.renew(poster, Post.number(s, at), expiryNs);
        for (int i = 0; i < count; i++)
            contacts.add(poster, Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i), expiryNs);
    }
}
