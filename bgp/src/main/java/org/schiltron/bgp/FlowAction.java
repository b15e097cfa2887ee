package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done with the packets of a rule: an extended community of 8 octets (RFC 8955 section 7). A rule without any
 * accepts: its packets go on, and no later rule is asked.
 */
public sealed interface FlowAction {
    /** Of a rule; all its actions are done. */
    int MAX_ACTIONS = 8;
    /** All packets of the rule are dropped. */
    FlowAction DROP = new RateBytes(0);

    /**
     * Traffic-rate-bytes, 0x8006: what exceeds the rate is dropped.
     *
     * @param bytesPerSecond finite, not negative; 0 drops all
     */
    record RateBytes(float bytesPerSecond) implements FlowAction {
        public RateBytes {
            bytesPerSecond = checked(bytesPerSecond);
        }

        @Override
        public String toString() {
            return bytesPerSecond == 0 ? "drop" : "rate-bytes " + bytesPerSecond;
        }
    }

    /**
     * Traffic-rate-packets, 0x800c.
     *
     * @param packetsPerSecond finite, not negative; 0 drops all
     */
    record RatePackets(float packetsPerSecond) implements FlowAction {
        public RatePackets {
            packetsPerSecond = checked(packetsPerSecond);
        }

        @Override
        public String toString() {
            return "rate-packets " + packetsPerSecond;
        }
    }

    /**
     * Traffic-action, 0x8007.
     *
     * @param goOn   later rules are asked as well: the bit that the standard calls terminal action
     * @param sample packets are sampled and logged
     */
    record Traffic(boolean goOn, boolean sample) implements FlowAction {
        @Override
        public String toString() {
            return "traffic-action" + (goOn ? " go-on" : "") + (sample ? " sample" : "");
        }
    }

    /** Any other extended community, as it is. */
    record Other(long community) implements FlowAction {
        @Override
        public String toString() {
            return "community 0x" + Long.toHexString(community);
        }
    }

    private static float checked(float rate) {
        if (!(rate >= 0) || Float.isInfinite(rate))
            throw new IllegalArgumentException("not a rate: " + rate);
        return rate + 0.0f; // no -0
    }

    /** All that is needed to announce them: at most {@link #MAX_ACTIONS}. */
    static List<FlowAction> checked(List<FlowAction> actions) {
        if (actions.size() > MAX_ACTIONS)
            throw new IllegalArgumentException(actions.size() + " actions, more than " + MAX_ACTIONS);
        return List.copyOf(actions);
    }

    /**
     * The octets of the community. The number of an autonomous system within rates is informative only (RFC 8955
     * section 7.1), and 0 here.
     */
    private static long community(FlowAction action) {
        return switch (action) {
            case RateBytes(float rate) -> 0x8006L << 48 | Integer.toUnsignedLong(Float.floatToIntBits(rate));
            case RatePackets(float rate) -> 0x800cL << 48 | Integer.toUnsignedLong(Float.floatToIntBits(rate));
            case Traffic(boolean goOn, boolean sample) -> 0x8007L << 48 | (sample ? 2 : 0) | (goOn ? 1 : 0);
            case Other(long community) -> community;
        };
    }

    private static FlowAction of(long community) {
        float rate = Float.intBitsToFloat((int) community);
        boolean isRate = rate >= 0 && !Float.isInfinite(rate);
        return switch ((int) (community >>> 48)) {
            case 0x8006 -> isRate ? new RateBytes(rate) : new Other(community);
            case 0x800c -> isRate ? new RatePackets(rate) : new Other(community);
            case 0x8007 -> new Traffic((community & 1) != 0, (community & 2) != 0);
            default -> new Other(community);
        };
    }

    static void writeAll(List<FlowAction> actions, ByteBuffer to) {
        for (FlowAction action : actions)
            to.putLong(community(action));
    }

    /** Of an attribute whose length is a multiple of 8. */
    static List<FlowAction> readAll(ByteBuffer from) {
        List<FlowAction> actions = new ArrayList<>();
        while (from.remaining() >= 8)
            actions.add(of(from.getLong()));
        return actions;
    }
}
