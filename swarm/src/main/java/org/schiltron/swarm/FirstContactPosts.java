package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Post;

/**
 * Keeps signed first-contact nonces at the mailboxes, at a rate in total: each lets one hello through that was not asked for
 * (Phalanx 3.4.1). Mailboxes get them in proportion to the sessions that theirs led to lately, above a floor that keeps
 * asking. Bound: rate x lifetime nonces are remembered.
 */
final class FirstContactPosts {
    private static final long ROUND_NS = 1_000_000_000L;
    private static final int LIFETIME_MS = 6_000;
    private static final long REMEMBERED_NS = LIFETIME_MS * 1_000_000L + 2_000_000_000L;
    /** Of the best mailbox's part, what any is given. */
    private static final double FLOOR = 0.1;

    private record Posted(long nonceLow, long untilNs, int mailbox) {
    }

    /** The cookie a puzzle has been solved for. */
    private record Registration(long cookie, long solution) {
    }

    private final PublicKey service;
    private final DoorConfig config;
    private final List<MailboxLink> mailboxes;
    private final Identity signer;
    private final MailboxYield[] yields;
    private final Map<MailboxPath, Registration> registrations = new LinkedHashMap<>();
    private final Map<Long, Posted> posted = new LinkedHashMap<>(); // by nonce, oldest first
    private final Set<Long> revoked = new LinkedHashSet<>(); // newest last
    private int perSecond;
    private long nextNs;
    private long lastNs = -1;
    private int cursor;
    private int visited;
    private long number = Long.MIN_VALUE;

    FirstContactPosts(DoorConfig config, Identity identity, List<MailboxLink> mailboxes) {
        this.config = config;
        this.mailboxes = mailboxes;
        service = identity.publicKey();
        DoorConfig.Delegate delegate = config.delegate();
        signer = delegate == null ? identity : delegate.key();
        perSecond = config.contactsPerSecond();
        yields = new MailboxYield[mailboxes.size()];
        for (int i = 0; i < yields.length; i++)
            yields[i] = new MailboxYield();
    }

    long nextNs() {
        return perSecond == 0 ? Machine.NO_DEADLINE : nextNs;
    }

    /** Every mailbox has had its turn. */
    boolean hasPosted() {
        return visited >= mailboxes.size() || perSecond == 0;
    }

    int standing() {
        return posted.size();
    }

    int perSecond() {
        return perSecond;
    }

    /** From now on; 0 shuts the door: what stands at mailboxes is no longer taken. */
    void setPerSecond(long nowNs, int rate) {
        perSecond = rate;
        nextNs = nowNs;
        lastNs = -1;
        if (rate == 0)
            posted.clear();
    }

    /** Mailboxes are told with their next posts. */
    void revoke(long serial) {
        revoked.remove(serial);
        if (revoked.size() == ContactTerms.REVOKED)
            revoked.remove(revoked.iterator().next());
        revoked.add(serial);
    }

    /** The mailbox, once, at which this nonce was posted not too long ago, else -1. */
    int take(long nowNs, long nonceHigh, long nonceLow) {
        Posted post = posted.get(nonceHigh);
        if (post == null || post.nonceLow != nonceLow || post.untilNs < nowNs)
            return -1;
        posted.remove(nonceHigh);
        return post.mailbox;
    }

    /** A hello that came by this mailbox has led to a session. */
    void onOpened(long nowNs, int mailbox) {
        yields[mailbox].onOpened(nowNs);
    }

    void pollTransmit(Endpoint endpoint, TransmitSink sink) {
        long nowNs = endpoint.nowNs;
        if (perSecond == 0 || nowNs < nextNs)
            return;
        forgetOld(nowNs);
        List<Integer> usable = new ArrayList<>();
        for (int i = 0; i < mailboxes.size(); i++)
            if (mailboxes.get(i).usable(nowNs))
                usable.add(i);
        if (usable.isEmpty()) {
            nextNs = nowNs + ROUND_NS / 10;
            return;
        }
        earn(nowNs, usable);
        boolean first = visited < mailboxes.size();
        // A round takes a second, less if a second's nonces do not fit a post for each.
        long roundNs = Math.min(ROUND_NS, ROUND_NS * Post.MAX_NONCES / 2 * usable.size() / perSecond);
        nextNs = nowNs + roundNs / (first ? 1 : usable.size());
        if (first)
            visited = mailboxes.size();
        for (int i = 0; i < (first ? usable.size() : 1); i++) {
            int mailbox = usable.get(Math.floorMod(cursor++, usable.size()));
            int count = (int) Math.min(Post.MAX_NONCES, yields[mailbox].credit);
            if (count > 0 && post(endpoint, mailbox, count, sink))
                yields[mailbox].credit -= count;
        }
    }

