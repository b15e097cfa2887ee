package org.schiltron.internet;

import org.schiltron.machine.RandomSource;

/**
 * What homes of 2008 send at most. The paper takes its own measurements of file sharers ([18], [22] there) and does not
 * print them; it says that millions of such hosts send over a terabit per second (section 1). These classes, uniform on a logarithmic
 * scale within each, have a mean of 0.82 Mbit/s.
 */
final class HomeUplinks {
    static final String WORDS = "homes of 2008, mean 0.82 Mbit/s (a quarter 128-350 kbit/s, 60 % 350-1,000, 10 % 1-2 Mbit/s, 5 % 2-10)";
    private static final double[] UP_TO_SHARE = {0.25, 0.85, 0.95, 1};
    private static final double[] KBITS = {128, 350, 1_000, 2_000, 10_000};

    private HomeUplinks() {
    }

    /** Bit/s. */
    static double drawn(RandomSource random) {
        double at = random.nextDouble();
        int group = 0;
        while (at >= UP_TO_SHARE[group])
            group++;
        double low = KBITS[group];
        return 1e3 * low * StrictMath.pow(KBITS[group + 1] / low, random.nextDouble());
    }
}
