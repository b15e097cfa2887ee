package org.schiltron.swarm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.proof.PacketCipher;

/**
 * The receiving side of one direction: asks for packets index by index, within a window, at the mailboxes the nonces
 * pick; notes what comes and what does not; advertises the rate; and steers the mailbox set (Phalanx 3.2.1, 3.2.2, 3.5).
 *
 * <p>Indices are asked for in order. One is <em>overtaken</em> when a later one arrives, and given up a while after. The
 * window reaches {@link #window} beyond the highest index that came; if all is lost it creeps on at the last rate, up to
 * twice that. An idle direction keeps {@value #IDLE_WINDOW} gets for short packets only, so that ten thousand idle
 * sessions released at once do not fill the service's link.
 */
final class Inbound {
    /** Most gets of one direction; 2,048 x about 120 bytes of state. */
    static final int MAX_WINDOW = 2_048;
    static final int FIRST_WINDOW = 16;
    static final int IDLE_WINDOW = 6;
    /** Longest body asked for while idle, bytes. */
    static final int IDLE_BODY = 256;
    static final long IDLE_AFTER_NS = 5_000_000_000L;
    /** While we wait for an answer, its sender may be trying with packets of any length. */
    private static final long PATIENT_IDLE_AFTER_NS = 20_000_000_000L;
    private static final long ACTIVE_REFRESH_NS = 2_000_000_000L;
    /** Under the 25 s after which a NAT forgets. */
    private static final long IDLE_REFRESH_NS = 20_000_000_000L;
    private static final long SLACK_NS = 40_000_000L;
    private static final long SWOLLEN_NS = 100_000_000L;

    private final Session session;
    private final Endpoint endpoint;
    private final NonceBlock nonces;
    final PacketCipher cipher;
    private final int shard;

    private MailboxSet set;
    private @Nullable SetChange change;
    private final SetSteering steering;
    final PathScores scores = new PathScores();
    private final RateAdvice advice;
    private final Requests requests;
    private long nextTickNs;

    private final GetSlots slots = new GetSlots();
    private int open; // asked for, neither received nor given up
    private long highest = -1;
    private long creepNs = Machine.NO_DEADLINE;
    private int crept;
    private boolean idle;
    private long lastPacketNs;
    private long lastWakingNs; // pings and acknowledgements answer each other for ever
    private long nextRefreshNs;
    private long allowedNs = Machine.NO_DEADLINE; // when its client may be asked for more

    final Acknowledger acks = new Acknowledger();

    Inbound(Session session, Endpoint endpoint, SessionKeys keys, MailboxSet set, SetSteering steering) {
        this.session = session;
        this.endpoint = endpoint;
        nonces = new NonceBlock(keys.inNonces);
        cipher = keys.inPackets;
        shard = keys.inShard;
        this.set = set;
        this.steering = steering;
        EndpointLimits limits = endpoint.limits();
        requests = new Requests(session, endpoint);
        advice = new RateAdvice(limits.initialRate(), limits.floorRate());
    }

    /** Asks for the window, and for indices below {@code atLeast} whatever that is. */
    void start(long nowNs, long atLeast) {
        begin(nowNs);
        while (slots.end < atLeast)
            askNext(nowNs, true);
        ask(nowNs);
    }

    private void begin(long nowNs) {
        if (!idle)
            endpoint.onActivity(1);
        lastPacketNs = nowNs;
        lastWakingNs = nowNs;
        nextRefreshNs = nowNs + (idle ? IDLE_REFRESH_NS : ACTIVE_REFRESH_NS);
        session.want(nowNs, set);
        scores.begin(set);
    }

    /** What another endpoint needs to go on asking. */
    void writeTo(HandOverWriter to) {
        to.sets(steering.version(), set, change).flag(idle).number(slots.base).number(slots.end - slots.base)
                .number(highest + 1);
        for (long i = slots.base; i < slots.end; i++)
            to.flag(slots.get(i) != null);
    }

