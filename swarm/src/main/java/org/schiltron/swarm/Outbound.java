package org.schiltron.swarm;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PacketCipher;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * The sending side of one direction: numbers packets, puts each at the mailbox its nonce picks, within the window the
 * receiver has asked for and at the rate it advertises; finds out what was lost, mailbox by mailbox, and sends that again
 * under fresh nonces (Phalanx 3.5).
 *
 * <p>Loss raises the sending rate, up to twice what is advertised: whoever backs off under attack has lost. What goes by a
 * mailbox that loses noticeably also goes by another when nothing else is due: repetition as forward error correction.
 */
final class Outbound {
    /** A mailbox's earlier packet is lost when so many later ones through it have arrived. */
    private static final int REORDERING = 3;
    /** What goes by a mailbox that loses so much goes by another too. */
    private static final double COPY_ABOVE_LOSS = 0.15;
    private static final double ATTACK_LOSS = 0.1;
    private static final int MAX_COPIES = 3;
    private static final long QUEUEING_NS = 10_000_000L;
    private static final double MAX_COMPENSATION = 2;
    private static final long IDLE_AFTER_NS = 4_000_000_000L;
    private static final int IDLE_PLAIN = Inbound.IDLE_BODY - PacketBuilder.TAG;
    private static final long MAX_PROBE_NS = 1_000_000_000L;
    /** Probes without an answer after which fewer packets are spent on each. */
    private static final int LONG_SILENCE = 12;
    /** Indices from the oldest under way to the newest; with more, the oldest counts as lost, whatever the peer says. */
    static final int MAX_UNDER_WAY = 4 * Inbound.MAX_WINDOW;
    private static final long MAX_ACK_DELAY_US = 50_000;

    private final Session session;
    private final Endpoint endpoint;
    private final NonceSequence nonces;
    private final PacketCipher cipher;
    private final int shard;
    private final long[] nonceBlock = new long[32];
    private long nonceBlockStart = -1;

    private MailboxSet set;
    private @Nullable SetChange change;
    private long setVersion;
    private long next; // index of the next packet
    private final SendWindow window = new SendWindow();
    double advertised; // packets a second, by the receiver
    private final Pacer pacer = new Pacer();

    private final Flight flight;
    private long lastAckNs;
    private long lastSentNs;
    private long lastWakingNs; // when the last packet was sent that wakes
    private long firstUnansweredNs;
    private long lossCheckNs = Machine.NO_DEADLINE;
    private long waitUntilNs = Machine.NO_DEADLINE; // for a mailbox's cookie
    private int probes;
    private long probeSentNs;
    private long probeCursor;
    private int silentInARow; // packets sent since the last that asked for an acknowledgement
    private double loss;
    private boolean wakeUp; // after a silence only short packets pass until one that wakes is acknowledged
    private final ArrayDeque<SentPacket> repeats = new ArrayDeque<>(); // to be put again as they are
    private final Copies copies = new Copies();

    final Rtt rtt = new Rtt();
    private final PathTimes times = new PathTimes();

    Outbound(Session session, Endpoint endpoint, SessionKeys keys, MailboxSet set) {
        this.session = session;
        this.endpoint = endpoint;
        nonces = keys.outNonces;
        cipher = keys.outPackets;
        shard = keys.outShard;
        this.set = set;
        advertised = endpoint.limits().initialRate();
        flight = new Flight(session::onHeld);
    }

    void start(long nowNs) {
        pacer.start(nowNs);
        lastAckNs = nowNs;
        lastSentNs = nowNs;
        lastWakingNs = nowNs;
        session.want(nowNs, set);
    }

    /** What another endpoint needs to go on sending. */
    void writeTo(HandOverWriter to) {
        to.sets(setVersion, set, change).number(next).number((long) advertised);
        window.writeTo(to);
    }

    /** Instead of {@link #start}: goes on where {@link #writeTo} stopped. False if malformed. */
    boolean resume(long nowNs, FrameReader from) {
        HandOverWriter.Sets sets = HandOverWriter.sets(from);
        next = from.varint();
        advertised = Math.clamp((double) from.varint(), 1, endpoint.limits().maxRate());
        if (!window.readFrom(from) || sets == null)
            return false;
        set = sets.present().set();
        setVersion = sets.present().version();
        change = sets.pending();
        start(nowNs);
        return true;
    }

    double loss() {
        return loss;
    }

    double advertised() {
        return advertised;
    }

    Flight flight() {
        return flight;
    }

    long nextIndex() {
        return next;
    }

    MailboxSet set() {
        return set;
    }

    /** When something authentic was last heard in answer to what was sent. */
    long unansweredSinceNs() {
        return flight.awaitsAnswer() ? Math.max(lastAckNs, firstUnansweredNs) : Machine.NO_DEADLINE;
    }

