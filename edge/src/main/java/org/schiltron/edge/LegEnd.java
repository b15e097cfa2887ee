package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;

/**
 * One end of a resumable leg: both directions, and the carriers it goes over. It sends over the newest carrier that is
 * up; an older one is retired, and what still arrives over it is taken until its LEAVE. What a carrier does wrong ends
 * that carrier, not the leg.
 */
final class LegEnd {
    /** Past it, the oldest that is not in use goes. */
    static final int MAX_CARRIERS = 4;
    /** For a carrier to begin, or to be left. */
    static final long PATIENCE_NS = 5_000_000_000L;
    /** A client asks whether the other end is there after that much silence, while it waits for something, and else. */
    static final long PING_WAITING_NS = 1_000_000_000L;
    static final long PING_IDLE_NS = 5_000_000_000L;
    /** For the answer, and at a landing for anything. */
    static final long ANSWER_NS = 5_000_000_000L;
    static final long SILENCE_NS = 20_000_000_000L;

    /** What was taken is said at once when it is that much, else after a while. */
    private static final int ACK_BYTES = 32 << 10;
    private static final long ACK_NS = 20_000_000L;

    /** A carrier that is over. */
    record Ended(int handle, CarrierEnd reason) {
    }

    private enum Due {
        NOTHING, RAW, POSITION, PONG, PING, ACK, DATA, LEAVE
    }

    final LegSender out = new LegSender();
    final LegReceiver in = new LegReceiver();

    private final boolean client;
    private final List<LegCarrier> carriers = new ArrayList<>(2); // oldest first
    private final ArrayDeque<Ended> ended = new ArrayDeque<>(2);
    private @Nullable LegCarrier active;
    private @Nullable ResetReason peerReset;
    private boolean peerResetTold;
    private long untoldSinceNs = Machine.NO_DEADLINE; // since when something was taken and not said
    private boolean ackDue; // for long enough

    LegEnd(boolean client) {
        this.client = client;
    }

    void add(LegCarrier carrier) {
        if (carriers.size() == MAX_CARRIERS)
            over(carriers.getFirst() == active ? carriers.get(1) : carriers.getFirst(), CarrierEnd.RETIRED);
        carriers.add(carrier);
    }

    List<LegCarrier> carriers() {
        return carriers;
    }

    @Nullable
    LegCarrier active() {
        return active;
    }

    /** Whether a carrier is up that the other end has not left, or one is about to be. */
    boolean isCarried() {
        if (active != null && !active.leaveHeard)
            return true;
        for (LegCarrier carrier : carriers)
            if (carrier.phase != LegCarrier.Phase.UP)
                return true;
        return false;
    }

    /** A carrier of a leg that has just been started. */
    void up(long nowNs, LegCarrier carrier) {
        carrier.phase = LegCarrier.Phase.UP;
        LegCarrier old = active;
        if (old != null && old.number > carrier.number) {
            retire(nowNs, carrier);
            return;
        }
        active = carrier;
        if (old != null && old != carrier) {
            retire(nowNs, old);
            in.sayAgain();
            if (in.unsaid() > 0 && untoldSinceNs == Machine.NO_DEADLINE)
                untoldSinceNs = nowNs;
        }
    }

    /** The same for one that resumes, where the other end says what it has; false if that cannot be. */
    boolean up(long nowNs, LegCarrier carrier, long received, long taken) {
        if (!out.ack(taken) || received < taken)
            return false;
        boolean newest = active == null || active.number < carrier.number;
        if (newest && !out.resume(received))
            return false;
        up(nowNs, carrier);
        return true;
    }

    private static void retire(long nowNs, LegCarrier carrier) {
        carrier.retired = true;
        carrier.sinceNs = nowNs;
    }

    /** Ends a carrier; the driver is to close it. */
    void over(LegCarrier carrier, CarrierEnd reason) {
        if (!carriers.remove(carrier))
            return;
        if (carrier == active)
            active = null;
        ended.add(new Ended(carrier.handle, reason));
    }

    void overAll(CarrierEnd reason) {
        while (!carriers.isEmpty())
            over(carriers.getFirst(), reason);
    }

    @Nullable
    Ended pollEnded() {
        return ended.poll();
    }

