package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;

/**
 * The other end of all resumable legs to the backends beside it. Only nodes of the list with the role of an ingress start
 * legs; who knows a leg's secret brings it another carrier. A leg without a carrier is kept for a while, so that it may
 * come back another way; within its bounds, what a lost carrier had under way is sent again.
 *
 * <pre>{@code
 * int carrier = landing.accept(now);                 // a connection has come
 * landing.onBytes(now, carrier, buffer, 0, read);    // or onTimer(now), lost(now, carrier), write, read, end, reset
 * while ((event = landing.pollEvent()) != null) handle(event);
 * while ((c = landing.pollReady()) != 0)
 *     while ((n = landing.take(now, c, out, 0)) > 0) connection(c).write(out, 0, n);
 * sleepUntil(landing.nextDeadlineNs());
 * }</pre>
 *
 * <p>Calls for a leg or carrier that is over do nothing. A recorded START gets an answer, but nobody can go on from it, and
 * no backend is asked; of such legs a quarter of all are kept at most, the newest. For one thread.
 */
public final class LegLanding {
    /** Bytes that {@link #take} may need. */
    public static final int MAX_TAKE = TrunkRecords.MAX_RECORD;

    /** For the first record after STARTED. */
    static final long CONFIRM_NS = 10_000_000_000L;
    /** Connections that have not shown what they want. */
    static final int MAX_STRANGERS = 1_024;

    private final Identity self;
    private final NodeList nodes;
    private final LandingConfig config;
    private final RandomSource random;
    private final CipherPool pool;
    private final ArrayDeque<LandingEvent> events = new ArrayDeque<>();
    private final ArrayDeque<LegCarrier> ready = new ArrayDeque<>();
    private final Map<Integer, LegCarrier> strangers = new LinkedHashMap<>(); // oldest first
    private final Map<Integer, LandedLeg> legOfCarrier = new LinkedHashMap<>(); // at most four of each leg
    private final Map<Integer, LandedLeg> legs = new LinkedHashMap<>();
    private final TreeMap<LegId, LandedLeg> byId = new TreeMap<>();
    private final TreeSet<LandedLeg> deadlines = new TreeSet<>();
    private final Set<LandedLeg> orphans = new LinkedHashSet<>(); // the longest first
    private final Set<LandedLeg> unconfirmed = new LinkedHashSet<>(); // likewise; a quarter of all at most
    private int lastCarrier;
    private int lastLeg;

    /** @param pool of the thread that will use this */
    public LegLanding(Identity self, NodeList nodes, LandingConfig config, RandomSource random, CipherPool pool) {
        this.self = self;
        this.nodes = nodes;
        this.config = config;
        this.random = random;
        this.pool = pool;
    }

    /** A connection has come: its number from now on, or 0 if too many have not shown what they want. */
    public int accept(long nowNs) {
        if (strangers.size() == MAX_STRANGERS)
            return 0;
        lastCarrier = next(lastCarrier);
        while (strangers.containsKey(lastCarrier) || legOfCarrier.containsKey(lastCarrier))
            lastCarrier = next(lastCarrier);
        strangers.put(lastCarrier, new LegCarrier(lastCarrier, nowNs));
        return lastCarrier;
    }

    private static int next(int number) {
        return number == Integer.MAX_VALUE ? 1 : number + 1;
    }

    /** Bytes have come over a carrier; all are taken. */
    public void onBytes(long nowNs, int handle, byte[] from, int offset, int length) {
        LegCarrier stranger = strangers.get(handle);
        int at = offset;
        while (stranger != null && at < offset + length && !stranger.hasRaw()) {
            at += onHead(nowNs, stranger, from, at, offset + length - at);
            stranger = strangers.get(handle);
        }
        LandedLeg leg = legOfCarrier.get(handle);
        LegCarrier carrier = carrier(leg, handle);
        if (leg == null || carrier == null)
            return;
        if (leg.end.onBytes(nowNs, carrier, from, at, offset + length - at))
            confirm(leg);
        settle(nowNs, leg);
    }

    private void confirm(LandedLeg leg) {
        if (leg.confirmed)
            return;
        leg.confirmed = true;
        unconfirmed.remove(leg);
        events.add(new LandingEvent.Opened(leg.number, leg.ingress, leg.ask));
    }

