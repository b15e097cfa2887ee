package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;

/** Asks its peers in turn at random intervals, and tells of every answer that carries its number. */
final class Pinger implements Machine<Pinger.Answer> {
    static final int LENGTH = 24;

    /** An answer has come in. */
    record Answer(long nowNs, long number, Path from) {
    }

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final List<Path> peers;
    private final RandomSource random;
    private final long meanNs;
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private long deadlineNs;
    private boolean due;
    private long sent;
    private long answered;

    Pinger(long nowNs, List<Path> peers, long meanNs, RandomSource random) {
        this.peers = peers;
        this.random = random;
        this.meanNs = meanNs;
        deadlineNs = meanNs == 0 ? NO_DEADLINE : nowNs + random.nextLong(2 * meanNs);
    }

    long sent() {
        return sent;
    }

    long answered() {
        return answered;
    }

    void ping() {
        due = true;
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        if (length < LENGTH || segment.get(LONG, offset) >= sent)
            return;
        answered++;
        answers.add(new Answer(nowNs, segment.get(LONG, offset), path.copy()));
    }

    @Override
    public void onTimer(long nowNs) {
        if (nowNs < deadlineNs)
            return;
        due = true;
        deadlineNs = nowNs + 1 + random.nextLong(2 * meanNs);
    }

    @Override
    public long nextDeadlineNs() {
        return deadlineNs;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        if (!due)
            return;
        due = false;
        long at = sink.claim(LENGTH);
        MemorySegment segment = sink.segment();
        segment.set(LONG, at, sent);
        segment.set(LONG, at + 8, random.nextLong());
        segment.set(LONG, at + 16, random.nextLong());
        sink.commit(peers.get((int) (sent % peers.size())), LENGTH);
        sent++;
    }

    @Override
    public @Nullable Answer pollEvent() {
        return answers.poll();
    }
}