    /** The other end's reset, once. */
    @Nullable
    ResetReason pollReset() {
        if (peerReset == null || peerResetTold)
            return null;
        peerResetTold = true;
        return peerReset;
    }

    /** Why the leg is over, or null while it is not. */
    @Nullable
    LegOver isOver() {
        if (in.isReset() && in.unsaid() == 0 || out.isReset() && out.isDone())
            return LegOver.RESET;
        return out.isDone() && in.isDone() && in.unsaid() == 0 ? LegOver.FINISHED : null;
    }

    int read(long nowNs, byte[] into, int offset, int length) {
        int got = in.read(into, offset, length);
        noteTaken(nowNs);
        return got;
    }

    void reset(long nowNs, ResetReason reason) {
        out.reset(reason);
        in.discard();
        noteTaken(nowNs);
    }

    private void noteTaken(long nowNs) {
        if (in.unsaid() > 0 && untoldSinceNs == Machine.NO_DEADLINE)
            untoldSinceNs = nowNs;
    }

    // What comes over a carrier after its beginning

    /** Takes all bytes, or ends the carrier. Returns whether a record was authentic. */
    boolean onBytes(long nowNs, LegCarrier carrier, byte[] from, int offset, int length) {
        TrunkRecords records = carrier.records();
        boolean authentic = false;
        int at = offset;
        while (at < offset + length && records != null && carriers.contains(carrier)) {
            at += records.feed(from, at, offset + length - at);
            if (records.isBad())
                over(carrier, CarrierEnd.BAD_FRAME);
            else if (records.isComplete())
                authentic |= onRecord(nowNs, carrier, records.open());
        }
        return authentic;
    }

    private boolean onRecord(long nowNs, LegCarrier carrier, @Nullable ByteBuffer frame) {
        CarrierEnd wrong = CarrierEnd.NOT_AUTHENTIC;
        if (frame != null) {
            carrier.heardNs = nowNs;
            carrier.pinged = false;
            wrong = onFrame(nowNs, carrier, frame);
        }
        if (wrong != null)
            over(carrier, wrong);
        else if (carrier.retired && carrier.leaveSent && carrier.leaveHeard)
            over(carrier, CarrierEnd.RETIRED);
        noteTaken(nowNs);
        return frame != null;
    }

    private @Nullable CarrierEnd onFrame(long nowNs, LegCarrier carrier, ByteBuffer frame) {
        int length = frame.remaining();
        byte type = length == 0 ? 0 : frame.get();
        boolean first = carrier.phase == LegCarrier.Phase.POSITION;
        if (!LegFrames.fits(type, length) || first != (type == LegFrames.POSITION) || carrier.leaveHeard)
            return CarrierEnd.BAD_FRAME;
        return switch (type) {
            case LegFrames.DATA -> onData(carrier, frame.getLong(), frame);
            case LegFrames.ACK -> out.ack(frame.getLong()) ? null : CarrierEnd.BAD_POSITION;
            case LegFrames.END -> onEnd(carrier, frame.getLong());
            case LegFrames.RESET -> onReset(carrier, frame.getLong(), ResetReason.ofCode(frame.get() & 0xff));
            case LegFrames.POSITION ->
                up(nowNs, carrier, frame.getLong(), frame.getLong()) ? null : CarrierEnd.BAD_POSITION;
            case LegFrames.LEAVE -> {
                carrier.leaveHeard = true;
                yield null;
            }
            case LegFrames.PING -> {
                carrier.pongDue = true;
                yield null;
            }
            default -> null; // PONG
        };
    }