    private int onHead(long nowNs, LegCarrier carrier, byte[] from, int offset, int length) {
        int needed = LegHeads.HEAD;
        if (carrier.headHave() >= LegHeads.HEAD)
            needed = needed(carrier.head());
        int taken = carrier.feedHead(from, offset, length, needed);
        if (carrier.headHave() < needed)
            return taken;
        if (needed(carrier.head()) == 0)
            refuse(carrier, CarrierEnd.BAD_HEAD);
        else if (carrier.headHave() == needed(carrier.head())) {
            CarrierEnd wrong = carrier.head()[0] == LegHeads.START ? onStart(nowNs, carrier) : onResume(nowNs, carrier);
            if (wrong != null)
                refuse(carrier, wrong);
        }
        return taken;
    }

    /** How long a beginning is, 0 if it is none. */
    private static int needed(byte[] head) {
        int length = (head[2] & 0xff) << 8 | head[3] & 0xff;
        if (head[1] != LegHeads.VERSION)
            return 0;
        if (head[0] == LegHeads.RESUME)
            return length == 0 ? LegHeads.RESUME_LENGTH : 0;
        boolean start = head[0] == LegHeads.START && length > LegHeads.MIN_START && length <= LegHeads.MAX_START;
        return start ? LegHeads.HEAD + length : 0;
    }

    private void refuse(LegCarrier carrier, CarrierEnd reason) {
        carrier.sendRaw(LegHeads.refused(reason));
        queue(carrier);
    }

    private @Nullable CarrierEnd onStart(long nowNs, LegCarrier carrier) {
        byte[] head = carrier.head();
        Handshake handshake = Handshake.responder(self, LegHeads.prologue(head), random);
        byte[] payload = handshake
                .read(Arrays.copyOfRange(head, LegHeads.HEAD,
                        LegHeads.HEAD + ((head[2] & 0xff) << 8 | head[3] & 0xff)));
        if (payload == null)
            return CarrierEnd.NOT_A_NODE;
        Node ingress = nodes.byX25519(handshake.remoteX25519());
        if (ingress == null || !ingress.is(NodeRole.INGRESS))
            return CarrierEnd.NOT_A_NODE;
        ByteBuffer from = ByteBuffer.wrap(payload);
        LegId id = LegId.read(from);
        LegAsk ask = LegAsk.decode(from);
        if (ask == null)
            return CarrierEnd.BAD_HEAD;
        if (byId.containsKey(id))
            return CarrierEnd.REPLAYED;
        boolean full = legs.size() == config.legs();
        if (full && unconfirmed.isEmpty())
            return CarrierEnd.FULL;
        if (full || unconfirmed.size() >= Math.max(1, config.legs() / 4)) // recordings give way, who is there in time stays
            remove(unconfirmed.iterator().next(), LegOver.UNCONFIRMED);
        byte[] message = handshake.write(new byte[0]);
        lastLeg = next(lastLeg);
        while (legs.containsKey(lastLeg))
            lastLeg = next(lastLeg);
        LandedLeg leg = new LandedLeg(lastLeg, id, LegHeads.legSecret(handshake), ingress, ask, nowNs);
        legs.put(leg.number, leg);
        byId.put(id, leg);
        unconfirmed.add(leg);
        carrier.number = 1;
        carrier.sendRaw(ByteBuffer.allocate(LegHeads.STARTED_LENGTH).put(LegHeads.STARTED).put(new byte[3])
                .put(message).array());
        join(nowNs, leg, carrier);
        leg.end.up(nowNs, carrier);
        settle(nowNs, leg);
        return null;
    }

    private @Nullable CarrierEnd onResume(long nowNs, LegCarrier carrier) {
        byte[] head = carrier.head();
        ByteBuffer from = ByteBuffer.wrap(head, LegHeads.HEAD, LegHeads.RESUME_LENGTH - LegHeads.HEAD);
        LandedLeg leg = byId.get(LegId.read(from));
        if (leg == null || !LegHeads.proves(leg.secret, head))
            return CarrierEnd.UNKNOWN_LEG;
        int number = from.getInt();
        if (number <= leg.highestCarrier)
            return CarrierEnd.REPLAYED;
        carrier.number = number;
        carrier.expected = leg.end.in.received();
        if (!leg.end.up(nowNs, carrier, from.getLong(), from.getLong()))
            return CarrierEnd.BAD_POSITION;
        leg.highestCarrier = number;
        carrier.positionDue = true;
        carrier.sendRaw(new byte[]{LegHeads.RESUMED, 0, 0, 0});
        confirm(leg);
        join(nowNs, leg, carrier);
        settle(nowNs, leg);
        return null;
    }

