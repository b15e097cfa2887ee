package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;

/**
 * The ingress's end of a resumable leg: bytes for and from the backend, over whatever connections its driver makes to the
 * landing beside it. The driver may make another at any time, through another egress or with another authenticator say:
 * the leg moves there once the landing has answered, and takes what still arrives over the old one. Who adapts the
 * paper's TCP Migrate (Mayday, section 3.8) gets the same without kernels that know it.
 *
 * <pre>{@code
 * int carrier = leg.carrier(now);                // when told NeedCarrier, or to move
 * leg.onBytes(now, carrier, buffer, 0, read);    // or onTimer(now), lost(now, carrier), write, read, end, reset
 * while ((event = leg.pollEvent()) != null) handle(event);
 * while ((c = leg.pollReady()) != 0)             // each carrier with something to send, once
 *     while ((n = leg.take(now, c, out, 0)) > 0) connection(c).write(out, 0, n);
 * sleepUntil(leg.nextDeadlineNs());
 * }</pre>
 *
 * <p>Memory: 256 KiB for each direction at most. For one thread.
 */
public final class LegClient {
    /** Bytes that {@link #take} may need. */
    public static final int MAX_TAKE = TrunkRecords.MAX_RECORD;
    /** Bytes kept in each direction at most. */
    public static final int WINDOW = LegSender.WINDOW;
    /** Without a carrier for that long, the leg is over. */
    public static final long ORPHAN_NS = 30_000_000_000L;

    /** That often the landing may refuse before it is believed: anybody on the way could say so. */
    static final int MAX_REFUSALS = 3;

    private final Identity self;
    private final PublicKey landing;
    private final LegAsk ask;
    private final RandomSource random;
    private final CipherPool pool;
    private final LegEnd end = new LegEnd(true);
    private final ArrayDeque<LegEvent> events = new ArrayDeque<>();
    private final ArrayDeque<LegCarrier> ready = new ArrayDeque<>(2);
    private byte @Nullable [] secret; // since the landing has answered
    private @Nullable LegId id;
    private int lastHandle;
    private int lastNumber = 1;
    private int refusals;
    private boolean needTold;
    private long aloneSinceNs; // without a carrier that is up
    private boolean over;

    /**
     * @param landing whom to reach
     * @param pool    of the thread that will use this
     */
    public LegClient(Identity self, PublicKey landing, LegAsk ask, RandomSource random, CipherPool pool, long nowNs) {
        this.self = self;
        this.landing = landing;
        this.ask = ask;
        this.random = random;
        this.pool = pool;
        aloneSinceNs = nowNs;
        settle(nowNs);
    }

    /** There is a connection to the landing: its number from now on, or 0 if the leg is over. */
    public int carrier(long nowNs) {
        if (over)
            return 0;
        LegCarrier carrier = new LegCarrier(++lastHandle, nowNs);
        if (secret == null || id == null)
            start(carrier);
        else {
            carrier.number = ++lastNumber;
            carrier.expected = end.in.received();
            carrier.sendRaw(LegHeads.resume(secret, id, carrier.number, end.in.received(), end.in.taken()));
        }
        needTold = false;
        end.add(carrier);
        settle(nowNs);
        return carrier.handle;
    }

    private void start(LegCarrier carrier) {
        LegId leg = LegId.draw(random);
        byte[] asked = ask.encode();
        byte[] head = LegHeads.startHead(LegHeads.MIN_START + asked.length);
        Handshake handshake = Handshake.initiator(self, landing, LegHeads.prologue(head), random);
        ByteBuffer payload = ByteBuffer.allocate(LegId.LENGTH + asked.length);
        leg.write(payload);
        byte[] message = handshake.write(payload.put(asked).array());
        carrier.sendRaw(ByteBuffer.allocate(head.length + message.length).put(head).put(message).array());
        carrier.number = 1;
        carrier.handshake = handshake;
        carrier.startedLeg = leg;
    }

    /** Bytes have come over a carrier; all are taken. */
    public void onBytes(long nowNs, int handle, byte[] from, int offset, int length) {
        LegCarrier carrier = find(handle);
        int at = offset;
        while (carrier != null && at < offset + length && carrier.phase == LegCarrier.Phase.BEGINNING
                && end.carriers().contains(carrier))
            at += onHead(nowNs, carrier, from, at, offset + length - at);
        if (carrier != null)
            end.onBytes(nowNs, carrier, from, at, offset + length - at);
        settle(nowNs);
    }

    private int onHead(long nowNs, LegCarrier carrier, byte[] from, int offset, int length) {
        int needed = carrier.headHave() < LegHeads.HEAD || carrier.head()[0] != LegHeads.STARTED
                ? LegHeads.HEAD
                : LegHeads.STARTED_LENGTH;
        int taken = carrier.feedHead(from, offset, length, needed);
        if (carrier.headHave() < needed)
            return taken;
        byte[] head = carrier.head();
        boolean zero = head[2] == 0 && head[3] == 0 && (head[1] == 0 || head[0] == LegHeads.REFUSED);
        if (!zero)
            end.over(carrier, CarrierEnd.BAD_HEAD);
        else if (head[0] == LegHeads.REFUSED)
            onRefused(carrier, CarrierEnd.ofCode(head[1] & 0xff));
        else if (head[0] == LegHeads.RESUMED && carrier.handshake == null && secret != null)
            carrier.begin(LegHeads.records(secret, carrier.number, true, pool), LegCarrier.Phase.POSITION);
        else if (head[0] != LegHeads.STARTED || carrier.handshake == null)
            end.over(carrier, CarrierEnd.BAD_HEAD);
        else if (carrier.headHave() == LegHeads.STARTED_LENGTH)
            onStarted(nowNs, carrier, carrier.handshake);
        return taken;
    }