    boolean awaitsAnswer() {
        return flight.awaitsAnswer();
    }

    // The set

    void onSetChange(long nowNs, SetChange proposal) {
        if (proposal.version() <= setVersion || proposal.start() < next)
            return; // old, or too late (Phalanx 3.2.2)
        setVersion = proposal.version();
        change = proposal;
        session.want(nowNs, proposal.set());
    }

    private int memberFor(long index, long nonceHigh) {
        SetChange pending = change;
        if (pending != null && index >= pending.start()) {
            set = pending.set();
            change = null;
        }
        return set.pick(nonceHigh);
    }

    // Sending

    private boolean wakingUp(long nowNs) {
        if (!wakeUp && !flight.isWaking() && nowNs - lastWakingNs > IDLE_AFTER_NS) {
            wakeUp = true;
            copies.clear(); // too long for what an idle receiver asks for
        }
        return wakeUp;
    }

    private long sendLimit(long nowNs) {
        return window.limit(wakingUp(nowNs));
    }

    private double pace() {
        return Math.min(advertised * MAX_COMPENSATION, advertised / Math.max(0.05, 1 - loss));
    }

    private double sendRate() {
        return Math.min(pace(), Math.min(endpoint.sendRateShare(), session.mostRate()));
    }

    /** Sends all that is due and allowed now. */
    void pollTransmit(long nowNs, TransmitSink sink, PacketBuilder packet) {
        pacer.refill(nowNs, sendRate());
        while (!repeats.isEmpty() && pacer.mayGo()) {
            SentPacket again = repeats.removeFirst();
            if (flight.get(again.index) == again) {
                again.repeated = true;
                put(nowNs, sink, again);
            }
            pacer.onPacket();
        }
        while (pacer.mayGo() && next < sendLimit(nowNs) && (session.hasDue(nowNs) || !copies.isEmpty())) {
            if (!sendNext(nowNs, sink, packet))
                return;
        }
    }

    /** One packet at the next index whose mailbox can be reached. False if there is none, or its cookie is worth waiting for. */
    private boolean sendNext(long nowNs, TransmitSink sink, PacketBuilder packet) {
        long high = nonceHigh(next);
        int member = memberFor(next, high);
        MailboxLink link = session.directory().get(member);
        if (link == null || !link.usable(nowNs)) {
            boolean patient = link != null && link.isFresh(nowNs, session.cookiePatienceNs());
            long usable = patient ? -1 : nextUsable(nowNs);
            if (usable < 0)
                waitUntilNs = nowNs + (patient ? 5_000_000L : 50_000_000L);
            else
                next = usable; // those between count as lost at the receiver, which is the truth about their mailboxes
            return usable >= 0;
        }
        Copies.Copy copy = session.hasDue(nowNs) ? null : copies.take();
        SentPacket.Cargo cargo;
        byte[] plain;
        int length;
        boolean eliciting = true;
        boolean waking = true;
        if (copy != null) {
            cargo = copy.cargo();
            waking = copy.waking();
            plain = copy.plain();
            length = plain.length;
        } else {
            packet.start(wakeUp ? IDLE_PLAIN : PacketBuilder.MAX_PLAIN);
            session.fill(nowNs, packet, silentInARow >= 1);
            eliciting = packet.eliciting();
            waking = packet.waking();
            cargo = new SentPacket.Cargo(packet.frames());
            plain = packet.plain();
            length = packet.length();
        }
        PathTimes.Entry path = times.of(member, loss);
        if (eliciting && path.loss() > worthCopying() && cargo.copies() < MAX_COPIES)
            copies.add(cargo, plain, length, waking);
        byte[] sealed = new byte[length + PacketBuilder.TAG];
        long index = next++;
        long low = nonceBlock[2 * (int) (index - nonceBlockStart) + 1];
        cipher.seal(index, high, low, plain, 0, length, sealed, 0);
        SentPacket sent = new SentPacket(index, member, path.nextOrder++, eliciting, waking, cargo, sealed, nowNs);
        fly(nowNs, sent);
        put(nowNs, sink, sent);
        pacer.onPacket();
        return true;
    }

    /**
     * The loss of a mailbox above which what goes by it also goes by another. Where all lose alike but not much, or round
     * trips have grown, something on the way to all of them is just full, and copies would keep it so: then only for those
     * that lose more than others. Where all lose much it is an attack, of which copies are a small part.
     */
    private double worthCopying() {
        boolean queueing = rtt.smoothedNs() > rtt.minNs() + rtt.minNs() / 2 + QUEUEING_NS;
        return loss > ATTACK_LOSS && !queueing ? COPY_ABOVE_LOSS : COPY_ABOVE_LOSS + loss;
    }

