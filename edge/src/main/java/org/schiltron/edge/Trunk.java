package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Identity;

/**
 * A lasting connection between two nodes that carries many streams over one ordered byte stream, a TCP connection say. It
 * begins with {@link TrunkHandshake}, then everything is sealed in {@link TrunkRecords}. With cells, exactly so many of one
 * size leave a second: what streams have to say takes the place of padding, so who watches learns nothing from them.
 *
 * <pre>{@code
 * trunk.onBytes(now, buffer, 0, read);        // or onTimer(now), onConnectionEnd(), or a call for a stream
 * while ((event = trunk.pollEvent()) != null) handle(event);
 * while ((n = trunk.take(now, out, 0)) > 0) connection.write(out, 0, n);    // when the connection takes it
 * sleepUntil(trunk.nextDeadlineNs());
 * }</pre>
 *
 * <p>{@code take} makes a record only when asked, so what waits for a slow connection waits in the streams, each within its
 * bound. Whatever the other end sends, nothing is thrown: what breaks the protocol closes the trunk with a reason. Calls
 * for a stream that is over do nothing. For one thread.
 */
public final class Trunk {
    /** Bytes that {@link #take} may need. */
    public static final int MAX_TAKE = TrunkRecords.MAX_RECORD;
    /** Longest header of a stream. */
    public static final int MAX_HEADER = TrunkStreams.MAX_HEADER;
    /** Bytes that wait in one direction of a stream at most, at each end. */
    public static final int CREDIT = TrunkStream.CREDIT;

    /** For the handshake to finish. */
    static final long HANDSHAKE_NS = 10_000_000_000L;
    /** Without any record, the trunk is over. */
    static final long SILENCE_NS = 30_000_000_000L;
    /** Without anything to say, an empty record goes out. */
    static final long KEEPALIVE_NS = 10_000_000_000L;

    private enum State {
        HANDSHAKE, /* the acceptor waits for the first record */ CONFIRMING, OPEN, CLOSED
    }

    private final TrunkConfig config;
    private final boolean opener;
    private final TrunkHandshake handshake;
    private final ArrayDeque<TrunkEvent> events = new ArrayDeque<>();
    private State state = State.HANDSHAKE;
    private byte[] pending = {}; // of the handshake, to be sent
    private @Nullable TrunkRecords records;
    private @Nullable TrunkStreams streams;
    private @Nullable CellClock clock; // with cells
    private @Nullable TrunkClose farewell; // to be sent
    private long heardNs;
    private long saidNs;
    private boolean greeting; // the opener's first record, which shows that it is there
    private long recordsOut;
    private long paddingOut;

    private Trunk(TrunkConfig config, boolean opener, TrunkHandshake handshake, long nowNs) {
        this.config = config;
        this.opener = opener;
        this.handshake = handshake;
        heardNs = nowNs;
        saidNs = nowNs;
    }

    /** The end that made the connection, to a node it knows. */
    public static Trunk opener(TrunkConfig config, Identity self, Node peer, RandomSource random, long nowNs) {
        Trunk trunk = new Trunk(config, true, new TrunkHandshake(config, self, peer, random), nowNs);
        trunk.pending = trunk.handshake.first();
        return trunk;
    }

    /** @param nodes whom to let in */
    public static Trunk acceptor(TrunkConfig config, Identity self, NodeList nodes, RandomSource random, long nowNs) {
        return new Trunk(config, false, new TrunkHandshake(config, self, nodes, random), nowNs);
    }