    private void onStarted(long nowNs, LegCarrier carrier, Handshake handshake) {
        byte[] payload = handshake
                .read(Arrays.copyOfRange(carrier.head(), LegHeads.HEAD, LegHeads.STARTED_LENGTH));
        if (payload == null || payload.length > 0)
            end.over(carrier, CarrierEnd.NOT_AUTHENTIC);
        else if (secret != null) // another was faster
            end.over(carrier, CarrierEnd.RETIRED);
        else {
            byte[] agreed = LegHeads.legSecret(handshake);
            secret = agreed;
            id = carrier.startedLeg;
            carrier.begin(LegHeads.records(agreed, carrier.number, true, pool), LegCarrier.Phase.UP);
            carrier.pingDue = true; // shows that this is no recording
            carrier.heardNs = nowNs;
            end.up(nowNs, carrier);
        }
    }

    private void onRefused(LegCarrier carrier, CarrierEnd reason) {
        end.over(carrier, reason);
        if (end.active() == null)
            refusals++;
    }

    /** That carrier's connection has ended or could not be made. */
    public void lost(long nowNs, int handle) {
        LegCarrier carrier = find(handle);
        if (carrier != null)
            end.over(carrier, CarrierEnd.LOST);
        settle(nowNs);
    }

    /** The deadline has come. */
    public void onTimer(long nowNs) {
        end.onTimer(nowNs);
        settle(nowNs);
    }

    /** When {@link #onTimer} is wanted next, or {@link Machine#NO_DEADLINE}. */
    public long nextDeadlineNs() {
        if (over)
            return Machine.NO_DEADLINE;
        return end.active() == null ? Math.min(end.nextDeadlineNs(), aloneSinceNs + ORPHAN_NS) : end.nextDeadlineNs();
    }

    /** Takes bytes for the backend; returns how many. If not all, {@link LegEvent.CanWrite} says when to go on. */
    public int write(long nowNs, byte[] from, int offset, int length) {
        int taken = over ? 0 : end.out.write(from, offset, length);
        settle(nowNs);
        return taken;
    }

    /** How many bytes {@link #write} would take now. */
    public int writable() {
        return over ? 0 : end.out.room();
    }

    /** Bytes from the backend: how many, 0 if there are none yet, -1 after the end. */
    public int read(long nowNs, byte[] into, int offset, int length) {
        int got = end.read(nowNs, into, offset, length);
        settle(nowNs);
        return got == 0 && over && length > 0 ? -1 : got;
    }

    /** How many bytes {@link #read} would give now. */
    public int readable() {
        return end.in.readable();
    }

    /** Nothing more is written; what comes can still be read. */
    public void end(long nowNs) {
        end.out.end();
        settle(nowNs);
    }

    /** Gives the leg up, after what was written. */
    public void reset(long nowNs, ResetReason reason) {
        end.reset(nowNs, reason);
        if (secret == null) // the landing knows nothing of it
            over(LegOver.RESET);
        settle(nowNs);
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
        LegCarrier carrier = find(handle);
        if (carrier == null)
            return 0;
        int length = end.take(nowNs, carrier, out, offset);
        if (length == 0)
            carrier.queued = false;
        settle(nowNs);
        return length;
    }

    public @Nullable LegEvent pollEvent() {
        return events.poll();
    }

    /** The carrier in use, or 0. */
    public int active() {
        LegCarrier active = end.active();
        return active == null ? 0 : active.handle;
    }

    public boolean isOver() {
        return over;
    }

    private @Nullable LegCarrier find(int handle) {
        for (LegCarrier carrier : end.carriers())
            if (carrier.handle == handle)
                return carrier;
        return null;
    }

    /** After every call: what follows from it. */
    private void settle(long nowNs) {
        LegOver done = end.isOver();
        if (end.active() != null) {
            aloneSinceNs = nowNs;
            refusals = 0;
        } else if (done == null && refusals >= MAX_REFUSALS)
            done = LegOver.REFUSED;
        else if (done == null && nowNs >= aloneSinceNs + ORPHAN_NS)
            done = LegOver.ORPHANED;
        ResetReason reset = end.pollReset();
        if (reset != null)
            events.add(new LegEvent.Reset(reset));
        if (done != null)
            over(done);
        for (LegEnd.Ended ended = end.pollEnded(); ended != null; ended = end.pollEnded())
            events.add(new LegEvent.CarrierOver(ended.handle(), ended.reason()));
        if (over)
            return;
        if (end.in.tellReadable())
            events.add(new LegEvent.CanRead());
        if (end.out.tellWritable())
            events.add(new LegEvent.CanWrite());
        if (!end.isCarried() && !needTold) {
            needTold = true;
            events.add(new LegEvent.NeedCarrier());
        }
        for (LegCarrier carrier : end.carriers())
            if (!carrier.queued && end.hasDue(carrier)) {
                carrier.queued = true;
                ready.add(carrier);
            }
    }

    private void over(LegOver reason) {
        if (over)
            return;
        over = true;
        if (end.in.tellReadable()) // the end may not have been told yet
            events.add(new LegEvent.CanRead());
        end.overAll(CarrierEnd.RETIRED);
        ready.clear();
        events.add(new LegEvent.Over(reason));
    }
}
