package org.schiltron.swarm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.Machine;
import org.schiltron.machine.TransmitSink;
import org.schiltron.wire.Post;

/**
 * Keeps first-contact nonces at the mailboxes, at a rate in total: each lets one hello through that was not asked for
 * (Phalanx 3.4.1). Mailboxes get them in proportion to the sessions that theirs led to lately, above a floor that keeps
 * asking. Bound: rate x lifetime nonces are remembered.
 */
final class FirstContactPosts {
    private static final long ROUND_NS = 1_000_000_000L;
    private static final int LIFETIME_MS = 6_000;
    private static final long REMEMBERED_NS = LIFETIME_MS * 1_000_000L + 2_000_000_000L;
    /** Of the best mailbox's part, what any is given. */
    private static final double FLOOR = 0.1;
    /** Of an even part, what any is given. */
    private static final double MOST = 2;
    /**
     * A mailbox that has restarted drops posts without a word. So its cookie is asked for again after a while, whatever it is said to be good for; of all mailboxes only so
     * often, since ring nodes let few such requests by.
     */
    private static final long PROBE_NS = 20_000_000_000L;
    private static final long PROBES_APART_NS = 250_000_000L;
    /** Posts that take nonces back leave so many at a time: each is signed. */
    private static final int WITHDRAWALS = 8;
    private static final long WITHDRAWAL_PAUSE_NS = 10_000_000L;

    private record Posted(long nonceHigh, long nonceLow, long untilNs, int mailbox, MailboxPath path) {
    }

    private final List<MailboxLink> mailboxes;
    private final PostWriter writer;
    private final MailboxYield[] yields;
    private final Map<Long, Posted> posted = new LinkedHashMap<>(); // by nonce, oldest first
    private final ArrayDeque<List<Posted>> withdrawn = new ArrayDeque<>(); // each of one way, to be taken back
    private final int pooledPerSecond;
    private int perSecond;
    private long nextNs;
    private long nextWithdrawalNs;
    private long nextProbeNs;
    private long lastNs = -1;
    private int cursor;
    private int visited;

    FirstContactPosts(DoorConfig config, PostWriter writer, List<MailboxLink> mailboxes) {
        this.mailboxes = mailboxes;
        this.writer = writer;
        perSecond = config.contactsPerSecond();
        pooledPerSecond = config.pooledPerSecond();
        yields = new MailboxYield[mailboxes.size()];
        for (int i = 0; i < yields.length; i++)
            yields[i] = new MailboxYield();
    }