    /** The time since the last has given the mailboxes the right to more. */
    private void earn(long nowNs, List<Integer> usable) {
        double[] shares = new double[usable.size()];
        double best = 0;
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = yields[usable.get(i)].perNonce(nowNs);
            best = Math.max(best, shares[i]);
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] = FLOOR + shares[i] / best;
            sum += shares[i];
        }
        double seconds = lastNs < 0 ? 1 : Math.min(2, (nowNs - lastNs) * 1e-9);
        lastNs = nowNs;
        for (int i = 0; i < shares.length; i++) {
            MailboxYield yield = yields[usable.get(i)];
            yield.credit = Math.min(Post.MAX_NONCES, yield.credit + perSecond * seconds * shares[i] / sum);
        }
    }

    private boolean post(Endpoint endpoint, int mailbox, int count, TransmitSink sink) {
        MailboxLink link = mailboxes.get(mailbox);
        MailboxPath path = link.pick(endpoint.nowNs);
        Registration registration = registration(path);
        if (registration == null)
            return false;
        DoorConfig.Delegate delegate = config.delegate();
        int told = Math.min(Post.MAX_REVOKED, revoked.size());
        MemorySegment s = sink.segment();
        long at = path.uplink.begin(sink, 0, link.address);
        int length = Post.write(s, at, 0, path.cookie(), service.idHigh(), service.idLow(), LIFETIME_MS, count,
                config.kinds(), config.tokenSharePercent(), delegate != null, told);
        for (int i = 0; i < count; i++) {
            long high = endpoint.random.nextLong();
            long low = endpoint.random.nextLong();
            posted.put(high, new Posted(low, endpoint.nowNs + REMEMBERED_NS, mailbox));
            Post.putNonce(s, at, i, high, low);
        }
        number = Math.max(number + 1, endpoint.nowNs);
        Post.putTail(s, at, link.address.addressHigh(), link.address.addressLow(), link.address.port(), number,
                registration.solution, service.bytes());
        tell(s, at, told);
        if (delegate != null)
            Post.putDelegation(s, at, delegate.delegation().encode());
        Post.putSignature(s, at, length, signer.sign(Post.signed(s, at, length)));
        path.uplink.end(sink, length);
        yields[mailbox].onIssued(endpoint.nowNs, count);
        return true;
    }

    /** The next of the revoked tokens, in turn. */
    private void tell(MemorySegment s, long at, int told) {
        Iterator<Long> next = revoked.iterator();
        List<Long> said = new ArrayList<>();
        for (int i = 0; i < told; i++) {
            long serial = next.next();
            Post.putRevoked(s, at, i, serial);
            said.add(serial);
        }
        revoked.removeAll(said);
        revoked.addAll(said);
    }

    /** Null at a mailbox that asks for more work than a post is worth. */
    private @Nullable Registration registration(MailboxPath path) {
        Registration known = registrations.get(path);
        if (known != null && known.cookie == path.cookie())
            return known;
        if (path.registrationBits() > ContactConfig.MAX_REGISTRATION_BITS)
            return null;
        byte[] target = new byte[HashPuzzle.TARGET];
        new HelloTarget().ofPost(path.link.address.addressHigh(), path.link.address.addressLow(),
                path.link.address.port(), service.bytes(), path.cookie(), target);
        HashPuzzle.Search search = new HashPuzzle.Search(target, path.cookie());
        while (search.bits() < path.registrationBits())
            search.run(256);
        Registration solved = new Registration(path.cookie(), search.solution());
        registrations.put(path, solved);
        return solved;
    }

    private void forgetOld(long nowNs) {
        Iterator<Posted> oldest = posted.values().iterator();
        while (oldest.hasNext() && oldest.next().untilNs < nowNs)
            oldest.remove();
        if (registrations.size() > 4 * mailboxes.size())
            registrations.clear(); // ways that were replaced since
    }
}
