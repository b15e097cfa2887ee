package org.schiltron.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.schiltron.host.MonotonicClock;

/**
 * The service's old, known address on its access link, reached without Schiltron: what floods it takes the link's room,
 * and a request is one TCP connection across the link. TCP is modelled where it matters here: a lost segment goes again
 * after 1 s at first for the SYN, 200 ms at first for data, doubling each time (RFC 6298).
 */
final class OldAddress implements AutoCloseable {
    private static final long SYN_TIMEOUT_MS = 1_000;
    private static final long DATA_TIMEOUT_MS = 200;
    private static final int SEGMENT_BYTES = 1_200;
    /** A SYN, an acknowledgement, a small request. */
    private static final int SHORT_BYTES = 100;

    private final DatagramChannel channel;
    private final SharedLink down;
    private final SharedLink up;
    private volatile boolean blackholed;

    OldAddress(SharedLink down, SharedLink up) throws IOException {
        this.down = down;
        this.up = up;
        channel = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofPlatform().name("old-address").daemon().start(this::takeFlood);
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Dropped by the provider before the link, or not. */
    void blackhole(boolean dropped) {
        blackholed = dropped;
    }

    private void takeFlood() {
        ByteBuffer packet = ByteBuffer.allocateDirect(2_048);
        while (true) {
            try {
                channel.receive(packet.clear());
            } catch (IOException e) {
                if (!channel.isOpen())
                    return;
                continue;
            }
            if (!blackholed)
                down.offer(MonotonicClock.nowNs(), packet.position());
        }
    }

    /** A request as a plain client sends it. */
    byte[] fetch(HttpFetch backend, long deadlineNs) throws IOException, InterruptedException {
        cross(down, SHORT_BYTES, SYN_TIMEOUT_MS, deadlineNs);
        cross(up, SHORT_BYTES, DATA_TIMEOUT_MS, deadlineNs);
        cross(down, SHORT_BYTES, DATA_TIMEOUT_MS, deadlineNs);
        byte[] body = backend.get(deadlineNs);
        for (int sent = 0; sent < body.length; sent += SEGMENT_BYTES) {
            long exitNs = up.offer(MonotonicClock.nowNs(), SEGMENT_BYTES);
            if (exitNs < 0 || sent + SEGMENT_BYTES >= body.length)
                cross(up, SEGMENT_BYTES, DATA_TIMEOUT_MS, deadlineNs);
        }
        cross(down, SHORT_BYTES, DATA_TIMEOUT_MS, deadlineNs); // the acknowledgement without which the rest would not have come
        return body;
    }

    /** One segment to the other side, however often it must be sent. */
    private static void cross(SharedLink link, int bytes, long timeoutMs, long deadlineNs)
            throws IOException, InterruptedException {
        for (long wait = timeoutMs;; wait *= 2) {
            long nowNs = MonotonicClock.nowNs();
            long exitNs = link.offer(nowNs, bytes);
            long doneNs = exitNs >= 0 ? exitNs : nowNs + wait * 1_000_000L;
            if (doneNs > deadlineNs)
                throw new IOException("timed out");
            Thread.sleep(java.time.Duration.ofNanos(Math.max(0, doneNs - nowNs)));
            if (exitNs >= 0)
                return;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
