package org.schiltron.swarm;

/**
 * How the sessions of a service share its link outwards: those that send much, now or in the stretch of time before, get
 * equal parts of what those that send little leave. So a client's absurd advertised rate fills no queue that the packets of
 * others wait in, and whoever sends little is not held back.
 */
final class SendShare {
    private static final long STRETCH_NS = 100_000_000L;
    /** Packets in a stretch that are much. */
    private static final int MUCH = 8;
    /** Of the link; the rest is for requests. */
    private static final double FOR_PACKETS = 0.9;

    /** What one session has sent in the stretch at hand. */
    static final class Sender {
        private long stretchNs = -1;
        private int packets;
    }

    private final double packetsPerSecond;
    private long stretchNs;
    private int senders;
    private int sendersBefore;
    private int little; // packets of those that send little
    private int littleBefore;

    /** @param packetsPerSecond full ones that the link takes */
    SendShare(double packetsPerSecond) {
        this.packetsPerSecond = packetsPerSecond;
    }

    void onPacket(long nowNs, Sender sender) {
        advance(nowNs);
        if (sender.stretchNs != stretchNs) {
            sender.stretchNs = stretchNs;
            sender.packets = 0;
        }
        sender.packets++;
        if (sender.packets < MUCH) {
            little++;
        } else if (sender.packets == MUCH) {
            little -= MUCH - 1;
            senders++;
        }
    }

    /** Packets a second that each session may send now. */
    double each(long nowNs) {
        advance(nowNs);
        double left = packetsPerSecond * FOR_PACKETS - Math.max(little, littleBefore) * (1e9 / STRETCH_NS);
        return Math.max(packetsPerSecond / 10, left) / Math.max(1, Math.max(senders, sendersBefore));
    }

    private void advance(long nowNs) {
        long passed = nowNs - stretchNs;
        if (passed < STRETCH_NS)
            return;
        boolean next = passed < 2 * STRETCH_NS;
        sendersBefore = next ? senders : 0;
        littleBefore = next ? little : 0;
        senders = 0;
        little = 0;
        stretchNs = nowNs - passed % STRETCH_NS;
    }
}
