package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.RandomSource;
import org.schiltron.overlays.SplitGame.Habit;

/** The defender's search for compromised nodes, in a table and claims (Mayday, section 4.6). */
final class Splits {
    private record Row(int nodes, int compromised, Habit habit, boolean ports) {
    }

    private static final List<Row> ROWS = List.of(new Row(4, 1, Habit.ALWAYS, false),
            new Row(16, 1, Habit.ALWAYS, false), new Row(100, 1, Habit.ALWAYS, false),
            new Row(1_000, 1, Habit.ALWAYS, false), new Row(100, 2, Habit.ALWAYS, false),
            new Row(100, 4, Habit.ALWAYS, false), new Row(100, 8, Habit.ALWAYS, false),
            new Row(100, 2, Habit.ONE, false), new Row(100, 4, Habit.ONE, false), new Row(100, 8, Habit.ONE, false),
            new Row(100, 1, Habit.BY_LOT, false), new Row(100, 4, Habit.BY_LOT, false),
            new Row(100, 1, Habit.ONCE, false), new Row(100, 1, Habit.GUESSES, false),
            new Row(100, 1, Habit.GUESSES, true));

    private final int games;
    private final List<List<Object>> rows = new ArrayList<>();
    private final List<Experiment.Claim> claims = new ArrayList<>();

    /** @param games of each row */
    Splits(int games, RandomSource random) {
        this.games = games;
        SplitGame addresses = new SplitGame(false, random);
        SplitGame ports = new SplitGame(true, random);
        List<Tally> all = new ArrayList<>();
        for (Row row : ROWS) {
            Tally tally = new Tally(row);
            for (int i = 0; i < games; i++)
                tally.add((row.ports ? ports : addresses).play(row.nodes, row.compromised, row.habit));
            all.add(tally);
            rows.add(tally.cells());
        }
        claim(all);
    }

    Table table() {
        return new Table("The defender's search by splitting keys", List.of("nodes", "compromised", "they_flood", "key",
                "log2", "rounds_mean", "rounds_most", "slow_rounds_mean", "all_found_share", "innocent_mean",
                "keys_most"),
                rows);
    }

    List<Experiment.Claim> claims() {
        return claims;
    }

    private void claim(List<Tally> all) {
        List<Tally> alone = all.stream()
                .filter(tally -> tally.row.compromised == 1 && tally.row.habit == Habit.ALWAYS).toList();
        claims.add(new Experiment.Claim(
                "Section 4.6: splitting keys locates a single compromised node, as a search by halves",
                "found in each game, after at most log2 N rounds, rounded up",
                join(alone.stream().map(tally -> tally.most + " of " + tally.row.nodes).toList()),
                alone.stream().allMatch(tally -> tally.foundAll() && tally.most <= tally.log2()), ""));
        List<Tally> several = all.stream().filter(tally -> tally.row.compromised > 1).toList();
        claims.add(new Experiment.Claim("",
                "several are all found, after at most (log2 N + 1) slow rounds each, and no other node is accused",
                join(several.stream().map(tally -> String.format(Locale.ROOT, "%d %s: %.1f", tally.row.compromised,
                        tally.row.habit.text(), tally.rounds())).toList()) + " rounds",
                several.stream().allMatch(tally -> tally.foundAll() && tally.innocent == 0
                        && tally.mostSlow <= tally.row.compromised * (tally.log2() + 1)),
                "Two keys for each group that is known to hold one and one for all others, where the paper has two in all; nodes that flood in turns only take longer."));
        Tally once = only(all, Habit.ONCE, false);
        claims.add(new Experiment.Claim("",
                "one that stops is not found, nobody else is accused, and the service is slow in the one round",
                String.format(Locale.ROOT, "%.0f %% found; %.0f slow rounds", 100 * once.foundShare(), once.slow()),
                once.foundShare() == 0 && once.innocent == 0 && once.mostSlow == 1,
                "The half it is in stays known, for when it floods again."));
        Tally guesses = only(all, Habit.GUESSES, false);
        Tally ports = only(all, Habit.GUESSES, true);
        claims.add(new Experiment.Claim(
                "Section 4.6: this almost certainly requires destination address authentication",
                "with an address as key, one that floods guessed addresses too puts no blame on others",
                String.format(Locale.ROOT, "%.1f innocent nodes accused in the mean", guesses.innocentMean()),
                guesses.innocent == 0,
                "100 addresses of 256 at once: 0.12 of the link with each. A key must be too long to be guessed."));
        claims.add(new Experiment.Claim("", "with an address and a port as key it does not",
                String.format(Locale.ROOT, "%.1f accused; found after %d rounds at most", ports.innocentMean(),
                        ports.most),
                ports.innocent == 0 && ports.foundAll(), ""));
    }

    private static Tally only(List<Tally> all, Habit habit, boolean ports) {
        return all.stream().filter(tally -> tally.row.habit == habit && tally.row.ports == ports).findFirst()
                .orElseThrow();
    }

    private static String join(List<String> parts) {
        return String.join("; ", parts);
    }

    private final class Tally {
        private final Row row;
        private int foundAll;
        private long rounds;
        private int most;
        private long slow;
        private int mostSlow;
        private int innocent;
        private int keys;

        Tally(Row row) {
            this.row = row;
        }

        void add(SplitGame.Result result) {
            foundAll += result.rounds() > 0 ? 1 : 0;
            rounds += result.rounds();
            most = Math.max(most, result.rounds());
            slow += result.flooded();
            mostSlow = Math.max(mostSlow, result.flooded());
            innocent += result.innocent();
            keys = Math.max(keys, result.keys());
        }

        int log2() {
            return Integer.SIZE - Integer.numberOfLeadingZeros(row.nodes - 1);
        }

        boolean foundAll() {
            return foundAll == games;
        }

        double foundShare() {
            return (double) foundAll / games;
        }

        double rounds() {
            return foundAll == 0 ? 0 : (double) rounds / foundAll;
        }

        double slow() {
            return (double) slow / games;
        }

        double innocentMean() {
            return (double) innocent / games;
        }

        List<Object> cells() {
            return List.of(row.nodes, row.compromised, row.habit.text(), row.ports ? "address + port" : "address",
                    log2(),
                    foundAll == 0 ? "none" : oneDigit(rounds()), foundAll == 0 ? "none" : most, oneDigit(slow()),
                    foundShare(), oneDigit(innocentMean()), keys);
        }

        private static String oneDigit(double value) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
    }
}