    private void join(long nowNs, LandedLeg leg, LegCarrier carrier) {
        strangers.remove(carrier.handle);
        legOfCarrier.put(carrier.handle, leg);
        carrier.begin(LegHeads.records(leg.secret, carrier.number, false, pool), LegCarrier.Phase.UP);
        carrier.heardNs = nowNs;
        leg.end.add(carrier);
    }

    /** That carrier's connection has ended. */
    public void lost(long nowNs, int handle) {
        LegCarrier stranger = strangers.get(handle);
        if (stranger != null)
            forget(stranger, CarrierEnd.LOST);
        LandedLeg leg = legOfCarrier.get(handle);
        LegCarrier carrier = carrier(leg, handle);
        if (leg != null && carrier != null) {
            leg.end.over(carrier, CarrierEnd.LOST);
            settle(nowNs, leg);
        }
    }

    private void forget(LegCarrier stranger, CarrierEnd reason) {
        strangers.remove(stranger.handle);
        ready.remove(stranger);
        events.add(new LandingEvent.CarrierOver(stranger.handle, reason));
    }

    /** The deadline has come. */
    public void onTimer(long nowNs) {
        while (!strangers.isEmpty()) {
            LegCarrier oldest = strangers.values().iterator().next();
            if (nowNs < oldest.sinceNs + LegEnd.PATIENCE_NS)
                break;
            forget(oldest, CarrierEnd.SILENT);
        }
        while (!deadlines.isEmpty() && deadlines.first().deadlineNs <= nowNs) {
            LandedLeg leg = deadlines.first();
            leg.end.onTimer(nowNs);
            settle(nowNs, leg);
        }
    }

    /** When {@link #onTimer} is wanted next, or {@link Machine#NO_DEADLINE}. */
    public long nextDeadlineNs() {
        long next = deadlines.isEmpty() ? Machine.NO_DEADLINE : deadlines.first().deadlineNs;
        return strangers.isEmpty()
                ? next
                : Math.min(next, strangers.values().iterator().next().sinceNs + LegEnd.PATIENCE_NS);
    }

    /** Takes bytes from the backend; returns how many. If not all, {@link LandingEvent.CanWrite} says when to go on. */
    public int write(long nowNs, int number, byte[] from, int offset, int length) {
        LandedLeg leg = legs.get(number);
        if (leg == null)
            return 0;
        int taken = leg.end.out.write(from, offset, length);
        settle(nowNs, leg);
        return taken;
    }

    /** How many bytes {@link #write} would take now. */
    public int writable(int number) {
        LandedLeg leg = legs.get(number);
        return leg == null ? 0 : leg.end.out.room();
    }

    /** Bytes for the backend: how many, 0 if there are none yet, -1 after the end or if the leg is over. */
    public int read(long nowNs, int number, byte[] into, int offset, int length) {
        LandedLeg leg = legs.get(number);
        if (leg == null)
            return -1;
        int got = leg.end.read(nowNs, into, offset, length);
        settle(nowNs, leg);
        return got;
    }

    /** How many bytes {@link #read} would give now. */
    public int readable(int number) {
        LandedLeg leg = legs.get(number);
        return leg == null ? 0 : leg.end.in.readable();
    }

    /** The backend writes nothing more; what comes for it can still be read. */
    public void end(long nowNs, int number) {
        LandedLeg leg = legs.get(number);
        if (leg == null)
            return;
        leg.end.out.end();
        settle(nowNs, leg);
    }

    /** The backend gave up: the ingress is told, after what was written. */
    public void reset(long nowNs, int number, ResetReason reason) {
        LandedLeg leg = legs.get(number);
        if (leg == null)
            return;
        leg.end.reset(nowNs, reason);
        settle(nowNs, leg);
    }

    /** A carrier that has something to send, or 0; told once, until {@link #take} has returned 0 for it. */
    public int pollReady() {
        LegCarrier carrier = ready.poll();
        return carrier == null ? 0 : carrier.handle;
    }

