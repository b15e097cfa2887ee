package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;

/**
 * A host that sends datagrams of random bytes at a steady rate, each to one of its targets at random, and takes no notice
 * of what comes back. At random because a flood from many hosts arrives so: packets at even distances would lock larger ones
 * out of a full queue altogether (Floyd and Jacobson, "On traffic phase effects in packet-switched gateways", 1992).
 */
public final class Flood implements Machine<Void> {
    private static final long SECOND_NS = 1_000_000_000L;

    private final List<Path> targets;
    private final long packetsPerSecond;
    private final int length;
    private final long startNs;
    private final long endNs;
    private final RandomSource random;
    private long sent;
    private long due;

    /**
     * @param packetsPerSecond to all targets together, at least 1
     * @param length           payload bytes of each, 1 to 2,048
     * @param startNs          when the first goes out
     * @param endNs            when no more go out
     */
    public Flood(List<Path> targets, long packetsPerSecond, int length, long startNs, long endNs,
            RandomSource random) {
        if (targets.isEmpty() || packetsPerSecond < 1 || length < 1 || length > TransmitSink.MAX_DATAGRAM)
            throw new IllegalArgumentException("no targets, no rate, or not a length a datagram can have");
        this.targets = targets.stream().map(Path::copy).toList();
        this.packetsPerSecond = packetsPerSecond;
        this.length = length;
        this.startNs = startNs;
        this.endNs = endNs;
        this.random = random;
    }

    /** Datagrams so far. */
    public long sent() {
        return sent;
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int datagramLength) {
        // a flood does not listen
    }

    @Override
    public void onTimer(long nowNs) {
        if (nowNs < endNs && timeOfNextNs() <= nowNs)
            due++;
    }

    @Override
    public long nextDeadlineNs() {
        long nextNs = timeOfNextNs();
        return nextNs < endNs ? nextNs : NO_DEADLINE;
    }

    private long timeOfNextNs() {
        long number = sent + due;
        return startNs + number / packetsPerSecond * SECOND_NS
                + number % packetsPerSecond * SECOND_NS / packetsPerSecond;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        for (; due > 0; due--) {
            long at = sink.claim(length);
            MemorySegment segment = sink.segment();
            int i = 0;
            for (; i + 8 <= length; i += 8)
                segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at + i, random.nextLong());
            for (; i < length; i++)
                segment.set(ValueLayout.JAVA_BYTE, at + i, (byte) random.nextLong());
            sink.commit(targets.get(random.nextInt(targets.size())), length);
            sent++;
        }
    }

    @Override
    public @Nullable Void pollEvent() {
        return null;
    }
}
