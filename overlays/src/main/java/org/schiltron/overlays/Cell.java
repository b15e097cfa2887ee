package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The games of one attacker against one pairing, and the word for them in the matrix. */
final class Cell {
    /** So many of the games have to be held for "holds". */
    static final double HOLDS = 0.99;
    /** Less comes through than is worth saying. */
    private static final double NOTHING = 0.2;

    private final List<Integer> downs = new ArrayList<>();
    private int games;
    private int held;
    private double steady;

    void add(MatrixGame.Result result) {
        games++;
        held += result.held() ? 1 : 0;
        steady += result.steady();
        if (result.down() > 0)
            downs.add(result.down());
    }

    double held() {
        return (double) held / games;
    }

    boolean holds() {
        return held() >= HOLDS;
    }

    /** Share of clients' packets in the second half of a game, in the mean. */
    double steady() {
        return steady / games;
    }

    /** Share of games in which the service was down by the end of that round. */
    double downBy(int round) {
        return (double) downs.stream().filter(down -> down <= round).count() / games;
    }

    /** The round by whose end it was down in half of the games; 0: in fewer than half it ever was. */
    int median() {
        if (2 * downs.size() < games)
            return 0;
        return downs.stream().sorted().toList().get((games + 1) / 2 - 1);
    }

    /**
     * {@code holds}: at least {@link MatrixGame#HELD} of clients' packets come through in the second half, in 99 % of games.
     * {@code holds in 97 %}: in so many, more than half. Else the round in which it goes down, and, if anything comes through
     * in the second half, how much.
     */
    String text() {
        if (holds())
            return "holds";
        if (held() >= 0.5)
            return "holds in " + percent(held());
        String through = steady() < NOTHING ? "" : percent(steady());
        if (median() == 0)
            return through;
        return through.isEmpty() ? Integer.toString(median()) : median() + " (" + through + ")";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