    /** Instead of {@link #start}: asks again for what {@link #writeTo} found standing. False if malformed. */
    boolean resume(long nowNs, FrameReader from) {
        HandOverWriter.Sets sets = HandOverWriter.sets(from);
        idle = from.u8() == 1;
        long first = from.varint();
        int span = from.varintUpTo(MAX_WINDOW);
        highest = from.varint() - 1;
        if (sets == null || from.failed() || from.remaining() < span || highest >= first + span)
            return false;
        set = sets.present().set();
        change = sets.pending();
        steering.resume(sets.present().version());
        begin(nowNs);
        slots.base = first;
        slots.end = first;
        for (int i = 0; i < span; i++) {
            if (from.u8() == 0) {
                slots.skip();
                continue;
            }
            askNext(nowNs, true);
            if (slots.end <= highest)
                asked(slots.end - 1).overtakenNs = nowNs;
        }
        if (change != null) {
            session.want(nowNs, change.set());
            session.control(change.encode()); // it may not have arrived
        }
        return true;
    }

    /** What stands open for an index that was asked for and has not come. */
    Outstanding asked(long index) {
        return Objects.requireNonNull(slots.get(index));
    }

    MailboxSet set() {
        return set;
    }

    @Nullable
    SetChange change() {
        return change;
    }

    long highest() {
        return highest;
    }

    /** Packets a second advertised. */
    double rate() {
        return Math.min(advice.rate(), session.mostRate());
    }

    double deliveredRate() {
        return idle ? 0 : advice.deliveredRate();
    }

    boolean idle() {
        return idle;
    }

    int openGets() {
        return open;
    }

    /**
     * An authentic packet for {@code get} came from mailbox {@code from}. One that does not wake leaves an idle direction
     * idle, or each keepalive would cost seconds of a busy window.
     */
    void onPacket(long nowNs, Outstanding get, MailboxLink from, boolean congested, boolean eliciting,
            boolean waking) {
        long index = get.index;
        drop(get);
        lastPacketNs = nowNs;
        if (waking)
            lastWakingNs = nowNs;
        advice.onPacket();
        int member = memberAt(get, from);
        scores.onReceived(member, congested);
        judge(nowNs, get, true);
        decide(nowNs, get, member);
        acks.onReceived(nowNs, index, eliciting, session.rttNs());
        if (index > highest) {
            for (long i = Math.max(slots.base, highest); i < index; i++) {
                Outstanding passed = slots.get(i);
                if (passed != null && passed.overtakenNs < 0)
                    passed.overtakenNs = nowNs;
            }
            highest = index;
        }
        if (idle && waking)
            wake(nowNs);
        crept = 0;
        giveUp(nowNs);
        ask(nowNs);
    }

    private static void judge(long nowNs, Outstanding get, boolean arrived) {
        MailboxPath path = get.path;
        if (path != null && get.otherMember < 0)
            path.onFate(nowNs, arrived);
    }

    /** The mailbox at that address if the get was left there, else null. */
    @Nullable
    MailboxLink mailboxAt(Outstanding get, Path source) {
        MailboxLink link = session.directory().get(get.member);
        if (link != null && link.address.sameAddress(source))
            return link;
        MailboxLink other = get.otherMember < 0 ? null : session.directory().get(get.otherMember);
        return other != null && other.address.sameAddress(source) ? other : null;
    }

    Session session() {
        return session;
    }

    private int memberAt(Outstanding get, MailboxLink from) {
        boolean other = get.otherMember >= 0 && from == session.directory().get(get.otherMember);
        return other ? get.otherMember : get.member;
    }

    void writeAck(long nowNs, PacketBuilder packet) {
        acks.write(nowNs, packet, slots.base, slots.end, (long) rate());
    }

    // The set and its change

    private void decide(long nowNs, Outstanding get, int member) {
        SetChange pending = change;
        if (pending == null || get.otherMember < 0)
            return;
        change = null;
        boolean taken = member == get.otherMember;
        if (taken) {
            set = pending.set();
            scores.trim(set);
        }
        for (long i = Math.max(slots.base, pending.start()); i < slots.end; i++) {
            Outstanding asked = slots.get(i);
            if (asked == null || asked.otherMember < 0)
                continue;
            requests.settle(nowNs, asked, taken);
        }
        steering.onDecided(nowNs, taken);
    }

    private void propose(long nowNs) {
        if (change != null || highest < 0)
            return;
        MailboxSet better = steering.consider(nowNs, set, scores, session);
        if (better == null)
            return;
        long perRoundTrip = (long) (advice.deliveredRate() * 1e-9 * Math.max(0, session.rttNs()));
        SetChange proposal = new SetChange(steering.nextVersion(), slots.end + perRoundTrip + 1, better);
        change = proposal;
        session.want(nowNs, better);
        session.control(proposal.encode());
    }

    // Asking