    long nextNs() {
        return Math.min(perSecond == 0 ? Machine.NO_DEADLINE : nextNs,
                withdrawn.isEmpty() ? Machine.NO_DEADLINE : nextWithdrawalNs);
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

    /**
     * From now on. When it is less than before, what stands is no longer taken and is taken back, at mailboxes and ring
     * nodes; 0 shuts the door.
     */
    void setPerSecond(long nowNs, int rate) {
        boolean less = rate < perSecond;
        perSecond = rate;
        nextNs = nowNs;
        lastNs = -1;
        if (!less)
            return;
        Map<MailboxPath, List<Posted>> byPath = new LinkedHashMap<>();
        for (Posted post : posted.values())
            byPath.computeIfAbsent(post.path, _ -> new ArrayList<>()).add(post);
        posted.clear();
        withdrawn.clear();
        nextWithdrawalNs = nowNs;
        List<List<Posted>> rest = new ArrayList<>();
        for (List<Posted> ofPath : byPath.values())
            for (int i = 0; i < ofPath.size(); i += Post.MAX_NONCES) { // a mailbox forgets all at the first
                List<Posted> part = ofPath.subList(i, Math.min(ofPath.size(), i + Post.MAX_NONCES));
                if (i == 0)
                    withdrawn.add(part);
                else
                    rest.add(part);
            }
        withdrawn.addAll(rest);
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

    /** @param crowded whether to post what ring nodes' pools may give, too */
    void pollTransmit(Endpoint endpoint, boolean crowded, TransmitSink sink) {
        long nowNs = endpoint.nowNs;
        withdraw(nowNs, sink);
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
        int rate = crowded ? perSecond + pooledPerSecond : perSecond;
        earn(nowNs, usable, rate);
        boolean first = visited < mailboxes.size();
        // A round takes a second, less if a second's nonces do not fit a post for each.
        long roundNs = Math.min(ROUND_NS, ROUND_NS * Post.MAX_NONCES / 2 * usable.size() / rate);
        nextNs = nowNs + roundNs / (first ? 1 : usable.size());
        if (first)
            visited = mailboxes.size();
        for (int i = 0; i < (first ? usable.size() : 1); i++) {
            int mailbox = usable.get(Math.floorMod(cursor++, usable.size()));
            int count = (int) Math.min(Post.MAX_NONCES, yields[mailbox].credit);
            if (count > 0)
                post(endpoint, mailbox, count, sink);
        }
    }

    private void withdraw(long nowNs, TransmitSink sink) {
        if (nowNs < nextWithdrawalNs)
            return;
        for (int i = 0; i < WITHDRAWALS && !withdrawn.isEmpty(); i++) {
            List<Posted> part = withdrawn.removeFirst();
            MailboxPath path = part.getFirst().path;
            if (!path.usable(nowNs))
                continue;
            long[] nonces = new long[2 * part.size()];
            for (int j = 0; j < part.size(); j++) {
                nonces[2 * j] = part.get(j).nonceHigh;
                nonces[2 * j + 1] = part.get(j).nonceLow;
            }
            writer.write(nowNs, path, 0, nonces, sink);
        }
        nextWithdrawalNs = nowNs + WITHDRAWAL_PAUSE_NS;
    }

    /** The time since the last has given the mailboxes the right to more. */
    private void earn(long nowNs, List<Integer> usable, int rate) {
        double[] shares = new double[usable.size()];
        double best = 0;
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = yields[usable.get(i)].perNonce(nowNs);
            best = Math.max(best, shares[i]);
        }
        for (int i = 0; i < shares.length; i++)
            shares[i] = FLOOR + shares[i] / best;
        double most = MOST * Arrays.stream(shares).average().orElse(1); // sessions of a mailbox's friends yield well too
        for (int i = 0; i < shares.length; i++) {
            shares[i] = Math.min(most, shares[i]);
            sum += shares[i];
        }
        double seconds = lastNs < 0 ? 1 : Math.min(2, (nowNs - lastNs) * 1e-9);
        lastNs = nowNs;
        for (int i = 0; i < shares.length; i++) {
            MailboxYield yield = yields[usable.get(i)];
            yield.credit = Math.min(Post.MAX_NONCES, yield.credit + rate * seconds * shares[i] / sum);
        }
    }

    private void post(Endpoint endpoint, int mailbox, int count, TransmitSink sink) {
        MailboxPath path = mailboxes.get(mailbox).pick(endpoint.nowNs);
        long[] nonces = new long[2 * count];
        for (int i = 0; i < nonces.length; i++)
            nonces[i] = endpoint.random.nextLong();
        if (!writer.write(endpoint.nowNs, path, LIFETIME_MS, nonces, sink))
            return;
        for (int i = 0; i < nonces.length; i += 2)
            posted.put(nonces[i],
                    new Posted(nonces[i], nonces[i + 1], endpoint.nowNs + REMEMBERED_NS, mailbox, path));
        yields[mailbox].onIssued(endpoint.nowNs, count);
        yields[mailbox].credit -= count;
        if (endpoint.nowNs >= nextProbeNs && path.probeAfter(endpoint.nowNs, PROBE_NS)) {
            nextProbeNs = endpoint.nowNs + PROBES_APART_NS;
            endpoint.touch(path.link);
        }
    }

    private void forgetOld(long nowNs) {
        Iterator<Posted> oldest = posted.values().iterator();
        while (oldest.hasNext() && oldest.next().untilNs < nowNs)
            oldest.remove();
    }
}
