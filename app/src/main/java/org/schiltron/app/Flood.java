package org.schiltron.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.schiltron.wire.Wire;

/**
 * The demo's attacker: well-formed messages without any right to pass, at a bounded rate and for a bounded time, to
 * loopback addresses only. Anything else is refused.
 */
final class Flood implements AutoCloseable {
    static final int PACKET_BYTES = 1_200;
    /** Packets a second, whatever is asked for. */
    static final int MAX_PPS = 100_000;
    private static final long MAX_SECONDS = 600;

    /** An address and what a packet to it pretends to be. */
    record Target(InetSocketAddress address, byte messageType) {
        Target {
            InetAddress ip = address.getAddress();
            if (ip == null || !ip.isLoopbackAddress()) {
                throw new IllegalArgumentException("a flood goes to loopback addresses only, not to " + address);
            }
        }
    }

    private final DatagramChannel channel;
    private final Thread thread;
    private volatile List<Target> targets = List.of();
    private volatile int pps;
    private volatile boolean closed;
    private final LongAdder sent = new LongAdder();

    Flood() throws IOException {
        channel = DatagramChannel.open();
        thread = Thread.ofPlatform().name("flood").daemon().start(this::run);
    }

    /** From now on {@code packetsPerSecond} in all, to the targets in turn; none stops it. */
    void aim(List<Target> newTargets, int packetsPerSecond) {
        pps = Math.min(MAX_PPS, packetsPerSecond);
        targets = List.copyOf(newTargets);
    }

    long sent() {
        return sent.sum();
    }

    private void run() {
        SplittableRandom random = new SplittableRandom();
        byte[] bytes = new byte[PACKET_BYTES];
        ByteBuffer packet = ByteBuffer.allocateDirect(PACKET_BYTES);
        long startNs = System.nanoTime();
        long lastNs = startNs;
        double due = 0;
        int turn = 0;
        while (!closed && System.nanoTime() - startNs < MAX_SECONDS * 1_000_000_000L) {
            List<Target> now = targets;
            long nowNs = System.nanoTime();
            due = now.isEmpty() ? 0 : Math.min(pps * 0.02, due + (nowNs - lastNs) * 1e-9 * pps);
            lastNs = nowNs;
            for (; due >= 1; due--) {
                Target target = now.get(turn++ % now.size());
                random.nextBytes(bytes);
                bytes[0] = target.messageType();
                bytes[2] = Wire.VERSION;
                try {
                    channel.send(packet.clear().put(bytes).flip(), target.address());
                    sent.increment();
                } catch (IOException e) {
                    // a killed role's port is closed: the packet is spent all the same
                }
            }
            LockSupport.parkNanos(1_000_000L);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.close();
    }
}
