package org.schiltron.swarm;

/** A token bucket of packets: {@value #BURST} at once, or what five milliseconds allow. */
final class Pacer {
    private static final int BURST = 32;
    private static final double BURST_SECONDS = 0.005;

    private double tokens = BURST;
    private long tokensNs;

    void start(long nowNs) {
        tokensNs = nowNs;
    }

    /** @param rate packets a second */
    void refill(long nowNs, double rate) {
        double most = Math.max(BURST, rate * BURST_SECONDS);
        tokens = Math.min(most, tokens + (nowNs - tokensNs) * 1e-9 * rate);
        tokensNs = nowNs;
    }

    boolean mayGo() {
        return tokens >= 1;
    }

    void onPacket() {
        tokens--;
    }

    /** When the next packet may go. */
    long nextNs(long nowNs, double rate) {
        return mayGo() ? nowNs : nowNs + (long) ((1 - tokens) / rate * 1e9) + 1;
    }
}
