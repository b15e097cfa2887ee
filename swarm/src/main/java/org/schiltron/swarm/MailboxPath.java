package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.schiltron.machine.Machine;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Get;
import org.schiltron.wire.Wire;

/**
 * One way to one mailbox: mailbox x ring node for a service, the mailbox alone for a client. Holds the cookie for it, and
 * the gets that wait to leave together.
 *
 * <p>A cookie request is also the probe of whether the mailbox lives: it is repeated with backoff (0.2 s to 2 s) while
 * there is no answer, and sent early when packets by this path are lost.
 */
final class MailboxPath {
    private static final long FIRST_RETRY_NS = 200_000_000L;
    private static final long MAX_RETRY_NS = 2_000_000_000L;
    private static final long SUSPECT_PAUSE_NS = 1_000_000_000L;
    /** However short a mailbox says that its cookies last, they are not asked for more often. */
    private static final long MIN_RENEWAL_NS = 1_000_000_000L;
    private static final long FORGIVEN_NS = 7_000_000_000L;
    private static final double LN_2 = Math.log(2);
    /** Of one packet's fate in {@link #packetLoss}. */
    private static final double FATE_WEIGHT = 1.0 / 8;
    /** Unanswered requests after which the mailbox counts as unreachable. */
    private static final int UNREACHABLE_AFTER = 3;
    /** Gets leave when so many wait, even if none is urgent. */
    static final int GET_BATCH = 16;
    /** From so many on, gets that wait without a cookie are gone through for those that nobody waits for any more. */
    static final int PRUNE_AT = 64;
    static final long GET_DELAY_NS = 2_000_000L;
    /** Withdrawals wait so long for gets to leave with: less than it takes to give one up. */
    private static final long WITHDRAWAL_DELAY_NS = 50_000_000L;

    final MailboxLink link;
    final Uplink uplink;
    private final RandomSource random;
    private boolean wanted;
    private boolean hasCookie;
    private long cookie;
    private long validUntilNs;
    private int shards = 1;
    private int registrationBits;
    private long nextRequestNs = Machine.NO_DEADLINE;
    private long retryNs = FIRST_RETRY_NS;
    private long requestedNs;
    private long firstRequestedNs;
    private int unanswered;
    private boolean requestOpen;
    private boolean isProbe; // the open one
    private long afterProbeNs = Machine.NO_DEADLINE; // of one that is due
    private long nonceHigh;
    private long nonceLow;
    private long rttNs = -1;
    private double packetLoss;
    private long packetLossNs;
    private final List<Outstanding> gets = new ArrayList<>();
    private int pruneAt = PRUNE_AT;
    private long getsDueNs = Machine.NO_DEADLINE;
    private final List<Outstanding> withdrawn = new ArrayList<>(); // at most MAX_WINDOW

    MailboxPath(MailboxLink link, Uplink uplink, RandomSource random) {
        this.link = link;
        this.uplink = uplink;
        this.random = random;
    }

    /** From now on a valid cookie is kept. */
    void want(long nowNs) {
        if (wanted)
            return;
        wanted = true;
        firstRequestedNs = nowNs;
        nextRequestNs = nowNs;
    }

    boolean wanted() {
        return wanted;
    }

    /** Lets the cookie lapse. */
    void abandon() {
        wanted = false;
        nextRequestNs = Machine.NO_DEADLINE;
        afterProbeNs = Machine.NO_DEADLINE;
    }

    boolean usable(long nowNs) {
        return hasCookie && nowNs < validUntilNs && uplink.ready();
    }

    /** No answer to several requests in a row. */
    boolean unreachable() {
        return unanswered >= UNREACHABLE_AFTER;
    }

    /** The first cookie may still be under way. */
    boolean isFresh(long nowNs, long patienceNs) {
        return wanted && !hasCookie && nowNs - firstRequestedNs < patienceNs;
    }

    long firstRequestedNs() {
        return firstRequestedNs;
    }

    /** Round trip to the mailbox, -1 while unknown. */
    long rttNs() {
        return rttNs;
    }

    int shards() {
        return shards;
    }

    /** Effort of the puzzle that the mailbox asks of a new poster. */
    int registrationBits() {
        return registrationBits;
    }

    long cookie() {
        return cookie;
    }

    /** A packet that was put or asked for by this path has arrived, or is lost somewhere on its way. */
    void onFate(long nowNs, boolean arrived) {
        double before = packetLoss(nowNs);
        packetLoss = before + ((arrived ? 0 : 1) - before) * FATE_WEIGHT;
        packetLossNs = nowNs;
    }

    /**
     * Of the packets lately put or asked for by this path, in any session, 0 to 1. What is not used says less and less about
     * it: half as much after {@value #FORGIVEN_NS} ns.
     */
    double packetLoss(long nowNs) {
        if (packetLoss < 0.01)
            return packetLoss;
        return packetLoss * Math.exp(-LN_2 * (nowNs - packetLossNs) / FORGIVEN_NS);
    }

    /** Lost by this path or, say the probes, on the first part of it, 0 to 1. */
    double loss(long nowNs) {
        return Math.max(packetLoss(nowNs), uplink.loss());
    }

    /** Packets by this path are lost: ask whether the mailbox lives. */
    void suspect(long nowNs) {
        if (!wanted || nowNs - requestedNs <= SUSPECT_PAUSE_NS)
            return;
        nextRequestNs = Math.min(nextRequestNs, nowNs);
        afterProbeNs = Machine.NO_DEADLINE;
    }