    int window() {
        if (idle)
            return IDLE_WINDOW;
        double wanted = rate() * 1e-9 * (spanNs() + SLACK_NS);
        int most = Math.min(MAX_WINDOW, endpoint.windowShare());
        return (int) Math.max(Math.min(FIRST_WINDOW, most), Math.min(most, wanted));
    }

    /** One and a half round trips; a queue that has built up is no reason for more. */
    private long spanNs() {
        if (session.rttNs() < 0)
            return 150_000_000L;
        long rtt = Math.min(session.rttNs(), 2 * session.minRttNs() + SWOLLEN_NS);
        return rtt + rtt / 2;
    }

    /** All that stands open may be released at once (DESIGN, swarm 5); a few more only to get on when all seems lost. */
    private int mostOpen() {
        if (idle)
            return IDLE_WINDOW;
        int share = Math.min(MAX_WINDOW, endpoint.windowShare());
        return crept > 0 ? Math.max(share, FIRST_WINDOW) : share;
    }

    private void ask(long nowNs) {
        long limit = Math.min(highest + 1 + window() + crept, slots.base + MAX_WINDOW);
        boolean urgent = slots.end - highest <= FIRST_WINDOW;
        int most = mostOpen();
        while (slots.end < limit && open < most && (open < IDLE_WINDOW || endpoint.mayOpenGets())) {
            ClientAllowance allowance = session.allowance();
            if (allowance != null && !allowance.take(nowNs)) {
                allowedNs = allowance.nextNs(nowNs);
                return;
            }
            askNext(nowNs, urgent);
        }
    }

    private void askNext(long nowNs, boolean urgent) {
        open++;
        if (!idle)
            endpoint.onOpenGets(1);
        long index = slots.end;
        long high = nonces.high(index);
        Outstanding get = new Outstanding(this, index, high, nonces.low(index), shard);
        get.member = set.pick(high);
        SetChange pending = change;
        if (pending != null && index >= pending.start()) {
            int other = pending.set().pick(high);
            if (other != get.member)
                get.otherMember = other;
        }
        slots.add(get);
        endpoint.remember(get);
        requests.leave(nowNs, get, idle, urgent);
    }

    /** Overtaken long enough ago: it is lost. */
    private void giveUp(long nowNs) {
        long patience = patienceNs();
        while (slots.base < slots.end) {
            Outstanding get = slots.get(slots.base);
            if (get != null) {
                if (get.overtakenNs < 0 || nowNs - get.overtakenNs < patience)
                    return;
                if (get.otherMember < 0)
                    onLost(nowNs, get);
                abandon(nowNs, get);
            } else if (slots.base > highest) {
                return;
            }
            slots.base++;
        }
    }

    private void onLost(long nowNs, Outstanding get) {
        scores.onLost(get.member);
        judge(nowNs, get, false);
        MailboxLink link = session.directory().get(get.member);
        if (link != null && scores.of(get.member).lostInARow >= 2) {
            link.suspect(nowNs);
            endpoint.touch(link);
        }
    }

    /** It will not be waited for any longer, nor may it be answered. */
    private void abandon(long nowNs, Outstanding get) {
        requests.withdraw(nowNs, get);
        drop(get);
    }

    private void drop(Outstanding get) {
        get.state = Outstanding.DONE;
        endpoint.forget(get);
        slots.remove(get);
        open--;
        if (!idle)
            endpoint.onOpenGets(-1);
    }

    private long patienceNs() {
        long rtt = session.rttNs() < 0 ? 100_000_000L : session.rttNs();
        return Math.min(1_000_000_000L, Math.max(60_000_000L, 2 * rtt));
    }

    // Time

    long nextDeadlineNs(long nowNs) {
        long next = Math.min(nextRefreshNs, allowedNs);
        if (!acks.due(nowNs))
            next = Math.min(next, acks.dueNs()); // once due, the sending side decides when it leaves
        if (!idle)
            next = Math.min(next, Math.min(nextTickNs, creepNs));
        if (slots.base <= highest) {
            Outstanding get = slots.get(slots.base);
            if (get != null && get.overtakenNs >= 0)
                next = Math.min(next, get.overtakenNs + patienceNs());
        }
        return next;
    }

