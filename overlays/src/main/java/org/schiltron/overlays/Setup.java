package org.schiltron.overlays;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What an experiment is run with; each takes of it what it needs.
 *
 * @param seed     decides everything that is drawn
 * @param trials   attacks, games or placements for each point
 * @param nodes    of the overlay (N)
 * @param perRole  nodes that each role has (s), one series each
 * @param attacked nodes attacked at once (n), one point each
 * @param keys     sizes of key spaces, one series each
 * @param noise    chance that the attacker takes a round for the opposite of what it was
 */
public record Setup(long seed, int trials, int nodes, List<Integer> perRole, List<Integer> attacked,
        List<Integer> keys, double noise) {
    /** The nodes of the SOS paper's analysis. */
    public static final int NODES = 10_000;
    public static final double NOISE = 0.1;
    public static final List<Integer> PER_ROLE = List.of(10, 20);
    /**
     * Mayday: the overlay of section 5, a /24, the overlay and the ports of section 4.3, and addresses of a /24 with ports
     * together.
     */
    public static final List<Integer> KEYS = List.of(100, 256, 1_000, 64_000, 256 * 64_000);

    private static final int MOST_TRIALS = 1_000_000;
    private static final int ROLES = 3;
    private static final int LEAST_NODES = ROLES;
    private static final int MOST_NODES = 100_000;
    private static final int MOST_KEYS = 1 << 30;
    /** A chart tells one more apart, which stands for noise. */
    private static final int MOST_SERIES = 6;
    private static final int MOST_POINTS = 100;
    /** At a half nothing can be learnt. */
    private static final double MOST_NOISE = 0.4;

    public Setup {
        perRole = List.copyOf(perRole);
        attacked = List.copyOf(attacked);
        keys = List.copyOf(keys);
        within("trials", trials, 1, MOST_TRIALS);
        within("nodes", nodes, LEAST_NODES, MOST_NODES);
        within("per-role: number of values", perRole.size(), 1, MOST_SERIES);
        // Three roles without a node in common have to fit.
        for (int count : perRole)
            within("per-role", count, 1, nodes / ROLES);
        within("attacked: number of values", attacked.size(), 1, MOST_POINTS);
        for (int count : attacked)
            within("attacked", count, 0, nodes);
        within("keys: number of values", keys.size(), 1, MOST_SERIES);
        for (int count : keys)
            within("keys", count, 2, MOST_KEYS);
        if (!(noise >= 0 && noise <= MOST_NOISE))
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "noise %s: from 0 to %s", noise, MOST_NOISE));
    }

    private static void within(String what, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(what + " " + value + ": from " + least + " to " + most);
    }

    /** A twentieth of the nodes, two, and so on up to all. */
    public static List<Integer> twentieths(int nodes) {
        return IntStream.rangeClosed(1, 20).map(i -> (int) ((long) nodes * i / 20)).distinct().boxed().toList();
    }
}
