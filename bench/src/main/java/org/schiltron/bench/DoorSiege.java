package org.schiltron.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SeededRandom;
import org.schiltron.sim.DoorLiar;

/**
 * One strength of attackers at the door: so many times the clients' total power, of which some solve and spend at once and
 * the rest hoard. A standing population of clients wants in from the same moment on; then others come, as a Poisson process,
 * as fast as fair shares let them in, so that about as many stand outside all the while.
 */
final class DoorSiege {
    static final int CONTACTS = 6;
    static final int NONCES_PER_SECOND = 24;
    static final int STANDING = 40;
    /** Of each client; a processor does some 100,000 times as many, which the puzzles' bits make up for. */
    static final double TRIALS_PER_SECOND = 10;
    private static final int HOSTS = 2;
    /** Two full turns of those who hoard, before the first client. */
    private static final int ATTACK_FIRST_SECONDS = 120;
    private static final int LEAST_SECONDS = 180;
    private static final int FAIR_WAITS = 6;
    private static final int PATIENCE_WAITS = 20;
    private static final int PATIENCE_SECONDS = 120;

    enum Attackers {
        AT_ONCE("at once", 0), HOARD("hoard", 1), MIXED("both", 0.5);

        final String words;
        final double hoarding;

        Attackers(String words, double hoarding) {
            this.words = words;
            this.hoarding = hoarding;
        }
    }

    /**
     * What came of it.
     *
     * @param a           attackers' power over clients' total power
     * @param clients     that came
     * @param in          of them, how many got in
     * @param meanSeconds to the open session, of those who got in, as all of these
     * @param meanTrials  of a client
     * @param standing    clients outside, mean
     * @param botTrials   done, over what the attackers' power gives: 1 if they were never idle
     */
    record Seen(int a, Attackers attackers, long seed, int clients, int in, double meanSeconds, double p50Seconds,
            double p99Seconds, double maxSeconds, double meanTrials, double p50Trials, double p99Trials,
            double standing, double botTrials) {

        /** Seconds until a client is served that gets its share: all power over its own and the nonces' rate. */
        static double fairSeconds(int a) {
            return (1.0 + a) * STANDING / NONCES_PER_SECOND;
        }

        double fairSeconds() {
            return fairSeconds(a);
        }

        /** Trials a nonce costs if all that is worked gets nonces: by the attackers, and by the clients that stood outside. */
        double fairTrials() {
            return (a * STANDING + standing) * TRIALS_PER_SECOND / NONCES_PER_SECOND;
        }

        /**
         * The going rate, the paper's b_a (3.4.3): the least number of bits in which all who work cannot use up the nonces. Who
         * knows it solves for that, 2 to its power trials in the mean, and is let in.
         */
        int goingBits() {
            int bits = 0;
            while (1L << bits <= fairTrials())
                bits++;
            return bits;
        }

        /** Work over that of a client who knew the going rate. */
        double overKnowing() {
            return meanTrials / (1L << goingBits());
        }

        double overFair() {
            return meanTrials / fairTrials();
        }
    }

    private DoorSiege() {
    }

    /** @param lie of half of the contacts; null: none lies */
    static Seen run(long seed, int a, Attackers attackers, DoorLiar.@Nullable Lie lie) {
        DoorModel model = new DoorModel(seed, CONTACTS, NONCES_PER_SECOND, Liars.half(seed, CONTACTS, lie));
        List<DoorBots> bots = attack(model, a, attackers);
        double botsSinceSeconds = model.nowSeconds();
        model.simulation.run(ATTACK_FIRST_SECONDS * DoorModel.SECOND_NS);
        double fairSeconds = Seen.fairSeconds(a);
        double seconds = Math.max(LEAST_SECONDS, FAIR_WAITS * fairSeconds);
        arrivals(model, seed, seconds, STANDING / fairSeconds);
        double[] outside = {0, 0}; // sum, count
        model.simulation.every(DoorModel.SECOND_NS, () -> {
            outside[0] += model.outside();
            outside[1]++;
        });
        double fromSeconds = model.nowSeconds();
        model.simulation.runFor((long) (seconds * DoorModel.SECOND_NS));
        double standing = outside[0] / outside[1];
        double botTrials = bots.stream().mapToLong(DoorBots::trials).sum()
                / (power(a) * (model.nowSeconds() - botsSinceSeconds));
        double patience = PATIENCE_SECONDS + PATIENCE_WAITS * fairSeconds;
        while (model.outside() > 0 && model.nowSeconds() < fromSeconds + seconds + patience)
            model.simulation.runFor(DoorModel.SECOND_NS);
        return seen(a, attackers, seed, model.clients, standing, botTrials);
    }

    private static double power(int a) {
        return a * STANDING * TRIALS_PER_SECOND;
    }

    /** Attackers of so many times the standing clients' power begin. */
    static List<DoorBots> attack(DoorModel model, int a, Attackers attackers) {
        List<DoorBots> bots = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            add(model, bots, i, DoorBots.Kind.AT_ONCE, power(a) * (1 - attackers.hoarding));
            add(model, bots, i, DoorBots.Kind.HOARD, power(a) * attackers.hoarding);
        }
        return bots;
    }

    private static void add(DoorModel model, List<DoorBots> bots, int host, DoorBots.Kind kind, double powerOfKind) {
        if (powerOfKind > 0)
            bots.add(new DoorBots(model, kind + " " + host, kind, powerOfKind / HOSTS, powerOfKind,
                    NONCES_PER_SECOND));
    }

    private static void arrivals(DoorModel model, long seed, double seconds, double perSecond) {
        for (int i = 0; i < STANDING; i++)
            model.knock(TRIALS_PER_SECOND);
        SeededRandom random = new SeededRandom(seed);
        double at = 0;
        while (true) {
            double uniform = ((random.nextLong() >>> 11) + 1) * 0x1p-53;
            at -= Math.log(uniform) / perSecond;
            if (at >= seconds)
                return;
            model.simulation.after((long) (at * DoorModel.SECOND_NS), () -> model.knock(TRIALS_PER_SECOND));
        }
    }

    private static Seen seen(int a, Attackers attackers, long seed, List<DoorClient> clients, double standing,
            double botTrials) {
        double[] seconds = clients.stream().filter(DoorClient::isIn).mapToDouble(DoorClient::connectSeconds).sorted()
                .toArray();
        double[] trials = clients.stream().mapToDouble(DoorClient::trials).sorted().toArray();
        return new Seen(a, attackers, seed, clients.size(), seconds.length,
                Arrays.stream(seconds).average().orElse(Double.NaN), quantile(seconds, 0.5), quantile(seconds, 0.99),
                quantile(seconds, 1), Arrays.stream(trials).average().orElse(Double.NaN), quantile(trials, 0.5),
                quantile(trials, 0.99), standing, botTrials);
    }

    static double quantile(double[] sorted, double q) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, q * sorted.length)];
    }
}