    private @Nullable CarrierEnd onData(LegCarrier carrier, long position, ByteBuffer bytes) {
        if (position < carrier.expected)
            return CarrierEnd.REPEATED;
        int length = bytes.remaining();
        CarrierEnd wrong = in.onData(position, bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        carrier.expected = position + length;
        return wrong;
    }

    private @Nullable CarrierEnd onEnd(LegCarrier carrier, long position) {
        if (position < carrier.expected)
            return CarrierEnd.REPEATED;
        carrier.expected = position + 1;
        return in.onEnd(position);
    }

    private @Nullable CarrierEnd onReset(LegCarrier carrier, long position, ResetReason reason) {
        if (position < carrier.expected)
            return CarrierEnd.REPEATED;
        carrier.expected = position + 1;
        CarrierEnd wrong = in.onReset(position);
        if (wrong == null && peerReset == null) {
            peerReset = reason;
            out.drop();
        }
        return wrong;
    }

    // What goes over a carrier

    boolean hasDue(LegCarrier carrier) {
        return due(carrier) != Due.NOTHING;
    }

    private Due due(LegCarrier carrier) {
        if (carrier.hasRaw())
            return Due.RAW;
        if (carrier.phase != LegCarrier.Phase.UP || carrier.leaveSent)
            return Due.NOTHING;
        if (carrier.positionDue)
            return Due.POSITION;
        if (carrier.pongDue)
            return Due.PONG;
        if (carrier.retired)
            return Due.LEAVE;
        if (carrier.pingDue)
            return Due.PING;
        if (carrier != active)
            return Due.NOTHING;
        if (in.unsaid() >= ACK_BYTES || in.unsaid() > 0 && (in.isDone() || ackDue))
            return Due.ACK;
        return out.hasDue() ? Due.DATA : Due.NOTHING;
    }

    /** The next bytes for that carrier, 0 if there are none. */
    int take(long nowNs, LegCarrier carrier, byte[] to, int offset) {
        Due due = due(carrier);
        TrunkRecords records = carrier.records();
        if (due == Due.RAW)
            return carrier.takeRaw(to, offset);
        if (due == Due.NOTHING || records == null)
            return 0;
        ByteBuffer frame = ByteBuffer.wrap(to, offset + records.prefix(), records.capacity()).slice();
        emit(nowNs, due, carrier, frame);
        int length = records.seal(to, offset, frame.position());
        if (carrier.leaveSent && carrier.leaveHeard)
            over(carrier, CarrierEnd.RETIRED);
        return length;
    }

    private void emit(long nowNs, Due due, LegCarrier carrier, ByteBuffer frame) {
        switch (due) {
            case POSITION -> {
                frame.put(LegFrames.POSITION).putLong(carrier.expected).putLong(Math.min(in.taken(), carrier.expected));
                carrier.positionDue = false;
            }
            case PONG -> {
                frame.put(LegFrames.PONG);
                carrier.pongDue = false;
            }
            case PING -> {
                frame.put(LegFrames.PING);
                carrier.pingDue = false;
                carrier.pinged = true;
                carrier.pingedNs = nowNs;
            }
            case ACK -> {
                frame.put(LegFrames.ACK).putLong(in.taken());
                in.say();
                untoldSinceNs = Machine.NO_DEADLINE;
                ackDue = false;
            }
            case DATA -> out.emit(frame);
            default -> {
                frame.put(LegFrames.LEAVE);
                carrier.leaveSent = true;
            }
        }
    }

    // Time

    void onTimer(long nowNs) {
        for (LegCarrier carrier : List.copyOf(carriers)) {
            if (nowNs < deadlineNs(carrier))
                continue;
            if (carrier.retired)
                over(carrier, CarrierEnd.RETIRED);
            else if (carrier.phase != LegCarrier.Phase.UP || !client || carrier.pinged || carrier.pingDue)
                over(carrier, CarrierEnd.SILENT);
            else
                carrier.pingDue = true;
        }
        ackDue |= nowNs >= ackNs();
    }

    private long ackNs() {
        return untoldSinceNs == Machine.NO_DEADLINE ? Machine.NO_DEADLINE : untoldSinceNs + ACK_NS;
    }

    /** When something is to be said, asked or given up. */
    long nextDeadlineNs() {
        long next = Machine.NO_DEADLINE;
        for (LegCarrier carrier : carriers)
            next = Math.min(next, deadlineNs(carrier));
        return ackDue ? next : Math.min(next, ackNs());
    }

    private long deadlineNs(LegCarrier carrier) {
        if (carrier.retired || carrier.phase != LegCarrier.Phase.UP)
            return carrier.sinceNs + PATIENCE_NS;
        if (!client)
            return carrier.heardNs + SILENCE_NS;
        if (carrier.pinged)
            return carrier.pingedNs + ANSWER_NS;
        if (carrier.pingDue) // waits for the driver to take it
            return carrier.heardNs + PING_IDLE_NS + ANSWER_NS;
        return carrier.heardNs + (out.isUnacked() ? PING_WAITING_NS : PING_IDLE_NS);
    }
}