    /**
     * The next bytes for a carrier's connection.
     *
     * @param out has room for {@link #MAX_TAKE} from {@code offset}
     * @return how many; 0 if there are none now
     */
    public int take(long nowNs, int handle, byte[] out, int offset) {
        LegCarrier stranger = strangers.get(handle);
        if (stranger != null) { // refused
            CarrierEnd reason = CarrierEnd.BAD_HEAD;
            int length = stranger.takeRaw(out, offset);
            if (length == LegHeads.HEAD)
                reason = CarrierEnd.ofCode(out[offset + 1] & 0xff);
            if (length > 0)
                forget(stranger, reason);
            return length;
        }
        LandedLeg leg = legOfCarrier.get(handle);
        LegCarrier carrier = carrier(leg, handle);
        if (leg == null || carrier == null)
            return 0;
        int length = leg.end.take(nowNs, carrier, out, offset);
        if (length == 0)
            carrier.queued = false;
        settle(nowNs, leg);
        return length;
    }

    public @Nullable LandingEvent pollEvent() {
        return events.poll();
    }

    /** Legs that are kept. */
    public int legs() {
        return legs.size();
    }

    /** Those of them without a carrier. */
    public int orphans() {
        return orphans.size();
    }

    private static @Nullable LegCarrier carrier(@Nullable LandedLeg leg, int handle) {
        if (leg != null)
            for (LegCarrier carrier : leg.end.carriers())
                if (carrier.handle == handle)
                    return carrier;
        return null;
    }

    private void queue(LegCarrier carrier) {
        if (carrier.queued)
            return;
        carrier.queued = true;
        ready.add(carrier);
    }

    /** After every call for a leg: what follows from it. */
    private void settle(long nowNs, LandedLeg leg) {
        noteOrphan(nowNs, leg);
        LegOver over = leg.end.isOver();
        if (over == null && !leg.confirmed && nowNs >= leg.sinceNs + CONFIRM_NS)
            over = LegOver.UNCONFIRMED;
        if (over == null && leg.orphan && nowNs >= leg.sinceNs + config.orphanNs())
            over = LegOver.ORPHANED;
        ResetReason reset = leg.end.pollReset();
        if (reset != null)
            events.add(new LandingEvent.Reset(leg.number, reset));
        if (leg.end.in.tellReadable())
            events.add(new LandingEvent.CanRead(leg.number));
        if (leg.end.out.tellWritable())
            events.add(new LandingEvent.CanWrite(leg.number));
        if (over != null) {
            remove(leg, over);
            return;
        }
        drainEnded(leg);
        for (LegCarrier carrier : leg.end.carriers())
            if (leg.end.hasDue(carrier))
                queue(carrier);
        long next = deadlineNs(leg);
        if (next == leg.deadlineNs)
            return;
        deadlines.remove(leg); // it stands there by its deadline
        leg.deadlineNs = next;
        if (next != Machine.NO_DEADLINE)
            deadlines.add(leg);
    }

    private long deadlineNs(LandedLeg leg) {
        long next = leg.end.nextDeadlineNs();
        if (!leg.confirmed)
            next = Math.min(next, leg.sinceNs + CONFIRM_NS);
        return leg.orphan ? Math.min(next, leg.sinceNs + config.orphanNs()) : next;
    }

    private void noteOrphan(long nowNs, LandedLeg leg) {
        boolean orphan = leg.confirmed && leg.end.active() == null;
        if (orphan == leg.orphan)
            return;
        leg.orphan = orphan;
        if (!orphan) {
            orphans.remove(leg);
            return;
        }
        leg.sinceNs = nowNs;
        orphans.add(leg);
        if (orphans.size() > config.orphans()) {
            LandedLeg oldest = orphans.iterator().next();
            remove(oldest, LegOver.DROPPED);
        }
    }

    private void remove(LandedLeg leg, LegOver reason) {
        if (!legs.remove(leg.number, leg))
            return;
        byId.remove(leg.id);
        deadlines.remove(leg);
        orphans.remove(leg);
        unconfirmed.remove(leg);
        leg.end.overAll(CarrierEnd.RETIRED);
        drainEnded(leg);
        if (leg.confirmed)
            events.add(new LandingEvent.Over(leg.number, reason));
    }

    private void drainEnded(LandedLeg leg) {
        for (LegEnd.Ended ended = leg.end.pollEnded(); ended != null; ended = leg.end.pollEnded()) {
            legOfCarrier.remove(ended.handle());
            int handle = ended.handle();
            ready.removeIf(carrier -> carrier.handle == handle);
            events.add(new LandingEvent.CarrierOver(handle, ended.reason()));
        }
    }
}
