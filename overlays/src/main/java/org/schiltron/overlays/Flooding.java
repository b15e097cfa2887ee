package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/** How many rounds an attacker who watches what he floods needs for the key, and what changing it does to him. */
final class Flooding {
    /** Of a key, in rounds. */
    private static final double[] LIVES = {0.5, 1, 2, 4, 8, 12, 16, 20, 24, 32, 64, 128, 256, 512};
    /** A game that has not ended by then counts as one that does not. */
    private static final int HORIZON = 1_000;
    private static final int[] LOOKS = {1, 3, 5, 7, 9};
    /** Mayday, section 5: the top 5 % of attacks, in full-size packets. */
    private static final long ATTACK_BITS = 10_000L * 1_500 * 8;
    private static final String[] LINKS = {"T1", "10 Mbit/s", "100 Mbit/s"};
    private static final long[] LINK_BITS = {1_540_000, 10_000_000, 100_000_000};
    /** Section 5's overlay, section 4.3's, and its ports. */
    private static final int[] WEAK_KEYS = {100, 1_000, 64_000};

    private final Setup setup;
    private final SeededRandom random;
    private final List<Experiment.Claim> claims = new ArrayList<>();
    /** With so many the largest key space is found soonest in spite of noise. */
    private int bestLooks = 1;

    private Flooding(Setup setup) {
        this.setup = setup;
        random = new SeededRandom(setup.seed());
    }

    static Experiment run(Setup setup) {
        return new Flooding(setup).experiment();
    }

    private Experiment experiment() {
        Chart rounds = new Chart("Rounds until the key is found", Axis.logarithmic("keys", 10, 1e9,
                new Axis.Tick(10, "10"), new Axis.Tick(1e3, "1,000"), new Axis.Tick(1e5, "100,000"),
                new Axis.Tick(1e7, "10 million"), new Axis.Tick(1e9, "1,000 million")),
                Axis.linear("rounds", 0, 32, new Axis.Tick(0, "0"), new Axis.Tick(8, "8"), new Axis.Tick(16, "16"),
                        new Axis.Tick(24, "24"), new Axis.Tick(32, "32")));
        Chart changes = new Chart("What changing the key does",
                Axis.logarithmic("rounds that a key lives", 0.5, 512, new Axis.Tick(0.5, "0.5"),
                        new Axis.Tick(2, "2"), new Axis.Tick(8, "8"), new Axis.Tick(32, "32"),
                        new Axis.Tick(128, "128"), new Axis.Tick(512, "512")),
                Axis.share("time under all force"));
        Table fixed = fixed(rounds);
        Table weak = weak();
        Table noisy = noisy();
        Table changed = changed(changes);
        return new Experiment("flooding", "Mayday: adaptive flooding against keys that stay and keys that change",
                facts(),
                claims, List.of(fixed, weak, noisy, changed),
                List.of(new Experiment.Named("flooding", changes.svg(0.02, false)),
                        new Experiment.Named("flooding-rounds", rounds.svg(0.05, false))));
    }

    private FloodingGame game(FloodingGame.Rules rules) {
        return new FloodingGame(rules, random.split());
    }

    private Table fixed(Chart chart) {
        List<List<Object>> rows = new ArrayList<>();
        List<String> means = new ArrayList<>();
        boolean logarithmic = true;
        double slowed = 0;
        for (int keys : setup.keys()) {
            Tally tally = new Tally();
            for (int i = 0; i < setup.trials(); i++)
                tally.add(game(FloodingGame.Rules.plain(keys)).untilFound(Integer.MAX_VALUE));
            double log2 = Halving.log2(keys);
            logarithmic &= tally.fewest >= Math.floor(log2) && tally.most <= Math.ceil(log2);
            // the whole round of all force that ends each game is none of the search
            slowed = Math.max(slowed, Math.abs((tally.slow - tally.games) / (tally.rounds - tally.games) - 0.5));
            means.add(String.format(Locale.ROOT, "%.2f for %,d", tally.mean(), keys));
            rows.add(List.of(keys, log2, tally.mean(), tally.fewest, tally.most,
                    (tally.slow - tally.games) / (tally.rounds - tally.games)));
            chart.point(0, keys, tally.mean(), tally.fewest, tally.most);
        }
        chart.name(0, "played: mean, fewest, most");
        chart.reference("log2 of the keys", new double[]{10, 1e9},
                new double[]{Halving.log2(10), Halving.log2(1e9)});
        claims.add(new Experiment.Claim("Section 4.3: the key is found in O(log N) rounds",
                "every game takes log2 N rounds, rounded up or down", String.join("; ", means), logarithmic, ""));
        claims.add(new Experiment.Claim("Section 4.3: even intermediate rounds will likely damage the target",
                "slow in half of the rounds of the search, give or take a tenth",
                String.format(Locale.ROOT, "%.3f from a half at most", slowed), slowed <= 0.1,
                "Each round tries half of what is left. An attacker content with slowing the service needs no search: half of the keys at a time do that, whatever their life, and with T/N > R all at once."));
        return new Table("Keys that stay, force to spare, every round seen right",
                List.of("keys", "log2", "rounds_mean", "rounds_fewest", "rounds_most", "slow_share"), rows);
    }

