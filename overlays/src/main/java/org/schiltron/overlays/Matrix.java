package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.schiltron.edge.AuthenticatorField;
import org.schiltron.edge.Route;
import org.schiltron.machine.RandomSource;

/** All games: each attacker against each pairing of a route and an authenticator. */
final class Matrix {
    /** Played before one overlay; then roles are drawn anew. */
    private static final int GAMES_EACH = 25;

    private final Map<Route, Map<Shows, Map<Attacker, Cell>>> cells = new EnumMap<>(Route.class);
    /** Layers without cover traffic, the targeted eavesdropper, {@link Shows#ADDRESS_AND_PORT_CHANGES}. */
    private final Cell uncovered = new Cell();
    /** SOS and a random eavesdropper who floods with what he has seen alone. */
    private final Cell unsearched = new Cell();
    private boolean even = true;
    private int sameAgain;

    private record Played(Cell cell, MatrixGame game) {
    }

    /** @param games of each cell */
    Matrix(int games, RandomSource random) {
        for (int done = 0; done < games; done += GAMES_EACH)
            play(Math.min(GAMES_EACH, games - done), random);
    }

    private void play(int games, RandomSource random) {
        int[] order = Overlay.order(random);
        long[] seeds = LongStream.generate(random::nextLong).limit(games).toArray();
        List<Overlay> overlays = new ArrayList<>();
        for (Route route : Route.values()) {
            Overlay overlay = new Overlay(route, order, random);
            overlays.add(overlay);
            even &= overlay.isEven();
            sameAgain += route == Route.PROXIMITY ? 0 : overlay.sameAgain();
        }
        for (Shows shows : Shows.values()) {
            if (shows.has(AuthenticatorField.SOURCE_ADDRESS)) { // the ring of proximity routing knows other egresses
                play(shows, overlays.subList(0, 1), seeds, random);
                play(shows, overlays.subList(1, overlays.size()), seeds, random);
            } else {
                play(shows, overlays, seeds, random);
            }
        }
    }

    /** All games before one ring, round by round, so that each rule set is read once. */
    private void play(Shows shows, List<Overlay> overlays, long[] seeds, RandomSource random) {
        int[] egresses = overlays.getFirst().egresses().stream().mapToInt(Overlay::address).toArray();
        Ring ring = new Ring(shows, egresses, random);
        List<Played> all = new ArrayList<>();
        for (Overlay overlay : overlays) {
            for (Attacker attacker : attackers(overlay.route()))
                for (long seed : seeds)
                    all.add(new Played(cellOf(overlay.route(), shows, attacker),
                            new MatrixGame(overlay, shows, attacker, true, seed)));
            for (long seed : seeds)
                if (overlay.route() == Route.DOUBLY_INDIRECT && shows == Shows.SOURCE)
                    all.add(new Played(unsearched,
                            new MatrixGame(overlay, shows, Attacker.RANDOM_EAVESDROPPER, false, seed)));
                else if (overlay.route() == Route.MIX && shows == Shows.ADDRESS_AND_PORT_CHANGES)
                    all.add(new Played(uncovered, new MatrixGame(overlay.uncovered(), shows,
                            Attacker.TARGETED_EAVESDROPPER, true, seed)));
        }
        List<Ring.Moment> moments = List.of();
        for (int round = 0; round < MatrixGame.ROUNDS; round++) {
            if (round == 0 || shows.changes())
                moments = ring.moments(round);
            for (Played played : all) {
                played.game.begin();
                for (Ring.Moment moment : moments)
                    played.game.play(moment);
                played.game.end(round);
            }
        }
        for (Played played : all)
            played.cell.add(played.game.result());
    }

    /** One packet is worth the same over all routes. */
    private static List<Attacker> attackers(Route route) {
        return route == Route.SINGLY_INDIRECT ? List.of(Attacker.values()) : Attacker.OF_THE_PAPER;
    }

    private Cell cellOf(Route route, Shows shows, Attacker attacker) {
        return cells.computeIfAbsent(route, _ -> new EnumMap<>(Shows.class))
                .computeIfAbsent(shows, _ -> new EnumMap<>(Attacker.class))
                .computeIfAbsent(attacker, _ -> new Cell());
    }

    Cell cell(Route route, Shows shows, Attacker attacker) {
        return Objects.requireNonNull(Objects.requireNonNull(
                Objects.requireNonNull(cells.get(route)).get(shows)).get(attacker));
    }

    Cell uncoveredMix() {
        return uncovered;
    }

    Cell unsearchedSos() {
        return unsearched;
    }

    /** Whether requests took as many hops over a route wherever they came in. */
    boolean isEven() {
        return even;
    }

    /** How often two requests after one another left over the same egress; not counting proximity routing. */
    int sameAgain() {
        return sameAgain;
    }
}
