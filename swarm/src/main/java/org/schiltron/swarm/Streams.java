package org.schiltron.swarm;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one session. Only the client opens streams; ids are 1, 2, 3, ... At most {@link #MAX_STREAMS} are open:
 * the client's further ones wait for it to close some, a service resets what exceeds it or its {@link ClientLimits}. Receive credit starts at 64
 * KiB a stream and grows to {@link #WINDOW} while the session's commitment stays below {@link #MAX_COMMITTED}.
 */
final class Streams {
    static final int MAX_STREAMS = 256;
    static final int WINDOW = 512 << 10;
    static final long MAX_COMMITTED = (long) MAX_STREAMS * Stream.INITIAL_CREDIT + (16 << 20);

    /** What a stream may have written and unacknowledged while memory is short, bytes. */
    private static final int TIGHT = 16 << 10;

    private final Session session;
    private final boolean client;
    private final Map<Long, Stream> open = new LinkedHashMap<>();
    private final ArrayDeque<Stream> due = new ArrayDeque<>(); // with something to send, in turn
    private final RangeSet finished = new RangeSet(4 * MAX_STREAMS); // ids of streams that are over
    private long nextId = 1;
    private long committed;
    private long held;

    Streams(Session session, boolean client) {
        this.session = session;
        this.client = client;
    }

    int count() {
        return open.size();
    }

    /** Bytes of memory that the streams' buffers take. */
    long held() {
        return held;
    }

    boolean hasDue() {
        while (!due.isEmpty()) {
            Stream head = due.peekFirst();
            if (open.containsKey(head.id) && head.out.hasDue())
                return true;
            due.removeFirst().queued = false;
        }
        return false;
    }

    long open(String target) {
        if (open.size() >= MAX_STREAMS)
            return -1;
        Stream stream = new Stream(nextId++);
        stream.target = target;
        stream.announced = true;
        open.put(stream.id, stream);
        committed += stream.in.committed();
        session.control(Frames.open(stream.id, target));
        return stream.id;
    }

    int write(long id, byte[] source, int offset, int length) {
        Stream stream = open.get(id);
        if (stream == null)
            return 0;
        int most = session.memoryIsShort() ? Math.max(0, TIGHT - stream.out.buffered()) : length;
        int taken = stream.out.write(source, offset, Math.min(length, most));
        count(stream);
        if (taken < length)
            stream.writeBlocked = true;
        queue(stream);
        return taken;
    }

    void finish(long id) {
        Stream stream = open.get(id);
        if (stream == null)
            return;
        stream.out.finish();
        queue(stream);
    }

    int read(long id, byte[] into, int offset, int length) {
        Stream stream = open.get(id);
        if (stream == null)
            return -1;
        long before = stream.in.committed();
        int count = stream.in.read(into, offset, length);
        count(stream);
        committed += stream.in.committed() - before;
        if (count <= 0)
            stream.readablePending = false;
        if (count < 0) {
            stream.endRead = true;
            reapIfDone(stream);
            return -1;
        }
        if (committed < MAX_COMMITTED) {
            before = stream.in.committed();
            long limit = stream.in.creditDue(WINDOW);
            committed += stream.in.committed() - before;
            if (limit >= 0)
                session.control(Frames.credit(stream.id, limit));
        }
        return count;
    }

    void reset(long id) {
        Stream stream = open.get(id);
        if (stream == null)
            return;
        forget(stream);
        session.control(Frames.reset(id));
    }

    /** Resets the stream opened last, with an event. False if there is none. */
    boolean resetNewest() {
        long newest = -1;
        for (long id : open.keySet())
            newest = Math.max(newest, id);
        Stream stream = open.get(newest);
        if (stream == null)
            return false;
        reset(newest);
        if (stream.announced)
            session.event(new SessionEvent.StreamReset(session, newest));
        return true;
    }

    /** Which streams there are and have been. */
    void writeTo(HandOverWriter to) {
        finished.writeTo(to);
        to.number(open.size());
        open.keySet().forEach(to::number);
    }

    /** What {@link #writeTo} wrote: the streams that were open are reset. False if malformed. */
    boolean resume(FrameReader from) {
        finished.resume(from);
        int standing = from.varintUpTo(MAX_STREAMS);
        for (int i = 0; i < standing && !from.failed(); i++) {
            long id = from.varint();
            finished.add(id, id + 1);
            session.control(Frames.reset(id));
        }
        return !from.failed();
    }

    /** The session is over: all streams are forgotten, with a reset event for each. */
    void resetAll() {
        for (Stream stream : open.values()) {
            if (stream.announced)
                session.event(new SessionEvent.StreamReset(session, stream.id));
        }
        open.clear();
        due.clear();
        committed = 0;
        session.onHeld(-held);
        held = 0;
    }

    // What the peer says. Each returns false if the peer broke the protocol.

    boolean onOpen(long id, String target) {
        if (client)
            return false;
        Stream stream = known(id);
        if (stream == null || stream.target != null)
            return true;
        stream.target = target;
        stream.announced = true;
        session.event(new SessionEvent.StreamOpened(session, id, target));
        signalReadable(stream);
        return true;
    }

    boolean onData(long id, long offset, byte[] source, int at, int length, boolean fin) {
        Stream stream = known(id);
        if (stream == null)
            return !client || finished.contains(id);
        if (!stream.in.accept(offset, source, at, length, fin))
            return false;
        count(stream);
        signalReadable(stream);
        return true;
    }

    void onReset(long id) {
        Stream stream = known(id);
        if (stream == null)
            return;
        forget(stream);
        if (stream.announced)
            session.event(new SessionEvent.StreamReset(session, id));
    }

    void onCredit(long id, long limit) {
        Stream stream = known(id); // may overtake the frame that opens it, and is not said twice
        if (stream == null)
            return;
        stream.out.credit(limit);
        queue(stream);
    }

    void onPieceAcked(Stream.Piece piece) {
        Stream stream = piece.stream();
        boolean room = stream.out.onAcked(piece.offset(), piece.length(), piece.fin());
        count(stream);
        if (room && stream.writeBlocked && stream.out.room() >= SendBuffer.CAPACITY / 4
                && open.containsKey(stream.id)) {
            stream.writeBlocked = false;
            session.event(new SessionEvent.StreamWritable(session, stream.id));
        }
        reapIfDone(stream);
    }

    void onPieceLost(Stream.Piece piece) {
        if (!open.containsKey(piece.stream().id))
            return;
        piece.stream().out.onLost(piece.offset(), piece.length(), piece.fin());
        queue(piece.stream());
    }

    /** Fills the packet with pieces of the streams in turn. */
    void fill(PacketBuilder packet) {
        while (hasDue()) {
            Stream stream = due.getFirst();
            long offset = stream.out.nextOffset();
            int room = packet.room() - 1 - Varint.length(stream.id) - Varint.length(offset) - 2;
            if (room < Math.min(16, 1 + stream.out.nextLength(16)))
                return; // not worth a header
            int length = stream.out.nextLength(room);
            packet.stream(this, stream, offset, length);
            due.removeFirst();
            stream.queued = false;
            queue(stream);
        }
    }

    /** The stream of that id; opened if the client's new; null if it is over or not to be had. */
    private @Nullable Stream known(long id) {
        Stream stream = open.get(id);
        if (stream != null || client || id < 1 || finished.contains(id))
            return stream;
        if (open.size() >= MAX_STREAMS || !session.mayOpenStream()) {
            if (finished.add(id, id + 1))
                session.control(Frames.reset(id));
            return null;
        }
        stream = new Stream(id);
        open.put(id, stream);
        committed += stream.in.committed();
        return stream;
    }

    private void signalReadable(Stream stream) {
        if (!stream.announced || stream.readablePending || stream.endRead || !stream.in.isReadable())
            return;
        stream.readablePending = true;
        session.event(new SessionEvent.StreamReadable(session, stream.id));
    }

    private void count(Stream stream) {
        if (open.get(stream.id) == stream)
            count(stream, stream.out.held() + stream.in.held());
    }

    private void count(Stream stream, int now) {
        int change = now - stream.held;
        stream.held = now;
        held += change;
        if (change != 0)
            session.onHeld(change);
    }

    private void queue(Stream stream) {
        if (stream.queued || !stream.out.hasDue())
            return;
        stream.queued = true;
        due.addLast(stream);
    }

    private void reapIfDone(Stream stream) {
        if (stream.isDone())
            forget(stream);
    }

    private void forget(Stream stream) {
        if (open.remove(stream.id) == null)
            return;
        committed -= stream.in.committed();
        count(stream, 0);
        if (!finished.add(stream.id, stream.id + 1))
            finished.removeFirst(); // older than any packet under way
    }
}
