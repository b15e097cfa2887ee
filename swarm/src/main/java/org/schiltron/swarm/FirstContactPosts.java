package org.schiltron.swarm;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Post;

/**
 * Keeps first-contact nonces at the mailboxes, at a fixed rate: each lets one hello through that was not asked for
 * (Phalanx 3.4.1). Bound: rate x lifetime nonces are remembered.
 */
final class FirstContactPosts {
    private static final long ROUND_NS = 1_000_000_000L;
    private static final int LIFETIME_MS = 6_000;
    private static final long REMEMBERED_NS = LIFETIME_MS * 1_000_000L + 2_000_000_000L;

    private record Posted(long nonceLow, long untilNs) {
    }

    private final int perSecond;
    private final Map<Long, Posted> posted = new LinkedHashMap<>(); // by nonce, oldest first
    private long nextNs;
    private int remainder; // where the nonces begin that do not divide evenly
    private long rounds;

    FirstContactPosts(int perSecond) {
        this.perSecond = perSecond;
    }

    long nextNs() {
        return nextNs;
    }

    boolean hasPosted() {
        return rounds > 0;
    }

    int standing() {
        return posted.size();
    }

    /** True, once, for a nonce that was posted and is not too old. */
    boolean take(long nowNs, long nonceHigh, long nonceLow) {
        Posted post = posted.get(nonceHigh);
        if (post == null || post.nonceLow != nonceLow || post.untilNs < nowNs)
            return false;
        posted.remove(nonceHigh);
        return true;
    }

    void pollTransmit(Endpoint endpoint, PublicKey service, List<MailboxLink> mailboxes, TransmitSink sink) {
        long nowNs = endpoint.nowNs;
        if (nowNs < nextNs)
            return;
        forgetOld(nowNs);
        int usable = 0;
        for (MailboxLink link : mailboxes)
            if (link.usable(nowNs))
                usable++;
        if (usable == 0) {
            nextNs = nowNs + ROUND_NS / 10;
            return;
        }
        nextNs = nowNs + ROUND_NS;
        rounds++;
        int turn = 0;
        for (MailboxLink link : mailboxes) {
            if (!link.usable(nowNs))
                continue;
            int extra = Math.floorMod(turn - remainder, usable) < perSecond % usable ? 1 : 0;
            turn++;
            int count = Math.min(Post.MAX_NONCES, perSecond / usable + extra);
            if (count > 0)
                post(endpoint, service, link, count, sink);
        }
        remainder = (remainder + perSecond % usable) % usable;
    }

    private void post(Endpoint endpoint, PublicKey service, MailboxLink link, int count, TransmitSink sink) {
        MailboxPath path = link.pick(endpoint.nowNs);
        long at = path.uplink.begin(sink, 0, link.address);
        int length = Post.write(sink.segment(), at, 0, 0, path.cookie(), service.idHigh(), service.idLow(), LIFETIME_MS,
                count);
        for (int i = 0; i < count; i++) {
            long high = endpoint.random.nextLong();
            long low = endpoint.random.nextLong();
            posted.put(high, new Posted(low, endpoint.nowNs + REMEMBERED_NS));
            Post.putNonce(sink.segment(), at, i, high, low);
        }
        path.uplink.end(sink, length);
    }

    private void forgetOld(long nowNs) {
        Iterator<Posted> oldest = posted.values().iterator();
        while (oldest.hasNext() && oldest.next().untilNs < nowNs)
            oldest.remove();
    }
}
