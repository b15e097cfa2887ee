package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a trunk. Those with something to send stand in a row; each takes its turn of at most {@link #TURN}
 * bytes, so a slow reader holds up nobody else, and nobody waits for more than a turn of every other. Odd numbers are the
 * opener's of the trunk, even ones the acceptor's, each higher than its last.
 *
 * <p>At most as many streams of each side as its limit are open; as many again may have ended with bytes that the driver
 * has not read, past which the oldest of these is dropped.
 */
final class TrunkStreams {
    /** Bytes of data in a stream's turn, where others wait. */
    static final int TURN = 4 << 10;
    /** Longest header: OPEN fits into a cell. */
    static final int MAX_HEADER = TrunkRecords.CELL_PLAIN - TrunkFrames.PREFIX;

    private final Map<Integer, TrunkStream> streams = new LinkedHashMap<>();
    private final Map<Integer, TrunkStream> unread = new LinkedHashMap<>(); // finished, oldest first
    private final ArrayDeque<TrunkStream> row = new ArrayDeque<>();
    private final Queue<TrunkEvent> events;
    private final int limit; // of the other end's
    private final int peerLimit; // of ours
    private int nextLocal;
    private int lastPeer; // 0 before the first
    private int localOpen;
    private int peerOpen;

    TrunkStreams(boolean opener, int limit, int peerLimit, Queue<TrunkEvent> events) {
        nextLocal = opener ? 1 : 2;
        this.limit = limit;
        this.peerLimit = peerLimit;
        this.events = events;
    }

    // The driver's side; numbers that are over are as streams given up

    /** 0 if the most are open. */
    int open(byte[] header) {
        if (header.length < 1 || header.length > MAX_HEADER)
            throw new IllegalArgumentException("a header of " + header.length + " bytes is not one of 1-" + MAX_HEADER);
        if (localOpen + unread.size() >= peerLimit || nextLocal < 0) // numbers go to 2^31
            return 0;
        TrunkStream stream = new TrunkStream(nextLocal, header.clone());
        nextLocal += 2;
        localOpen++;
        streams.put(stream.id, stream);
        queue(stream);
        return stream.id;
    }

    int write(int id, byte[] from, int offset, int length) {
        TrunkStream stream = streams.get(id);
        if (stream == null)
            return 0;
        int taken = stream.write(from, offset, length);
        queue(stream);
        return taken;
    }

    int read(int id, byte[] into, int offset, int length) {
        TrunkStream stream = find(id);
        if (stream == null)
            return -1;
        int got = stream.read(into, offset, length);
        queue(stream);
        if (got < 0 || stream.readable() == 0)
            unread.remove(id);
        return got;
    }

    int readable(int id) {
        TrunkStream stream = find(id);
        return stream == null ? 0 : stream.readable();
    }

    int writable(int id) {
        TrunkStream stream = streams.get(id);
        return stream == null ? 0 : stream.writable();
    }

    void end(int id) {
        TrunkStream stream = streams.get(id);
        if (stream == null)
            return;
        stream.end();
        queue(stream);
    }

    void reset(int id, ResetReason reason) {
        unread.remove(id);
        TrunkStream stream = streams.get(id);
        if (stream == null)
            return;
        if (stream.unknownToPeer()) {
            remove(stream);
            return;
        }
        stream.reset(reason);
        queue(stream);
    }

    private @Nullable TrunkStream find(int id) {
        TrunkStream stream = streams.get(id);
        return stream != null ? stream : unread.get(id);
    }

    int size() {
        return streams.size();
    }

    // Frames in

    /** Null if all of the plain text made sense, else what did not. CLOSE is the caller's. */
    @Nullable
    TrunkClose onFrames(ByteBuffer from) {
        while (from.hasRemaining()) {
            byte type = from.get();
            if (type == TrunkFrames.PAD)
                return isZero(from) ? null : TrunkClose.BAD_FRAME;
            if (from.remaining() < Integer.BYTES)
                return TrunkClose.BAD_FRAME;
            TrunkClose wrong = onFrame(type, from.getInt(), from);
            if (wrong != null)
                return wrong;
        }
        return null;
    }

    private @Nullable TrunkClose onFrame(byte type, int id, ByteBuffer from) {
        return switch (type) {
            case TrunkFrames.OPEN -> onOpen(id, from);
            case TrunkFrames.DATA -> onData(id, from);
            case TrunkFrames.CREDIT -> onCredit(id, from);
            case TrunkFrames.END -> onEnd(id);
            case TrunkFrames.RESET -> onReset(id, from);
            default -> TrunkClose.BAD_FRAME;
        };
    }

    private @Nullable TrunkClose onOpen(int id, ByteBuffer from) {
        int length = length(from, MAX_HEADER);
        if (length < 0)
            return TrunkClose.BAD_FRAME;
        if (id <= lastPeer || (id & 1) == (nextLocal & 1))
            return TrunkClose.WRONG_STREAM;
        if (peerOpen == limit)
            return TrunkClose.TOO_MANY_STREAMS;
        byte[] header = new byte[length];
        from.get(header);
        lastPeer = id;
        peerOpen++;
        streams.put(id, new TrunkStream(id, null));
        events.add(new TrunkEvent.StreamOpened(id, header));
        return null;
    }

    private @Nullable TrunkClose onData(int id, ByteBuffer from) {
        int length = length(from, TrunkRecords.MAX_PLAIN);
        if (length < 0)
            return TrunkClose.BAD_FRAME;
        TrunkStream stream = streams.get(id);
        if (stream == null)
            return wasOpen(id) ? TrunkClose.AFTER_END : TrunkClose.UNKNOWN_STREAM;
        TrunkClose wrong = stream.onData(from.array(), from.arrayOffset() + from.position(), length);
        from.position(from.position() + length);
        tellReadable(stream);
        return wrong;
    }

    private @Nullable TrunkClose onCredit(int id, ByteBuffer from) {
        if (from.remaining() < Integer.BYTES)
            return TrunkClose.BAD_FRAME;
        int amount = from.getInt();
        TrunkStream stream = streams.get(id);
        if (stream == null) // may have crossed the end that was sent here
            return wasOpen(id) ? null : TrunkClose.UNKNOWN_STREAM;
        TrunkClose wrong = stream.onCredit(amount);
        queue(stream);
        return wrong;
    }

    private @Nullable TrunkClose onEnd(int id) {
        TrunkStream stream = streams.get(id);
        if (stream == null)
            return wasOpen(id) ? TrunkClose.AFTER_END : TrunkClose.UNKNOWN_STREAM;
        TrunkClose wrong = stream.onEnd();
        tellReadable(stream);
        removeIfFinished(stream);
        return wrong;
    }

    private @Nullable TrunkClose onReset(int id, ByteBuffer from) {
        if (!from.hasRemaining())
            return TrunkClose.BAD_FRAME;
        ResetReason reason = ResetReason.ofCode(from.get() & 0xff);
        TrunkStream stream = streams.get(id);
        if (stream == null) // may have crossed the end that was sent here
            return wasOpen(id) ? null : TrunkClose.UNKNOWN_STREAM;
        if (stream.onReset())
            events.add(new TrunkEvent.StreamReset(id, reason));
        queue(stream);
        removeIfFinished(stream);
        return null;
    }

    /** Reads a length of 1 to {@code most} for which the bytes are there, or -1. */
    private static int length(ByteBuffer from, int most) {
        if (from.remaining() < Short.BYTES)
            return -1;
        int length = from.getShort() & 0xffff;
        return length < 1 || length > most || length > from.remaining() ? -1 : length;
    }

    private static boolean isZero(ByteBuffer rest) {
        int any = 0;
        for (int i = rest.position(); i < rest.limit(); i++)
            any |= rest.get(i);
        return any == 0;
    }

    private boolean wasOpen(int id) {
        return id > 0 && ((id & 1) == (nextLocal & 1) ? nextLocal < 0 || id < nextLocal : id <= lastPeer);
    }

    private void tellReadable(TrunkStream stream) {
        if (stream.tellReadable())
            events.add(new TrunkEvent.StreamReadable(stream.id));
    }

    // Frames out

    boolean hasDue() {
        return !row.isEmpty();
    }

    /** Fills a record or cell with the turns of those that have something to send. */
    void emit(TrunkFrames into) {
        while (!row.isEmpty()) {
            TrunkStream stream = row.removeFirst();
            int room = into.room();
            stream.emit(into, row.isEmpty() ? room : TURN);
            if (stream.tellWritable())
                events.add(new TrunkEvent.StreamWritable(stream.id));
            if (!stream.hasDue()) {
                stream.queued = false;
                removeIfFinished(stream);
            } else if (into.room() > TrunkFrames.PREFIX && into.room() < room)
                row.addLast(stream);
            else { // the record is full: a turn that was begun counts, one that was not stays the next
                if (into.room() < room)
                    row.addLast(stream);
                else
                    row.addFirst(stream);
                return;
            }
        }
    }

    private void queue(TrunkStream stream) {
        if (stream.queued || !stream.hasDue())
            return;
        stream.queued = true;
        row.addLast(stream);
    }

    private void removeIfFinished(TrunkStream stream) {
        if (!stream.isFinished() || streams.get(stream.id) != stream)
            return;
        remove(stream);
        if (stream.isRead())
            return;
        if (unread.size() == limit + peerLimit) {
            Integer oldest = unread.keySet().iterator().next();
            unread.remove(oldest);
            events.add(new TrunkEvent.StreamReset(oldest, ResetReason.TIMED_OUT));
        }
        unread.put(stream.id, stream);
    }

    private void remove(TrunkStream stream) {
        streams.remove(stream.id);
        if (stream.queued)
            row.remove(stream);
        stream.queued = false;
        if (stream.local)
            localOpen--;
        else
            peerOpen--;
    }

    /** All are gone. */
    void clear() {
        streams.clear();
        unread.clear();
        row.clear();
    }
}