    void onTimer(long nowNs) {
        if (nowNs >= allowedNs)
            allowedNs = Machine.NO_DEADLINE;
        giveUp(nowNs);
        if (!idle && nowNs >= nextTickNs) {
            nextTickNs = nowNs + RateAdvice.TICK_NS;
            advice.tick(nowNs, Math.min(endpoint.rateShare(), session.mostRate()), scores.bestQuartileLoss(),
                    session.rttNs(), session.minRttNs());
            propose(nowNs);
            long patience = session.outbound().awaitsAnswer() ? PATIENT_IDLE_AFTER_NS : IDLE_AFTER_NS;
            if (nowNs - lastWakingNs > patience)
                sleep(nowNs);
        }
        if (!idle && nowNs >= creepNs)
            creep(nowNs);
        else if (creepNs == Machine.NO_DEADLINE && !idle)
            creepNs = nowNs + RateAdvice.TICK_NS;
        if (nowNs >= nextRefreshNs)
            refresh(nowNs);
        ask(nowNs);
    }

    /** All in the window may be lost: move on at the last rate, at most a window further (Phalanx 3.2.1). */
    private void creep(long nowNs) {
        long silentNs = nowNs - lastPacketNs;
        creepNs = nowNs + RateAdvice.TICK_NS;
        if (acks.unsure() && silentNs > Math.max(150_000_000L, 2 * session.rttNs())) {
            acks.isSure();
            session.ping(); // with the ACK, until it arrives: the sender may be waiting for the window it tells of
        }
        if (highest < 0 || silentNs < Math.max(300_000_000L, 3 * session.rttNs()) || crept >= window())
            return;
        crept += (int) Math.max(1, Math.min(window() - crept, advice.deliveredRate() * 0.1));
    }

    private void refresh(long nowNs) {
        long interval = idle ? IDLE_REFRESH_NS : ACTIVE_REFRESH_NS;
        long next = nowNs + interval;
        for (long i = slots.base; i < slots.end; i++) {
            Outstanding get = slots.get(i);
            if (get == null || get.overtakenNs >= 0)
                continue;
            if (nowNs - get.requestedNs >= interval - SLACK_NS)
                requests.leave(nowNs, get, idle, false);
            else
                next = Math.min(next, get.requestedNs + interval);
        }
        nextRefreshNs = next;
    }

    /** Nothing has come for a while: keep few gets, for short packets. */
    private void sleep(long nowNs) {
        endpoint.onOpenGets(-open);
        idle = true;
        endpoint.onActivity(-1);
        long keep = Math.max(slots.base, highest + 1) + IDLE_WINDOW;
        for (long i = slots.base; i < slots.end; i++) {
            Outstanding get = slots.get(i);
            if (get != null && (i >= keep || i <= highest))
                abandon(nowNs, get);
        }
        slots.base = Math.max(slots.base, highest + 1);
        slots.end = Math.min(slots.end, keep);
        crept = 0;
        slots.compact();
        askAgain(nowNs); // what is kept changes its class
        nextRefreshNs = nowNs + IDLE_REFRESH_NS;
    }

    private void wake(long nowNs) {
        idle = false;
        endpoint.onOpenGets(open);
        endpoint.onActivity(1);
        nextTickNs = nowNs + RateAdvice.TICK_NS;
        askAgain(nowNs);
        nextRefreshNs = nowNs + ACTIVE_REFRESH_NS;
    }

    /** This mailbox gave another cookie: the gets there stand under another address, or are lost. */
    void askAgainAt(long nowNs, MailboxLink link) {
        for (long i = slots.base; i < slots.end; i++) {
            Outstanding get = slots.get(i);
            if (get != null)
                requests.leaveAgainAt(nowNs, get, link);
        }
    }

    /** Asks again for all in the window: its class has changed. */
    private void askAgain(long nowNs) {
        for (long i = slots.base; i < slots.end; i++) {
            Outstanding get = slots.get(i);
            if (get != null)
                requests.leave(nowNs, get, idle, true);
        }
    }

    void stop() {
        if (!idle) {
            endpoint.onActivity(-1);
            endpoint.onOpenGets(-open);
        }
        idle = true;
        for (long i = slots.base; i < slots.end; i++) {
            Outstanding get = slots.get(i);
            if (get != null)
                abandon(endpoint.nowNs, get);
        }
        slots.base = slots.end;
        nextRefreshNs = Machine.NO_DEADLINE;
        nextTickNs = Machine.NO_DEADLINE;
        creepNs = Machine.NO_DEADLINE;
        allowedNs = Machine.NO_DEADLINE;
        acks.stop();
    }
}
