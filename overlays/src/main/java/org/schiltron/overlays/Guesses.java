package org.schiltron.overlays;

import org.schiltron.edge.AuthenticatorField;
import org.schiltron.machine.RandomSource;

/**
 * All that may be the authenticator as far as an attacker knows, numbered in an order drawn by lot: number i stands for
 * (start + i * step) mod the number of keys, step and number without a common divisor.
 */
final class Guesses {
    private static final long WORDS = 1L << 32;

    private final Shows shows;
    private final boolean source;
    private final boolean sourcePort;
    private final boolean address;
    private final boolean port;
    private final int[] sources;
    private final long keys;
    private final long start;
    private final long step;

    /** @param sources addresses that may be an egress's */
    Guesses(Shows shows, int[] sources, RandomSource random) {
        this.shows = shows;
        source = shows.has(AuthenticatorField.SOURCE_ADDRESS);
        sourcePort = shows.has(AuthenticatorField.SOURCE_PORT);
        address = shows.has(AuthenticatorField.DESTINATION_ADDRESS);
        port = shows.has(AuthenticatorField.DESTINATION_PORT);
        this.sources = sources;
        keys = size(AuthenticatorField.SOURCE_ADDRESS) * size(AuthenticatorField.SOURCE_PORT)
                * size(AuthenticatorField.DESTINATION_ADDRESS) * size(AuthenticatorField.DESTINATION_PORT)
                * size(AuthenticatorField.KEY);
        start = random.nextLong(keys);
        long drawn = 1 + random.nextLong(keys);
        while (divisor(drawn, keys) != 1)
            drawn++;
        step = drawn;
    }

    private static long divisor(long a, long b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    /** How many values a part has; 1 for what does not matter. At most 2^33 in all, so that products stay below 2^63. */
    private long size(AuthenticatorField field) {
        if (!shows.has(field))
            return 1;
        return switch (field) {
            case SOURCE_ADDRESS -> sources.length;
            case SOURCE_PORT, DESTINATION_PORT -> Ring.PORTS.size();
            case DESTINATION_ADDRESS -> Ring.ADDRESSES;
            case KEY -> WORDS;
        };
    }

    long keys() {
        return keys;
    }

    /** @param number 0 to {@link #keys} - 1 */
    void write(long number, Probe probe) {
        long left = (start + Math.multiplyExact(number, step)) % keys;
        probe.from(sources[(int) (left % sources.length)]);
        if (source)
            left /= sources.length;
        if (sourcePort) {
            probe.fromPort(Ring.PORTS.first() + (int) (left % Ring.PORTS.size()));
            left /= Ring.PORTS.size();
        }
        if (port) {
            probe.toPort(Ring.PORTS.first() + (int) (left % Ring.PORTS.size()));
            left /= Ring.PORTS.size();
        }
        if (address)
            probe.to(Ring.NETWORK + (int) (left % Ring.ADDRESSES));
        probe.word((int) left); // what is left over matters for a key alone
    }
}
