package org.schiltron.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.TransmitSink;

/**
 * A host that sends datagrams of random bytes at a steady rate, each to one of its targets at random, and takes no notice
 * of what comes back. The first and last {@value #FRESH_BYTES} bytes, where the protocols here carry header, nonces and
 * authentication tag, are drawn for each datagram; what lies between is a piece, from a random place, of one block of random
 * bytes that is the same in all runs, since drawing it all would cost more than carrying it.
 *
 * <p>Targets at random because a flood from many hosts arrives so: packets at even distances would lock larger ones
 * out of a full queue altogether (Floyd and Jacobson, "On traffic phase effects in packet-switched gateways", 1992).
 */
public final class Flood implements Machine<Void> {
    private static final int FRESH_BYTES = 64;
    private static final int BLOCK_BYTES = 8_192;
    private static final MemorySegment BLOCK = block();

    private final Path[] targets;
    private final Pace pace;
    private final int length;
    private final long endNs;
    private final RandomSource random;
    private long sent;
    private long due;

    /**
     * @param packetsPerSecond to all targets together, 0 or more
     * @param length           payload bytes of each, 1 to 2,048
     * @param startNs          when the first goes out
     * @param endNs            when no more go out
     */
    public Flood(List<Path> targets, long packetsPerSecond, int length, long startNs, long endNs,
            RandomSource random) {
        if (targets.isEmpty() || packetsPerSecond < 0 || length < 1 || length > TransmitSink.MAX_DATAGRAM)
            throw new IllegalArgumentException("no targets, a negative rate, or not a length a datagram can have");
        this.targets = targets.stream().map(Path::copy).toArray(Path[]::new);
        this.length = length;
        pace = new Pace(startNs, packetsPerSecond);
        this.endNs = endNs;
        this.random = random;
    }

    /** Datagrams so far. */
    public long sent() {
        return sent;
    }

    /** Another rate from now on, 0 for none. A command. */
    public void rate(long nowNs, long packetsPerSecond) {
        pace.change(nowNs, packetsPerSecond, random);
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int datagramLength) {
        // a flood does not listen
    }

    @Override
    public void onTimer(long nowNs) {
        if (nowNs < endNs && pace.nextNs() <= nowNs) {
            pace.advance();
            due++;
        }
    }

    @Override
    public long nextDeadlineNs() {
        long nextNs = pace.nextNs();
        return nextNs < endNs ? nextNs : NO_DEADLINE;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        for (; due > 0; due--) {
            long at = sink.claim(length);
            MemorySegment segment = sink.segment();
            write(segment, at);
            sink.commit(targets[random.nextInt(targets.length)], length);
            sent++;
        }
    }

    /** Fresh words at both ends, and between them a piece of the block, from a random place. */
    private void write(MemorySegment segment, long at) {
        if (length <= 2 * FRESH_BYTES) {
            fresh(segment, at, length);
            return;
        }
        fresh(segment, at, FRESH_BYTES);
        int between = length - 2 * FRESH_BYTES;
        MemorySegment.copy(BLOCK, random.nextInt(BLOCK_BYTES - between + 1), segment, at + FRESH_BYTES, between);
        fresh(segment, at + length - FRESH_BYTES, FRESH_BYTES);
    }

    private void fresh(MemorySegment segment, long at, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8)
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at + i, random.nextLong());
        for (; i < bytes; i++)
            segment.set(ValueLayout.JAVA_BYTE, at + i, (byte) random.nextLong());
    }

    private static MemorySegment block() {
        MemorySegment block = Arena.ofAuto().allocate(BLOCK_BYTES, 8);
        SeededRandom random = new SeededRandom(1);
        for (int i = 0; i < BLOCK_BYTES; i += 8)
            block.set(ValueLayout.JAVA_LONG, i, random.nextLong());
        return block.asReadOnly();
    }

    @Override
    public @Nullable Void pollEvent() {
        return null;
    }
}