    /** The cookie is to be asked for again at once. */
    void renew(long nowNs) {
        if (!wanted)
            return;
        nextRequestNs = nowNs;
        afterProbeNs = Machine.NO_DEADLINE;
    }

    /** The cookie, good as it may be, is to be asked for again, if it was not for so long: once, and no answer says nothing. Whether it is. */
    boolean probeAfter(long nowNs, long ns) {
        if (!hasCookie || requestOpen && !isProbe || nowNs >= nextRequestNs || nowNs - requestedNs < ns)
            return false;
        afterProbeNs = nextRequestNs;
        nextRequestNs = nowNs;
        return true;
    }

    /** A COOKIE from this path. False if it answers no open request. */
    boolean onCookie(long nowNs, long high, long low, long newCookie, int validitySeconds, int newShards,
            int newRegistrationBits) {
        if (!requestOpen || high != nonceHigh || low != nonceLow || newShards < 1)
            return false;
        requestOpen = false;
        unanswered = 0;
        rttNs = rttNs < 0 ? nowNs - requestedNs : (7 * rttNs + nowNs - requestedNs) / 8;
        hasCookie = true;
        cookie = newCookie;
        shards = newShards;
        registrationBits = newRegistrationBits;
        validUntilNs = nowNs + validitySeconds * 1_000_000_000L;
        retryNs = FIRST_RETRY_NS;
        nextRequestNs = nowNs + Math.max(MIN_RENEWAL_NS, validitySeconds * 750_000_000L);
        return true;
    }

    // Gets

    /** The get will leave with the next batch; at once if urgent. */
    void queueGet(long nowNs, Outstanding get, boolean urgent) {
        if (gets.size() >= pruneAt)
            prune();
        gets.add(get);
        getsDueNs = urgent || gets.size() >= GET_BATCH ? nowNs : Math.min(getsDueNs, nowNs + GET_DELAY_NS);
    }

    /** The get may be answered no longer. Where it cannot be said, or too many wait, it stands until it expires. */
    void queueWithdrawal(long nowNs, Outstanding get) {
        if (!usable(nowNs) || withdrawn.size() == Inbound.MAX_WINDOW)
            return;
        withdrawn.add(get);
        getsDueNs = Math.min(getsDueNs, nowNs + WITHDRAWAL_DELAY_NS);
    }

    /** What waits leaves now. */
    void hurry(long nowNs) {
        if (!withdrawn.isEmpty() || !gets.isEmpty())
            getsDueNs = nowNs;
    }

    /** Without a cookie gets are asked for again and again, answered by other ways, and their sessions end. */
    private void prune() {
        Set<Outstanding> open = new LinkedHashSet<>();
        for (Outstanding get : gets)
            if (get.state == Outstanding.OPEN)
                open.add(get);
        gets.clear();
        gets.addAll(open);
        pruneAt = Math.max(PRUNE_AT, 2 * gets.size());
    }

    int waiting() {
        return gets.size();
    }

    long nextDeadlineNs() {
        return Math.min(nextRequestNs, getsDueNs);
    }

    /** Sends what is due. Gets leave only with a cookie; without one they wait, at most twice those that are open. */
    void pollTransmit(long nowNs, TransmitSink sink) {
        if (nowNs >= nextRequestNs) {
            if (uplink.ready())
                sendRequest(nowNs, sink);
            else
                nextRequestNs = nowNs + FIRST_RETRY_NS / 4;
        }
        if (nowNs >= getsDueNs) {
            if (usable(nowNs))
                sendGets(sink);
            else {
                getsDueNs = nowNs + 10 * GET_DELAY_NS;
                withdrawn.clear();
            }
        }
    }

    private void sendRequest(long nowNs, TransmitSink sink) {
        if (!requestOpen || isProbe) {
            requestOpen = true;
            nonceHigh = random.nextLong();
            nonceLow = random.nextLong();
        } else {
            unanswered++;
            retryNs = Math.min(2 * retryNs, MAX_RETRY_NS);
        }
        requestedNs = nowNs;
        isProbe = afterProbeNs != Machine.NO_DEADLINE;
        nextRequestNs = isProbe ? afterProbeNs : nowNs + retryNs + random.nextLong(retryNs / 4 + 1);
        afterProbeNs = Machine.NO_DEADLINE;
        long at = uplink.begin(sink, 0, link.address);
        int length = CookieRequest.write(sink.segment(), at, 0, 0, nonceHigh, nonceLow);
        uplink.end(sink, length);
    }

    private void sendGets(TransmitSink sink) {
        getsDueNs = Machine.NO_DEADLINE;
        send(sink, withdrawn, true);
        send(sink, gets, false);
    }

    /** Empties the list. */
    private void send(TransmitSink sink, List<Outstanding> list, boolean withdrawal) {
        int sent = 0;
        while (sent < list.size()) {
            Outstanding head = list.get(sent);
            int run = 1;
            while (run < Get.MAX_IMAGES && sent + run < list.size() && list.get(sent + run).batchesWith(head, shards))
                run++;
            long at = uplink.begin(sink, head.shard % shards, link.address);
            int length = Get.write(sink.segment(), at, head.shard % shards, 0, cookie, withdrawal ? 0 : head.lifetimeMs,
                    head.maxBody, run);
            int written = 0;
            for (int i = 0; i < run; i++) {
                Outstanding get = list.get(sent + i);
                if (withdrawal || get.state == Outstanding.OPEN)
                    Get.putImage(sink.segment(), at, written++, get.imageHigh, get.imageLow);
            }
            if (written > 0)
                uplink.end(sink, length - (run - written) * Wire.NONCE);
            sent += run;
        }
        list.clear();
    }
}
