package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: what its source has goes to its sink at once, through the loop's buffer. What the sink
 * does not take, and what the gate holds back, is kept (at most {@link BufferPool#LARGEST}), and while something is
 * kept nothing more is read: TCP's own window then slows the sender, and a slow reader makes its sender slow and not
 * the edge big.
 */
final class Flow {
    /** Reads from one source in one turn, for sources that have more without the system's word. */
    private static final int ROUNDS = 8;

    /** Decides about bytes before they pass. */
    interface Gate {
        /**
         * How many of the bytes may pass, from the position on; 0 holds them. It may move the position over bytes that
         * shall not pass at all. Bytes that were let through are not shown again.
         */
        int allow(ByteBuffer bytes);

        /** After 0: whether more bytes would help. */
        boolean wantsMore();
    }

    /** The connection. */
    interface Owner {
        EventLoop loop();

        /** The quota of the client's prefix. */
        ByteQuota quota();

        EdgeCounters counters();

        /** Bytes have passed. */
        void moved();

        /** An end was reset. The connection closes both. */
        void lost(End end);

        /** The gate wants more bytes than may be kept for it. */
        void tooLong(Flow flow);

        /** The source has ended, all it sent was passed on, and so was its end, if there was a sink. */
        void ended(Flow flow);

        /** To be called again soon: {@link #pull}. */
        void pullLater(Flow flow);
    }

    private final Owner owner;
    private final LongAdder passed;
    private final int gateBytes;
    private @Nullable End from;
    private @Nullable End to;
    private @Nullable Gate gate;
    private @Nullable ByteBuffer lead;
    private @Nullable ByteBuffer kept;
    private int passable;
    private boolean ended;
    private boolean endPassed;
    private boolean stopped;
    private long bytes;

    /** @param gateBytes the most that is kept for a gate that wants more */
    Flow(Owner owner, LongAdder passed, int gateBytes) {
        this.owner = owner;
        this.passed = passed;
        this.gateBytes = gateBytes;
    }

    void source(End source) {
        from = source;
        ended = false;
    }

    /** From now on bytes go here, after the header if there is one. */
    void sink(End sink, @Nullable ByteBuffer header) {
        to = sink;
        lead = header;
    }

    /** What was let through from now on waits for the next sink. */
    void noSink() {
        to = null;
        lead = null;
    }

    void noSource() {
        from = null;
    }

    void gate(@Nullable Gate through) {
        gate = through;
    }

    boolean wantsRead() {
        if (from == null || ended || stopped)
            return false;
        Gate through = gate;
        if (kept == null)
            return to != null || through != null;
        return through != null && passable == 0 && through.wantsMore();
    }

    boolean wantsWrite() {
        return to != null && !stopped && (lead != null || kept != null && passable > 0);
    }

    /** Nothing is on its way in this flow. */
    boolean isEmpty() {
        return kept == null && lead == null;
    }

    /** Nothing that was let through waits for the sink. */
    boolean isPassed() {
        return passable == 0 && lead == null;
    }

    /** The sink does not take what is there. */
    boolean isStalled() {
        return kept != null && passable > 0 && to != null;
    }

    boolean isEndPassed() {
        return endPassed;
    }

    /** Since the flow began. */
    long bytes() {
        return bytes;
    }

    /** The source may have something. */
    void pull() {
        for (int round = 0; round < ROUNDS; round++) {
            End source = from;
            if (source == null || !wantsRead() || !readOnce(source) || stopped || !source.hasMore())
                return;
        }
        owner.pullLater(this);
    }

    private boolean readOnce(End source) {
        ByteBuffer into = kept == null ? scratch() : keptWithRoom();
        int count;
        try {
            count = source.read(into);
        } catch (IOException e) {
            owner.lost(source);
            return false;
        }
        into.flip();
        if (count > 0) {
            owner.moved();
            pass(into);
            return true;
        }
        if (count < 0) {
            ended = true;
            settle();
        }
        return false;
    }

    private ByteBuffer scratch() {
        ByteBuffer scratch = owner.loop().scratch();
        int room = Math.min(owner.quota().room(), owner.counters().buffered.room());
        return scratch.limit(Math.min(room, scratch.capacity()));
    }

    /** What is kept, ready to be read into behind it. */
    private ByteBuffer keptWithRoom() {
        ByteBuffer old = kept();
        if (old.remaining() < old.capacity())
            return old.compact();
        ByteBuffer bigger = take(old.capacity() + 1);
        bigger.put(old);
        give(old);
        kept = bigger;
        return bigger;
    }

    private ByteBuffer kept() {
        if (kept == null)
            throw new IllegalStateException("nothing is kept");
        return kept;
    }

    /** There may be room in the sink, or the gate may have changed its mind. */
    void push() {
        if (stopped || !passLead())
            return;
        if (kept != null)
            pass(kept);
        else
            settle();
        End source = from;
        if (!stopped && kept == null && source != null && source.hasMore())
            pull();
    }

    /** Bytes of the edge's own, for the sink; only while nothing is kept. */
    void inject(ByteBuffer own) {
        if (kept != null)
            throw new IllegalStateException("bytes wait before them");
        passable = own.remaining();
        pass(own);
    }

    private void pass(ByteBuffer bytesNow) {
        if (!passLead())
            return;
        while (bytesNow.hasRemaining()) {
            if (passable == 0) {
                passable = gate == null ? bytesNow.remaining() : gate.allow(bytesNow);
                if (stopped)
                    return;
                if (passable == 0)
                    break;
            }
            End sink = to;
            if (sink == null)
                break;
            int count = write(sink, bytesNow);
            if (count < 0)
                return;
            if (passable > 0)
                break;
        }
        keep(bytesNow);
        if (gate != null && kept != null && passable == 0 && gate.wantsMore() && kept.remaining() >= gateBytes)
            owner.tooLong(this);
        else
            settle();
    }

    /** How many of the passable bytes the sink took; -1 if it was lost. */
    private int write(End sink, ByteBuffer bytesNow) {
        int limit = bytesNow.limit();
        int count;
        try {
            bytesNow.limit(bytesNow.position() + passable);
            count = sink.write(bytesNow);
        } catch (IOException e) {
            owner.lost(sink);
            return -1;
        } finally {
            bytesNow.limit(limit);
        }
        if (count > 0) {
            passable -= count;
            bytes += count;
            passed.add(count);
            owner.moved();
        }
        return count;
    }

    private boolean passLead() {
        ByteBuffer header = lead;
        End sink = to;
        if (header == null || sink == null)
            return header == null;
        try {
            sink.write(header);
        } catch (IOException e) {
            owner.lost(sink);
            return false;
        }
        if (header.hasRemaining())
            return false;
        lead = null;
        return true;
    }

    private void keep(ByteBuffer rest) {
        if (rest == kept) {
            if (!rest.hasRemaining()) {
                kept = null;
                give(rest);
            }
        } else if (rest.hasRemaining()) {
            kept = take(rest.remaining()).put(rest).flip();
        }
    }

    private void settle() {
        if (!ended || endPassed || stopped || lead != null)
            return;
        Gate through = gate;
        boolean cutOff = kept != null && passable == 0 && through != null && through.wantsMore();
        if (kept != null && !cutOff)
            return;
        release();
        endPassed = true;
        End sink = to;
        if (sink != null) {
            try {
                sink.endOutput();
            } catch (IOException e) {
                owner.lost(sink);
                return;
            }
        }
        owner.ended(this);
    }

    private ByteBuffer take(int size) {
        ByteBuffer buffer = owner.loop().pool().take(size);
        owner.quota().charge(buffer.capacity());
        owner.counters().buffered.charge(buffer.capacity());
        return buffer;
    }

    private void give(ByteBuffer buffer) {
        owner.loop().pool().give(buffer);
        owner.quota().charge(-buffer.capacity());
        owner.counters().buffered.charge(-buffer.capacity());
    }

    private void release() {
        ByteBuffer rest = kept;
        kept = null;
        passable = 0;
        if (rest != null)
            give(rest);
    }

    /** Nothing passes any more; what was kept is given up. */
    void stop() {
        stopped = true;
        release();
    }
}
