package org.schiltron.swarm;

/**
 * The packet rate a receiver advertises (Phalanx 3.5): what it is willing to take, found by asking for more while it
 * arrives. It comes down only when even the best mailboxes lose and the round trip swells too, or they lose much, since
 * then the access link is full; loss on some mailboxes is an attack, and backing off is what the attacker wants. Never
 * below the floor, unless less is allowed.
 */
final class RateAdvice {
    static final long TICK_NS = 100_000_000L;
    private static final double CONGESTED_LOSS = 0.05;
    /** Even the best mailboxes lose so much: too much is sent, whatever the round trip says. */
    private static final double HEAVY_LOSS = 0.3;
    private static final long SWOLLEN_NS = 60_000_000L;

    private final double floor;
    private double rate;
    private boolean starting = true; // nothing has ever been too much
    private long windowStartNs;
    private int arrived;
    private double deliveredRate;

    RateAdvice(double initial, double floor) {
        this.rate = initial;
        this.floor = floor;
    }

    void onPacket() {
        arrived++;
    }

    /** Packets a second advertised. */
    double rate() {
        return rate;
    }

    /** Packets a second that arrived, lately. */
    double deliveredRate() {
        return deliveredRate;
    }

    /**
     * To be called every {@link #TICK_NS} while packets come.
     *
     * @param most   the most this session may have now
     * @param rttNs  smoothed round trip, or -1
     * @param minRttNs lowest round trip seen, or -1
     */
    void tick(long nowNs, double most, double bestQuartileLoss, long rttNs, long minRttNs) {
        double seconds = (nowNs - windowStartNs) * 1e-9;
        windowStartNs = nowNs;
        double delivered = seconds <= 0 || seconds > 1 ? 0 : arrived / seconds;
        arrived = 0;
        deliveredRate += (delivered - deliveredRate) / 2;
        boolean swollen = rttNs > 0 && rttNs > 2 * minRttNs + SWOLLEN_NS;
        boolean lossy = bestQuartileLoss > CONGESTED_LOSS;
        double offered = deliveredRate / (1 - Math.min(0.99, bestQuartileLoss));
        starting &= !lossy && !swollen;
        if (lossy && swollen || bestQuartileLoss > HEAVY_LOSS) {
            if (offered > rate / 4) // else the sender has little to send, and its rate is not what fills the link
                rate = Math.min(rate, Math.max(deliveredRate * 0.95, rate * 0.7));
        } else if (!swollen && deliveredRate > rate / 2) {
            rate *= starting ? 2 : lossy ? 1.1 : 1.3;
        }
        rate = Math.min(most, Math.max(floor, rate));
    }
}