    /** Bytes have come; all are taken. */
    public void onBytes(long nowNs, byte[] from, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && state == State.HANDSHAKE) {
            at += handshake.feed(from, at, end - at);
            if (handshake.isStrange())
                close(TrunkClose.WRONG_VERSION);
            else if (handshake.isComplete())
                onHandshake(nowNs);
        }
        while (at < end && state != State.CLOSED && records != null) {
            at += records.feed(from, at, end - at);
            if (records.isBad())
                close(TrunkClose.BAD_LENGTH);
            else if (records.isComplete())
                onRecord(nowNs, records.open());
        }
    }

    private void onHandshake(long nowNs) {
        TrunkClose wrong = opener ? handshake.onSecond() : handshake.onFirst();
        if (wrong != null) {
            close(wrong);
            return;
        }
        if (!opener)
            pending = handshake.second();
        records = handshake.records();
        streams = new TrunkStreams(opener, config.streams(), handshake.peerStreams(), events);
        heardNs = nowNs;
        if (opener) {
            greeting = true;
            onOpen(nowNs);
        } else
            state = State.CONFIRMING;
    }

    private void onOpen(long nowNs) {
        state = State.OPEN;
        if (handshake.cellsPerSecond() > 0)
            clock = new CellClock(handshake.cellsPerSecond(), nowNs);
        events.add(new TrunkEvent.Opened(handshake.peer()));
    }

    private void onRecord(long nowNs, @Nullable ByteBuffer frames) {
        if (frames == null) {
            close(TrunkClose.NOT_AUTHENTIC);
            return;
        }
        heardNs = nowNs;
        if (state == State.CONFIRMING)
            onOpen(nowNs);
        if (frames.remaining() >= 6 && frames.get(0) == TrunkFrames.CLOSE) {
            over(TrunkClose.ofCode(frames.get(5) & 0xff), true);
            return;
        }
        TrunkClose wrong = streams == null ? TrunkClose.BAD_FRAME : streams.onFrames(frames);
        if (wrong != null)
            close(wrong);
    }

    /** The connection under it has ended or failed. */
    public void onConnectionEnd() {
        over(TrunkClose.LOST, false);
        pending = new byte[0];
    }

    /** The deadline has come. */
    public void onTimer(long nowNs) {
        if (state != State.CLOSED && nowNs >= heardNs + patienceNs())
            close(TrunkClose.TIMED_OUT);
    }

    /** When {@link #onTimer} and {@link #take} are wanted next, or {@link Machine#NO_DEADLINE}. */
    public long nextDeadlineNs() {
        if (state == State.CLOSED)
            return farewell != null && clock != null ? clock.nextNs() : Machine.NO_DEADLINE;
        long next = heardNs + patienceNs();
        if (state != State.OPEN)
            return next;
        return Math.min(next, clock != null ? clock.nextNs() : saidNs + KEEPALIVE_NS);
    }

    private long patienceNs() {
        return state == State.OPEN ? SILENCE_NS : HANDSHAKE_NS;
    }

    /**
     * The next bytes for the connection.
     *
     * @param out has room for {@link #MAX_TAKE} from {@code offset}
     * @return how many; 0 if there are none now
     */
    public int take(long nowNs, byte[] out, int offset) {
        if (pending.length > 0) {
            int length = pending.length;
            System.arraycopy(pending, 0, out, offset, length);
            pending = new byte[0];
            return length;
        }
        if (records == null || streams == null || state == State.HANDSHAKE || state == State.CONFIRMING
                || !(clock != null ? clock.tick(nowNs) : hasDue(nowNs)))
            return 0;
        greeting = false;
        saidNs = nowNs;
        ByteBuffer frames = ByteBuffer.wrap(out, offset + records.prefix(), records.capacity()).slice();
        TrunkFrames into = new TrunkFrames(frames);
        if (farewell != null) {
            into.close(farewell);
            farewell = null;
            clock = null; // was the last
        } else if (state == State.OPEN)
            streams.emit(into);
        if (frames.position() == 0)
            paddingOut++;
        recordsOut++;
        return records.seal(out, offset, frames.position());
    }

    private boolean hasDue(long nowNs) {
        if (farewell != null)
            return true;
        return state == State.OPEN && streams != null
                && (streams.hasDue() || greeting || nowNs >= saidNs + KEEPALIVE_NS);
    }

    public @Nullable TrunkEvent pollEvent() {
        return events.poll();
    }

    /** Ends the trunk and all its streams; the other end is told. */
    public void close() {
        close(TrunkClose.FINISHED);
    }

    private void close(TrunkClose reason) {
        if (state == State.OPEN)
            farewell = reason;
        over(reason, false);
    }

    private void over(TrunkClose reason, boolean byPeer) {
        if (state == State.CLOSED)
            return;
        state = State.CLOSED;
        if (farewell == null)
            clock = null;
        if (streams != null)
            streams.clear();
        events.add(new TrunkEvent.Closed(reason, byPeer));
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /**
     * Opens a stream.
     *
     * @param header 1 to {@link #MAX_HEADER} bytes: where it leads
     * @return its number, or 0 if the trunk is not open or has as many streams as the other end allows
     */
    public int openStream(byte[] header) {
        return state == State.OPEN && streams != null ? streams.open(header) : 0;
    }

    /** Takes bytes to send; returns how many. If not all, {@link TrunkEvent.StreamWritable} says when to go on. */
    public int write(int stream, byte[] from, int offset, int length) {
        return streams == null ? 0 : streams.write(stream, from, offset, length);
    }

    /** Bytes that have come: how many, 0 if there are none yet, -1 after the end or if the stream is over. */
    public int read(int stream, byte[] into, int offset, int length) {
        return streams == null ? -1 : streams.read(stream, into, offset, length);
    }

    /** How many bytes {@link #read} would give now. */
    public int readable(int stream) {
        return streams == null ? 0 : streams.readable(stream);
    }

    /** How many bytes {@link #write} would take now. */
    public int writable(int stream) {
        return streams == null ? 0 : streams.writable(stream);
    }

    /** Nothing more is written; what comes can still be read. */
    public void endStream(int stream) {
        if (streams != null)
            streams.end(stream);
    }

    /** Gives a stream up: what waits in it is gone at both ends. */
    public void resetStream(int stream, ResetReason reason) {
        if (streams != null)
            streams.reset(stream, reason);
    }

    /** Streams that either end has not finished with. */
    public int streams() {
        return streams == null ? 0 : streams.size();
    }

    /** Records or cells sent. */
    public long recordsOut() {
        return recordsOut;
    }

    /** Those of them that said nothing: with cells, the cover traffic. */
    public long paddingOut() {
        return paddingOut;
    }

    /** Cells not sent because the driver came too late for them. */
    public long cellsMissed() {
        return clock == null ? 0 : clock.missed();
    }
}
