package org.schiltron.sessions;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.schiltron.figures.Distribution;
import org.schiltron.machine.SeededRandom;

/** A matrix, what is lost on it, and pairs of its hosts to try. */
final class Scene {
    /** Where the paper's sample pair is: 25 ms are 20 % of it. */
    static final double SAMPLE_MS = 125;
    private static final int TRIES = 1_000;

    final RttMatrix rtt;
    final LossModel losses;
    final Detours detours;
    private final String data;
    private final long seed;

    record Pair(int client, int service) {
    }

    Scene(RttMatrix rtt, String data, long seed, double loss) {
        this.rtt = rtt;
        this.data = data;
        this.seed = seed;
        losses = new LossModel(loss, seed);
        detours = new Detours(rtt);
    }

    /** What the facts say of it. */
    String words() {
        double[] all = new double[rtt.size() * (rtt.size() - 1) / 2];
        int count = 0;
        for (int a = 0; a < rtt.size(); a++)
            for (int b = 0; b < a; b++)
                all[count++] = rtt.ms(a, b);
        Distribution of = new Distribution(all);
        return String.format(Locale.ROOT, "%s: %d hosts, median %.0f ms, 90th percentile %.0f ms; seed %d", data,
                rtt.size(), of.quantile(0.5), of.quantile(0.9), seed);
    }

    private boolean fits(int a, int b) {
        return a != b && !rtt.oneSite(a, b) && detours.least(a, b).length == Detours.MAILBOXES;
    }

    /** @throws IllegalArgumentException if there are too few sites */
    Pair drawn(SeededRandom random) {
        for (int i = 0; i < TRIES; i++) {
            int a = random.nextInt(rtt.size());
            int b = random.nextInt(rtt.size());
            if (fits(a, b))
                return new Pair(a, b);
        }
        throw tooFew();
    }

    /** The two hosts whose round trip is nearest to the paper's pair. */
    Pair sample() {
        Pair best = null;
        double least = Double.MAX_VALUE;
        for (int a = 0; a < rtt.size(); a++) {
            for (int b = a + 1; b < rtt.size(); b++) {
                double off = Math.abs(rtt.ms(a, b) - SAMPLE_MS);
                if (off < least && fits(a, b)) {
                    least = off;
                    best = new Pair(a, b);
                }
            }
        }
        if (best == null)
            throw tooFew();
        return best;
    }

    private static IllegalArgumentException tooFew() {
        return new IllegalArgumentException(
                "rtt: two hosts and " + Detours.MAILBOXES + " mailboxes at sites of their own"
                        + " do not fit: hosts less than " + RttMatrix.ONE_SITE_MS + " ms apart are at one site");
    }

    /** A world with these mailboxes, decided by this number beside the seed; null if no session comes about in a minute. */
    @Nullable
    Overlay opened(Pair pair, int[] mailboxes, int number) {
        Overlay overlay = new Overlay(rtt, losses, pair.client(), pair.service(), mailboxes,
                Draws.stream(seed, 9, number, 0).nextLong());
        return overlay.open() ? overlay : null;
    }
}