    /** The attack of section 5 against links of section 5. */
    private Table weak() {
        List<List<Object>> rows = new ArrayList<>();
        for (int keys : WEAK_KEYS) {
            for (int i = 0; i < LINKS.length; i++) {
                int atOnce = (int) ((ATTACK_BITS - 1) / LINK_BITS[i]); // with T / atOnce > R
                Tally tally = new Tally();
                for (int trial = 0; trial < setup.trials(); trial++)
                    tally.add(game(new FloodingGame.Rules(keys, atOnce, FloodingGame.FOR_EVER, 0, 1))
                            .untilFound(Integer.MAX_VALUE));
                rows.add(List.of(keys, LINKS[i], atOnce, Halving.log2(keys), tally.mean(),
                        Halving.mean(keys, atOnce), tally.most));
                if (i == 0 && keys == 100)
                    claims.add(new Experiment.Claim(
                            "Section 5: 10,000 packets/s against a T1 and 100 nodes with source addresses as keys: under 8 rounds",
                            "no game takes more than 7", "at most " + tally.most, tally.most <= 7,
                            "Up to " + atOnce + " nodes at once fill a T1, so that half of 100 do."));
                if (i == 0 && keys == 64_000)
                    claims.add(new Experiment.Claim(
                            "Section 4.3: slowed down by a large key space, which has to be probed linearly first",
                            "the same attack against 64,000 ports takes more than ten times log2 N",
                            String.format(Locale.ROOT, "%.0f rounds in the mean, log2 is %.1f", tally.mean(),
                                    Halving.log2(keys)),
                            tally.mean() > 10 * Halving.log2(keys), ""));
            }
        }
        return new Table("Keys that stay, 10,000 full-size packets/s, the whole link in reserve",
                List.of("keys", "link",
                        "keys_at_once", "log2", "rounds_mean", "rounds_computed", "rounds_most"),
                rows);
    }

    private Table noisy() {
        List<List<Object>> rows = new ArrayList<>();
        List<String> found = new ArrayList<>();
        boolean logarithmic = true;
        for (int keys : setup.keys()) {
            double soonest = Double.MAX_VALUE;
            double least = Halving.leastWithNoise(keys, setup.noise());
            for (int looks : LOOKS) {
                Tally tally = new Tally();
                for (int i = 0; i < setup.trials(); i++)
                    tally.add(game(new FloodingGame.Rules(keys, keys, FloodingGame.FOR_EVER, setup.noise(), looks))
                            .untilFound(HORIZON));
                rows.add(List.of(keys, setup.noise(), looks, least, tally.meanOrNone(), tally.foundShare()));
                if (tally.found == tally.games && tally.mean() < soonest) {
                    soonest = tally.mean();
                    bestLooks = looks;
                }
            }
            logarithmic &= soonest <= 6 * Halving.log2(keys);
            found.add(soonest == Double.MAX_VALUE
                    ? String.format(Locale.ROOT, "not always for %,d", keys)
                    : String.format(Locale.ROOT, "%.1f for %,d (no one in less than %.1f)", soonest, keys, least));
        }
        claims.add(new Experiment.Claim("",
                String.format(Locale.ROOT,
                        "an attacker who sees a round wrong with a chance of %s still ends, within 6 log2 N rounds",
                        setup.noise()),
                String.join("; ", found), logarithmic, "He looks several times before he halves."));
        return new Table(
                "Keys that stay, rounds seen wrong (mean of the games that ended within " + HORIZON + " rounds)",
                List.of("keys", "noise", "looks", "least_possible", "rounds_mean", "ended_share"), rows);
    }