    /** The next index whose mailbox can be reached, -1 if there is none within the window. */
    private long nextUsable(long nowNs) {
        long limit = sendLimit(nowNs);
        for (long index = next + 1; index < limit; index++) {
            long high = nonceHigh(index);
            SetChange pending = change;
            int member = pending != null && index >= pending.start() ? pending.set().pick(high) : set.pick(high);
            MailboxLink link = session.directory().get(member);
            if (link != null && link.usable(nowNs))
                return index;
        }
        return -1;
    }

    private void put(long nowNs, TransmitSink sink, SentPacket packet) {
        MailboxLink link = session.directory().get(packet.member);
        if (link == null)
            return;
        MailboxPath path = link.pick(nowNs);
        if (!path.usable(nowNs))
            return;
        packet.path = path;
        int steer = shard % path.shards();
        long high = nonceHigh(packet.index);
        long low = nonceBlock[2 * (int) (packet.index - nonceBlockStart) + 1];
        long at = path.uplink.begin(sink, steer, link.address);
        Put.write(sink.segment(), at, steer, 0, path.cookie(), high, low);
        Wire.putBytes(sink.segment(), at + Put.BODY, packet.sealed);
        path.uplink.end(sink, Put.BODY + packet.sealed.length);
    }

    private long nonceHigh(long index) {
        if (nonceBlockStart < 0 || index < nonceBlockStart || index >= nonceBlockStart + 16) {
            nonceBlockStart = index & ~15L;
            nonces.generate(nonceBlockStart, 16, nonceBlock, 0);
        }
        return nonceBlock[2 * (int) (index - nonceBlockStart)];
    }

    private void fly(long nowNs, SentPacket packet) {
        lastSentNs = nowNs;
        if (packet.waking)
            lastWakingNs = nowNs;
        if (packet.eliciting && !flight.awaitsAnswer())
            firstUnansweredNs = nowNs;
        silentInARow = packet.eliciting ? 0 : silentInARow + 1;
        for (SentPacket oldest = flight.get(flight.oldest()); oldest != null
                && packet.index - oldest.index >= MAX_UNDER_WAY; oldest = flight.get(flight.oldest()))
            onLost(nowNs, oldest);
        flight.add(packet);
    }

    // Hearing

    /** Reads an ACK frame after its type. False if malformed. */
    boolean onAck(long nowNs, FrameReader reader) {
        long start = reader.varint();
        long end = reader.varint();
        long rate = reader.varint();
        long delayNs = 1_000 * Math.min(reader.varint(), MAX_ACK_DELAY_US); // the peer's word: no more than it could be
        int ranges = reader.varintUpTo(1_024);
        long newlyAcked = 0;
        long largest = -1;
        long low = 0;
        for (int i = 0; i < ranges; i++) {
            long first = reader.varint();
            long below = reader.varint();
            long high = i == 0 ? first : low - 2 - first;
            low = high - below;
            if (reader.failed() || low < 0 || high >= next)
                return false;
            if (i == 0)
                largest = high;
            for (long index = Math.max(low, flight.oldest()); index <= high; index++) {
                SentPacket packet = flight.get(index);
                if (packet != null) {
                    if (index == largest && packet.eliciting && !packet.repeated)
                        sampleRtt(nowNs, packet, delayNs);
                    newlyAcked++;
                    onAcked(nowNs, packet);
                }
            }
        }
        if (reader.failed() || start > end)
            return false;
        if (largest >= window.largestAcked())
            advertised = Math.max(1, Math.min((double) rate, endpoint.limits().maxRate()));
        window.onAck(start, end, largest);
        if (newlyAcked > 0) {
            lastAckNs = nowNs;
            probes = 0;
            window.onProgress();
            detectLosses(nowNs);
        }
        return true;
    }

    private void sampleRtt(long nowNs, SentPacket packet, long delayNs) {
        long elapsed = nowNs - packet.sentNs;
        long sample = Math.max(elapsed - delayNs, elapsed / 4);
        rtt.sample(sample);
        times.of(packet.member, loss).rtt.sample(sample);
    }

    private void onAcked(long nowNs, SentPacket packet) {
        times.of(packet.member, loss).onAcked(packet.order);
        flight.remove(packet);
        if (packet.waking)
            wakeUp = false;
        judge(nowNs, packet, true);
        packet.cargo.onAcked();
    }

    private void onLost(long nowNs, SentPacket packet) {
        flight.remove(packet);
        judge(nowNs, packet, false);
        MailboxLink link = session.directory().get(packet.member);
        if (link != null && times.of(packet.member, loss).onLost() >= 2) {
            link.suspect(nowNs);
            endpoint.touch(link);
        }
        packet.cargo.onLost();
    }

