package org.schiltron.scenario;

import org.schiltron.sim.PacketFlood;

/**
 * A flood of IP packets between hosts of a scenario.
 *
 * @param from               a host or a group of them: each sends
 * @param target             a host or group of the scenario, or the address of one
 * @param port               of the target, 1 to 65535; echo requests have none
 * @param rateBytesPerSecond of IP packets, of each sender
 * @param payload            bytes of a packet after its headers; a SYN has none
 * @param spoofed            whether each packet bears another source address, at random
 * @param durationNs         up to {@link #MAX_DURATION_NS}
 */
public record Attack(String from, String target, PacketFlood.Kind kind, int port, long rateBytesPerSecond, int payload,
        boolean spoofed, long durationNs) {
    public static final long MAX_DURATION_NS = 600_000_000_000L;
    /** Of all floods of a scenario together: what a lab can carry beside other traffic. */
    public static final long MAX_PACKETS_PER_SECOND = 100_000;
    public static final long MAX_RATE_BYTES_PER_SECOND = 125_000_000;

    /** @throws IllegalArgumentException if something is out of range, with its name */
    public Attack {
        range("port", port, 1, 65_535);
        range("rate in bytes a second", rateBytesPerSecond, 1_000, MAX_RATE_BYTES_PER_SECOND);
        range("payload", payload, 0, PacketFlood.MAX_PAYLOAD);
        range("duration in ms", durationNs / 1_000_000, 1, MAX_DURATION_NS / 1_000_000);
    }

    private static void range(String name, long value, long least, long most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(
                    name + ": " + value + " is out of range (" + least + " to " + most + ")");
    }

    /** Of each sender, at least 1. */
    long packetsPerSecond() {
        return Math.max(1, rateBytesPerSecond / kind.length(payload));
    }
}
