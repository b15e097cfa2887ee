package org.schiltron.internet;

import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SeededRandom;

/**
 * Attackers in aggregate.
 *
 * @param rates   bit/s by node
 * @param targets how much of the attack each target draws, adding up to 1: each bot has picked one
 * @param bots    how many there are
 * @param total   bit/s of all
 */
record Botnet(double[] rates, double[] targets, long bots, double total) {
    /** A table of so many drawn uplinks stands for the distribution: drawing one is then one access. */
    private static final int TABLE = 1 << 16;

    /**
     * Places {@code bots} by the world's weights, gives each one of {@code targets} targets by lot, and an
     * uplink: as homes of 2008 have where the world has no others, otherwise its country's mean times a lognormal factor
     * (sigma 1, mean 1).
     */
    static Botnet of(World world, long bots, int targets, long seed) {
        SeededRandom random = new SeededRandom(seed);
        double[] table = table(world.uplinks(), random.split());
        int[] placed = bots == 0 ? new int[world.graph().size()] : Placement.largestRemainder(world.bots(), bots);
        double[] rates = new double[placed.length];
        double[] loads = new double[targets];
        double total = 0;
        for (int u = 0; u < placed.length; u++) {
            if (placed[u] == 0)
                continue;
            double factor = factor(world.uplinks(), world.country()[u]);
            double sum = 0;
            for (int i = 0; i < placed[u]; i++) {
                double rate = factor * table[random.nextInt(TABLE)];
                sum += rate;
                loads[random.nextInt(targets)] += rate;
            }
            rates[u] = sum;
            total += sum;
        }
        for (int i = 0; i < targets; i++)
            loads[i] = total == 0 ? 1.0 / targets : loads[i] / total;
        return new Botnet(rates, loads, bots, total);
    }

    private static double[] table(@Nullable CountryUplinks uplinks, SeededRandom random) {
        double[] table = new double[TABLE];
        for (int i = 0; i < TABLE; i++)
            table[i] = uplinks == null ? HomeUplinks.drawn(random) : StrictMath.exp(normal(random) - 0.5);
        return table;
    }

    private static double factor(@Nullable CountryUplinks uplinks, @Nullable String country) {
        return uplinks == null ? 1 : uplinks.bitsPerSecond(country);
    }

    /** Box and Muller. */
    private static double normal(SeededRandom random) {
        return StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
                * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /** The same bots at the same places, {@code bitsPerSecond} in all. */
    Botnet scaledTo(double bitsPerSecond) {
        double factor = bitsPerSecond / total;
        double[] scaled = rates.clone();
        for (int u = 0; u < scaled.length; u++)
            scaled[u] *= factor;
        return new Botnet(scaled, targets, bots, bitsPerSecond);
    }
}
