package org.schiltron.swarm;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.CipherPool;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.Data;
import org.schiltron.wire.Wire;

/**
 * What both ends of sessions have in common: the table of what was asked for, the parts with deadlines (sessions and
 * mailboxes), and the one way of a packet through: nonce known, mailbox the one asked, authentic, then its frames.
 */
abstract class Endpoint implements Machine<SessionEvent> {
    private static final int CIPHERS = 64;

    private final EndpointLimits limits;
    private final Counters counters = new Counters();
    private final CipherPool ciphers = new CipherPool(CIPHERS);
    private final FrameReader reader = new FrameReader();
    private final PacketBuilder packet = new PacketBuilder();
    private final byte[] sealed = new byte[Wire.MAX_BODY];
    private final byte[] plain = new byte[Wire.MAX_BODY];
    private final Long2ObjectOpenHashMap<Outstanding> asked = new Long2ObjectOpenHashMap<>(); // by nonce, first half
    private final ArrayDeque<Timed> touched = new ArrayDeque<>();
    private final DeadlineHeap deadlines = new DeadlineHeap();
    private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
    private int active;
    private int openGets;
    private long streamBytes;
    private long fastestCookieNs = -1;
    final RandomSource random;
    long nowNs;

    Endpoint(EndpointLimits limits, RandomSource random) {
        this.limits = limits;
        this.random = random;
    }

    /** What it has counted; readable from other threads. */
    public Counters counters() {
        return counters;
    }

    EndpointLimits limits() {
        return limits;
    }

    CipherPool ciphers() {
        return ciphers;
    }

    FrameReader reader() {
        return reader;
    }

    long fastestCookieNs() {
        return fastestCookieNs;
    }

    // What sessions ask of it

    void touch(Timed part) {
        if (part.touched)
            return;
        part.touched = true;
        touched.addLast(part);
    }

    /** A command has come for {@code part}. */
    void command(long now, Timed part) {
        nowNs = Math.max(nowNs, now);
        touch(part);
    }

    void event(SessionEvent event) {
        events.addLast(event);
    }

    void remember(Outstanding get) {
        asked.put(get.nonceHigh, get);
    }

    void forget(Outstanding get) {
        asked.remove(get.nonceHigh, get);
    }

    /** Sessions that are not idle: one more, or one fewer. */
    void onActivity(int change) {
        active += change;
    }

    int activeSessions() {
        return Math.max(1, active);
    }

    /** Gets of busy sessions: so many more are open, or fewer. */
    void onOpenGets(int change) {
        openGets += change;
    }

    /** Gets that stand open for busy sessions now. */
    public int openGets() {
        return openGets;
    }

    /** The buffers of a session's streams and its packets under way take so many bytes more, or fewer. */
    void onHeld(long change) {
        streamBytes += change;
    }

    /** Bytes of memory that the buffers of all streams and all packets under way take. */
    public long streamBytes() {
        return streamBytes;
    }

    /** From half of what streams may have on, each buffers little of what its program has for the peer. */
    boolean memoryIsShort() {
        return streamBytes > limits.streamBytes() / 2;
    }

    /** Packets waited for, of all sessions and hellos. */
    public int awaited() {
        return asked.size();
    }

    /** Whether a busy session may open another get beyond the few it always may. */
    boolean mayOpenGets() {
        return true;
    }

    /** Most gets one busy session may have open. */
    int windowShare() {
        return Inbound.MAX_WINDOW;
    }

    /** Most packets a second one session may be promised. */
    double rateShare() {
        return limits.maxRate();
    }

    /** Most packets a second one session may send. */
    double sendRateShare() {
        return limits.maxRate();
    }

    /** A session has filled a packet. */
    void onPacketOut(long now, SendShare.Sender sender) {
    }

    abstract long idleTimeoutNs(Session session);

    abstract void onSilence(long nowNs, Session session, int probes);

    abstract void onEnded(Session session, CloseReason reason);

    /** Client: the service's swarm list, as it was sent. */
    abstract void onList(long nowNs, Session session, byte[] encoded);