    private void judge(long nowNs, SentPacket packet, boolean arrived) {
        loss += ((arrived ? 0 : 1) - loss) / 64;
        MailboxPath path = packet.path;
        if (path != null)
            path.onFate(nowNs, arrived);
    }

    /** Per mailbox: overtaken through the same mailbox, or out for longer than that mailbox takes. */
    private void detectLosses(long nowNs) {
        lossCheckNs = Machine.NO_DEADLINE;
        for (long index = flight.oldest(); index < window.largestAcked() && !flight.isEmpty(); index++) {
            SentPacket packet = flight.get(index);
            if (packet == null)
                continue;
            PathTimes.Entry path = times.of(packet.member, loss);
            long due = packet.sentNs + path.patienceNs(rtt);
            if (path.largestAckedOrder - packet.order >= REORDERING || nowNs >= due)
                onLost(nowNs, packet);
            else
                lossCheckNs = Math.min(lossCheckNs, due);
        }
    }

    /** The peer is there, and may just not hear us, or have moved on and its word of that be lost. */
    void onHeard(long nowNs) {
        if (probes == 0)
            return;
        probes = 1;
        if (next >= sendLimit(nowNs))
            window.goBeyond(2);
    }

    // Time

    /** Doubles with every second probe: backing off is what an attacker wants (DESIGN, swarm 8), a dead peer is not. */
    private long probeNs(long nowNs) {
        boolean blocked = !flight.awaitsAnswer() && next >= sendLimit(nowNs) && session.hasDue(nowNs);
        if (!flight.awaitsAnswer() && !blocked)
            return Machine.NO_DEADLINE;
        long since = blocked ? Math.max(lastAckNs, lastSentNs) : flight.oldestElicitingNs();
        long wait = Math.min(MAX_PROBE_NS, rtt.timeoutNs() << Math.min(probes / 2, 6));
        return Math.max(since, probeSentNs) + wait; // what is sent meanwhile does not put it off
    }

    long nextDeadlineNs(long nowNs) {
        long deadline = Math.min(lossCheckNs, probeNs(nowNs));
        boolean due = session.hasDue(nowNs) || !copies.isEmpty();
        if ((due && next < sendLimit(nowNs)) || !repeats.isEmpty()) {
            long paced = pacer.nextNs(nowNs, sendRate());
            if (waitUntilNs != Machine.NO_DEADLINE)
                paced = Math.max(paced, waitUntilNs);
            deadline = Math.min(deadline, paced);
        }
        return deadline;
    }

    void onTimer(long nowNs) {
        if (nowNs >= waitUntilNs)
            waitUntilNs = Machine.NO_DEADLINE;
        if (nowNs >= lossCheckNs)
            detectLosses(nowNs);
        if (nowNs >= probeNs(nowNs))
            probe(nowNs);
    }

    /**
     * Nothing has been heard for too long. What is oldest goes again under fresh nonces. With the window used up, packets
     * of the window are put again as they are, at their own mailboxes, where their gets still stand or will be renewed;
     * and a few go out beyond the window that is known, since both sides may have moved on and only the word of it be
     * lost, in both directions at once (Phalanx 3.2.1: the window advances blindly if all is lost).
     */
    private void probe(long nowNs) {
        probes++;
        probeSentNs = nowNs;
        session.onSilence(nowNs, probes);
        int wanted = probes > LONG_SILENCE ? 2 : 4;
        if (next + 1 < sendLimit(nowNs)) {
            for (long index = flight.oldest(); index < next && wanted > 0 && !flight.isEmpty(); index++) {
                SentPacket packet = flight.get(index);
                if (packet != null && packet.eliciting && !packet.cargo.isSettled()) {
                    packet.cargo.resend(); // not lost yet, but nothing tells (RFC 9002, section 6.2.4)
                    wanted--;
                }
            }
            session.ping();
            return;
        }
        window.goBeyond(wanted / 2);
        session.ping();
        long from = Math.max(flight.oldest(), window.start()); // below, nobody asks for them any more
        for (long tried = from; tried < next && wanted > 0; tried++) {
            if (probeCursor < from || probeCursor >= next)
                probeCursor = from;
            SentPacket packet = flight.get(probeCursor++);
            if (packet == null)
                continue;
            MailboxLink link = session.directory().get(packet.member);
            if (link == null || !link.usable(nowNs))
                continue;
            repeats.addLast(packet);
            wanted--;
        }
    }

    void stop() {
        flight.clear();
        repeats.clear();
        copies.clear();
        lossCheckNs = Machine.NO_DEADLINE;
    }
}
