package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.schiltron.filter.RuleGates;
import org.schiltron.machine.RandomSource;

/**
 * Compromised nodes against the defender's search. A key is a destination address, or one with a port; each round has keys that no
 * round before it had in force. The ring's gates judge the flood, and its counters are all that the defender sees.
 */
final class SplitGame {
    /** Of one round; half of the service's /24. */
    private static final int KEYS = Ring.ADDRESSES / 2;
    /** A key counts as flooded when as much as this comes with it, of the link. */
    private static final double FLOODED = 0.1;
    static final int MOST_ROUNDS = 100;
    /** With so many addresses at once, more than {@link #FLOODED} comes with each. */
    private static final int GUESSED = 100;

    /** What compromised nodes do with their keys. */
    enum Habit {
        /** Flood with all of them, always. */
        ALWAYS("always"),
        /** Each of them by lot, with an even chance in each round. */
        BY_LOT("each by lot"),
        /** One of them at a time, by lot. */
        ONE("one at a time"),
        /** Flood in the first round, then never again. */
        ONCE("once, then none"),
        /** Flood with their keys and 99 guessed ones, to put the blame on others. */
        GUESSES("with guessed keys too");

        private final String text;

        Habit(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /**
     * @param rounds   until all were found; 0: not all were
     * @param flooded  rounds in which the service was slow
     * @param innocent nodes accused that are not compromised
     * @param keys     most in force in a round
     */
    record Result(int rounds, int found, int flooded, int innocent, int keys) {
    }

    private final boolean ports;
    private final RandomSource random;
    private final int[][] port = new int[2][KEYS];
    private final RuleGates[] gates = new RuleGates[2];

    /** @param ports whether a key is an address with a port */
    SplitGame(boolean ports, RandomSource random) {
        this.ports = ports;
        this.random = random;
        for (int half = 0; half < 2; half++) {
            StringBuilder text = new StringBuilder("protects = [\"192.0.2.0/24\"]\notherwise = \"drop\"\n");
            for (int key = 0; key < KEYS; key++) {
                port[half][key] = ports ? anyPort() : Probe.PORT;
                text.append("\n[[rule]]\nname = \"key ").append(key)
                        .append("\"\ndo = \"allow\"\nprotocol = \"tcp\"\nto = [\"192.0.2.")
                        .append(half * KEYS + key).append("\"]\nport = ").append(port[half][key]).append('\n');
            }
            gates[half] = Ring.gates(text.toString(), random);
        }
    }

    private int anyPort() {
        return Ring.PORTS.first() + random.nextInt(Ring.PORTS.size());
    }

    /** @param compromised how many, drawn by lot */
    Result play(int nodes, int compromised, Habit habit) {
        List<Integer> bad = drawn(nodes, compromised);
        KeySplit search = new KeySplit(nodes);
        int flooded = 0;
        int most = 0;
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            int half = round & 1;
            List<Integer> dealt = drawn(KEYS, search.keys());
            most = Math.max(most, dealt.size());
            int[] keys = search.deal();
            List<Integer> has = bad.stream().filter(node -> keys[node] != KeySplit.NO_KEY)
                    .map(node -> dealt.get(keys[node])).toList();
            double[] through = flood(half, used(has, habit, round), habit);
            boolean[] seen = new boolean[dealt.size()];
            double all = 0;
            for (int i = 0; i < seen.length; i++) {
                seen[i] = through[dealt.get(i)] >= FLOODED;
                all += through[dealt.get(i)];
            }
            flooded += 1 / (MatrixGame.LOAD + all) < MatrixGame.HELD ? 1 : 0;
            search.saw(seen);
            if (search.found().containsAll(bad))
                return result(round, search, bad, flooded, most);
        }
        return result(0, search, bad, flooded, most);
    }

    private static Result result(int rounds, KeySplit search, List<Integer> bad, int flooded, int most) {
        int right = (int) search.found().stream().filter(bad::contains).count();
        return new Result(rounds, right, flooded, search.found().size() - right, most);
    }

    /** Which of their keys they flood with. */
    private List<Integer> used(List<Integer> has, Habit habit, int round) {
        return switch (habit) {
            case ALWAYS, GUESSES -> has;
            case BY_LOT -> has.stream().filter(_ -> random.nextInt(2) == 0).toList();
            case ONE -> has.isEmpty() ? has : List.of(has.get(random.nextInt(has.size())));
            case ONCE -> round == 1 ? has : List.of();
        };
    }

    /** What comes through with each key, of the link, by the counters of the ring. */
    private double[] flood(int half, List<Integer> used, Habit habit) {
        long[] before = IntStream.range(0, KEYS).mapToLong(gates[half]::matched).toArray();
        Probe probe = new Probe();
        int packets = 0;
        for (int key : used) {
            probe.to(Ring.NETWORK + half * KEYS + key);
            probe.toPort(port[half][key]);
            packets++;
            boolean _ = probe.passes(gates[half]);
        }
        for (; habit == Habit.GUESSES && packets < GUESSED; packets++) {
            probe.to(Ring.NETWORK + half * KEYS + random.nextInt(KEYS));
            probe.toPort(ports ? anyPort() : Probe.PORT);
            boolean _ = probe.passes(gates[half]);
        }
        double[] through = new double[KEYS];
        for (int key = 0; key < KEYS; key++)
            through[key] = packets == 0 ? 0 : MatrixGame.FORCE * (gates[half].matched(key) - before[key]) / packets;
        return through;
    }

    private List<Integer> drawn(int from, int count) {
        int[] all = IntStream.range(0, from).toArray();
        List<Integer> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(from - i);
            drawn.add(all[other]);
            all[other] = all[i];
        }
        return drawn;
    }
}