    // Packets

    /** DATA from {@code source} at {@code at}. */
    void onData(Path source, MemorySegment s, long at, int length) {
        if (!Data.wellFormed(length)) {
            counters.drop(Drop.MALFORMED);
            return;
        }
        Outstanding get = asked.get(Data.nonceHigh(s, at));
        if (get == null || get.nonceLow != Data.nonceLow(s, at)) {
            counters.drop(Drop.UNKNOWN_NONCE);
            return;
        }
        int bodyLength = length - Data.BODY;
        MemorySegment.copy(s, ValueLayout.JAVA_BYTE, at + Data.BODY, sealed, 0, bodyLength);
        Inbound inbound = get.inbound;
        if (inbound == null) {
            onReply(get, source, Arrays.copyOf(sealed, bodyLength));
            return;
        }
        MailboxLink from = inbound.mailboxAt(get, source);
        if (from == null) {
            counters.drop(Drop.WRONG_MAILBOX);
            return;
        }
        int opened = inbound.cipher.open(get.index, get.nonceHigh, get.nonceLow, sealed, 0, bodyLength, plain, 0);
        if (opened < 0) {
            counters.drop(Drop.NOT_AUTHENTIC);
            return;
        }
        boolean congested = (Wire.flags(s, at) & Wire.FLAG_CONGESTED) != 0;
        inbound.session().onPacket(nowNs, get, from, congested, plain, opened);
    }

    /** A packet for a get that belongs to no session: the answer to a hello, or what comes after it. */
    abstract void onReply(Outstanding get, Path source, byte[] body);

    /** COOKIE for {@code path}, null if it is from nowhere known. */
    void onCookie(@Nullable MailboxPath path, MemorySegment s, long at, int length) {
        if (length < Cookie.LENGTH) {
            counters.drop(Drop.TRUNCATED);
            return;
        }
        long before = path == null ? 0 : path.cookie();
        boolean had = path != null && path.usable(nowNs);
        if (path == null || !path.onCookie(nowNs, Cookie.nonceHigh(s, at),
                Cookie.nonceLow(s, at), Cookie.cookie(s, at),
                Cookie.validitySeconds(s, at), Cookie.shards(s, at), Cookie.registrationBits(s, at))) {
            counters.drop(Drop.UNKNOWN_NONCE);
            return;
        }
        fastestCookieNs = fastestCookieNs < 0 ? path.rttNs() : Math.min(fastestCookieNs, path.rttNs());
        touch(path.link);
        if (had && before != path.cookie())
            onNewCookie(path);
    }

    /** The mailbox gave another cookie than before: it has turned its secret, was restarted, or sees another address. */
    void onNewCookie(MailboxPath path) {
    }

    // The contract

    @Override
    public final void onTimer(long now) {
        nowNs = now;
        Timed due = deadlines.due(now);
        while (due != null) {
            due.onTimer(now);
            deadlines.remove(due);
            touch(due);
            due = deadlines.due(now);
        }
        onOwnTimer();
    }

    /** The endpoint's own deadlines. */
    abstract void onOwnTimer();

    abstract long ownDeadlineNs();

    @Override
    public final long nextDeadlineNs() {
        return Math.min(deadlines.nextNs(), ownDeadlineNs());
    }

    @Override
    public final void pollTransmit(TransmitSink sink) {
        pollOwn(sink);
        do {
            pollTouched(sink);
        } while (relieveMemory());
    }

    private void pollTouched(TransmitSink sink) {
        while (!touched.isEmpty()) {
            Timed part = touched.removeFirst();
            part.touched = false;
            part.pollTransmit(nowNs, sink, packet);
            if (!part.touched)
                deadlines.update(part, part.nextDeadlineNs(nowNs));
        }
    }

    /** Service: if sessions hold more than they may, the heaviest is told to end. Whether one was. */
    boolean relieveMemory() {
        return false;
    }

    abstract void pollOwn(TransmitSink sink);

    @Override
    public final @Nullable SessionEvent pollEvent() {
        return events.pollFirst();
    }
}
