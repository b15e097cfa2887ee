package org.schiltron.edge;

import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;

/**
 * The ingress's end of a mix leg, over one stream of the trunk to its first node: that stream is opened with {@link
 * #header}, what comes out of it goes to {@link #onBytes}, what {@link #take} gives goes into it. The way is ready when
 * every node on it has answered; before, bytes are kept. The first cell begins with two bytes of length and the {@link
 * LegAsk}. At most 64 KiB wait in each direction. For one thread.
 */
public final class OnionSource implements OnionEnd {
    /** Bytes that {@link #take} writes at a time. */
    public static final int CELL = OnionCells.CELL;

    private final byte[] header;
    private final CipherPool pool;
    private final ByteQueue early = new ByteQueue(OnionCells.WINDOW); // written before the way is ready
    private final byte[] reply = new byte[OnionReply.LENGTH];
    private List<OnionHeader.Hop> hops;
    private int have;
    private boolean endEarly;
    private @Nullable OnionCells cells;
    private @Nullable OnionFault fault;

    /**
     * @param way          1 to 5 nodes after the ingress, the egress last
     * @param ask          of the egress
     * @param epochSeconds the time, since 1970
     * @param pool         of the thread that will use this
     */
    public OnionSource(List<Node> way, LegAsk ask, long epochSeconds, RandomSource random, CipherPool pool) {
        OnionHeader.Built built = OnionHeader.build(way, epochSeconds, random);
        header = built.header();
        hops = built.hops();
        this.pool = pool;
        byte[] asked = ask.encode();
        early.write(new byte[]{0, (byte) asked.length}, 0, 2);
        early.write(asked, 0, asked.length);
    }

    /** With what to open the stream. */
    public byte[] header() {
        return header.clone();
    }

    /** Whether all nodes have answered. */
    public boolean isReady() {
        return cells != null;
    }

    /** Bytes have come out of the stream: takes as long as there is room for what they bring; returns how many. */
    @Override
    public int onBytes(byte[] from, int offset, int length) {
        int taken = 0;
        if (cells == null && fault == null) {
            taken = Math.min(length, reply.length - have);
            System.arraycopy(from, offset, reply, have, taken);
            have += taken;
            if (have == reply.length)
                onReply();
        }
        return cells == null ? taken : taken + cells.onBytes(from, offset + taken, length - taken);
    }

    private void onReply() {
        List<Cipher> out = new ArrayList<>();
        List<Cipher> in = new ArrayList<>();
        OnionKeys leg = null;
        for (OnionHeader.Hop hop : hops) {
            if (leg != null) {
                out.add(leg.stream("forward"));
                in.add(leg.stream("back"));
            }
            leg = OnionReply.unwrap(hop, reply);
            if (leg == null) {
                fault = OnionFault.NOT_AUTHENTIC;
                hops = List.of();
                return;
            }
        }
        hops = List.of(); // and with them the ephemeral keys
        if (leg == null)
            return;
        OnionCells ready = new OnionCells(leg.key("seal forward", 32), leg.key("seal back", 32), out, in, pool);
        byte[] waiting = new byte[early.size()];
        ready.write(waiting, 0, early.read(waiting, 0, waiting.length));
        if (endEarly)
            ready.end();
        cells = ready;
    }

    /** The stream has ended, without {@link TrunkEvent.StreamReset}. */
    @Override
    public void onStreamEnd() {
        if (cells != null)
            cells.onStreamEnd();
        else if (fault == null)
            fault = OnionFault.CUT;
    }

    /** Takes bytes for the egress; returns how many. */
    @Override
    public int write(byte[] from, int offset, int length) {
        if (cells != null)
            return cells.write(from, offset, length);
        return endEarly || fault != null ? 0 : early.write(from, offset, length);
    }

    /** How many bytes {@link #write} would take now. */
    @Override
    public int writable() {
        if (cells != null)
            return cells.room();
        return endEarly || fault != null ? 0 : early.room();
    }

    /** Nothing more is written. */
    @Override
    public void end() {
        endEarly = true;
        if (cells != null)
            cells.end();
    }

    /** Gives the leg up; the egress is told if the way is ready, else reset the stream. */
    @Override
    public void reset(ResetReason reason) {
        if (cells != null)
            cells.reset(reason);
    }

    /**
     * The next cell for the stream.
     *
     * @param out has room for {@link #CELL} from {@code offset}
     * @return {@link #CELL}, or 0 if there is nothing to say now
     */
    @Override
    public int take(byte[] out, int offset) {
        return cells == null ? 0 : cells.take(out, offset);
    }

    /** Bytes from the egress: how many, 0 if there are none yet, -1 if there will be none. */
    @Override
    public int read(byte[] into, int offset, int length) {
        if (cells != null)
            return cells.read(into, offset, length);
        return fault != null ? -1 : 0;
    }

    @Override
    public int readable() {
        return cells == null ? 0 : cells.readable();
    }

    /** The egress's reset, or null. */
    @Override
    public @Nullable ResetReason peerReset() {
        return cells == null ? null : cells.peerReset();
    }

    /** What went wrong, or null: the leg is over, and its stream to be reset with {@link OnionFault#reset}. */
    @Override
    public @Nullable OnionFault fault() {
        return cells == null ? fault : cells.fault();
    }

    /** Whether both directions have ended in order. */
    @Override
    public boolean isDone() {
        return cells != null && cells.isDone();
    }
}