    private Table changed(Chart chart) {
        List<List<Object>> rows = new ArrayList<>();
        double often = 0;
        boolean never = true;
        for (int series = 0; series <= setup.keys().size(); series++) {
            // the last series is the last key space again, seen with noise
            boolean noisy = series == setup.keys().size();
            int keys = noisy ? setup.keys().getLast() : setup.keys().get(series);
            double[] full = new double[LIVES.length];
            for (int i = 0; i < LIVES.length; i++) {
                Tally tally = new Tally();
                for (int trial = 0; trial < setup.trials(); trial++)
                    tally.add(game(new FloodingGame.Rules(keys, keys, LIVES[i], noisy ? setup.noise() : 0,
                            noisy ? bestLooks : 1)).toTheEnd(HORIZON));
                full[i] = tally.full / tally.rounds;
                if (LIVES[i] < 1)
                    never &= tally.found == 0;
                if (!noisy && LIVES[i] <= Halving.log2(keys))
                    often = Math.max(often, full[i]);
                rows.add(List.of(keys, LIVES[i], noisy ? setup.noise() : 0.0, noisy ? bestLooks : 1,
                        (double) tally.foundAtOnce / tally.games,
                        noisy ? "" : Halving.firstSearch(keys, LIVES[i]), tally.foundShare(), tally.meanOrNone(),
                        tally.slow / tally.rounds, full[i]));
            }
            chart.line(series,
                    String.format(Locale.ROOT, "%,d keys", keys) + (noisy ? ", rounds seen wrong" : ""), LIVES, full);
        }
        claims.add(new Experiment.Claim("Section 4.3: key agility is effective",
                "keys that live at most log2 N rounds: under all force at most 5 % of the time",
                Experiment.percent(often) + " of the time at most", often <= 0.05,
                "A key that lives a round less than the search halves the chance that the search ends on it; one that lives many searches is flooded most of the time."));
        claims.add(
                new Experiment.Claim("", "keys that live less than a round are never under all force for a whole one",
                        never ? "never" : "it came", never, ""));
        return new Table("Keys that change (" + HORIZON + " rounds a game)",
                List.of("keys", "key_lives_rounds", "noise",
                        "looks", "first_search_ends", "computed", "ended_share", "rounds_mean", "slow_share",
                        "all_force_share"),
                rows);
    }

    private List<String> facts() {
        return List.of(
                String.format(Locale.ROOT, "%,d games for each row; seed %d; keys %s", setup.trials(), setup.seed(),
                        setup.keys()),
                "the key is drawn; a round slows the service when it is among the keys flooded with for half of the round or more; keys change at set times from a time drawn, to one of the others",
                "rounds until found: those before the first whole round with all force on the valid key; then the flood goes on as long as the service is slow, and a new search begins",
                "looks: rounds that the attacker decides by, the majority; he stops when it is known");
    }

    /** Games of one kind, added up. */
    private static final class Tally {
        int games;
        int found;
        int foundAtOnce;
        int fewest = Integer.MAX_VALUE;
        int most;
        long foundAfter;
        long rounds;
        double slow;
        double full;

        void add(FloodingGame.Result result) {
            games++;
            rounds += result.rounds();
            slow += result.slow();
            full += result.full();
            if (result.foundAfter() < 0)
                return;
            found++;
            foundAtOnce += result.foundBy() == 1 ? 1 : 0;
            foundAfter += result.foundAfter();
            fewest = Math.min(fewest, result.foundAfter());
            most = Math.max(most, result.foundAfter());
        }

        double mean() {
            return (double) foundAfter / found;
        }

        Object meanOrNone() {
            return found == 0 ? "none" : Double.valueOf(mean());
        }

        double foundShare() {
            return (double) found / games;
        }
    }
}
