package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.schiltron.edge.Route;
import org.schiltron.figures.Experiment;

/** What Mayday says of pairings (sections 3.6, 4.2 and 4.5), asked of the games. */
final class PairingClaims {
    private static final List<Shows> BUT_SOURCE = Arrays.stream(Shows.values()).filter(shows -> shows != Shows.SOURCE)
            .toList();
    private static final List<Attacker> SEARCH = List.of(Attacker.CLIENT_EAVESDROPPER, Attacker.LEGITIMATE_CLIENT);
    private static final List<Attacker> BY_LOT = List.of(Attacker.RANDOM_EAVESDROPPER, Attacker.RANDOM_COMPROMISE);
    /** With 3-hop Tarzan routing. */
    private static final int TARZAN = 24;

    private final Matrix matrix;
    private final List<Experiment.Claim> claims = new ArrayList<>();

    PairingClaims(Matrix matrix) {
        this.matrix = matrix;
    }

    List<Experiment.Claim> claims() {
        proximity();
        indirect();
        changing();
        mix();
        compromised();
        return claims;
    }

    private void proximity() {
        Cell source = matrix.cell(Route.PROXIMITY, Shows.SOURCE, Attacker.BLIND);
        List<Cell> others = cells(Route.PROXIMITY, BUT_SOURCE, List.of(Attacker.BLIND));
        claim("Section 3.6: proximity routing works with any authenticator except source address",
                "against who sees nothing: all others hold, source address does not",
                count(others, Cell::holds) + " others hold; source address: " + percent(source.steady())
                        + " come through",
                all(others, Cell::holds) && !source.holds(), "");
        List<Cell> watched = cells(Route.PROXIMITY, BUT_SOURCE, List.of(Attacker.RANDOM_EAVESDROPPER));
        claim("Section 3.6: proximity routing is vulnerable to the random eavesdropper",
                "whatever the others are, the first node that he watches brings the service down",
                count(watched, cell -> cell.downBy(1) == 1) + " in each game",
                all(watched, cell -> cell.downBy(1) == 1),
                "");
    }

    private void indirect() {
        Cell blind = matrix.cell(Route.SINGLY_INDIRECT, Shows.SOURCE, Attacker.BLIND);
        Cell watched = matrix.cell(Route.SINGLY_INDIRECT, Shows.SOURCE, Attacker.RANDOM_EAVESDROPPER);
        Cell searched = matrix.cell(Route.SINGLY_INDIRECT, Shows.SOURCE, Attacker.CLIENT_EAVESDROPPER);
        claim("Section 3.6: singly-indirect routing with source address gives protection equivalent to proximity routing",
                "holds against who sees nothing, and falls to the random eavesdropper",
                String.format(Locale.ROOT,
                        "blind: %s come through; random eavesdropper: %d node; who searches: %d rounds",
                        percent(blind.steady()), watched.median(), searched.median()),
                blind.holds() && !watched.holds(),
                "It is weaker: with 40 addresses that may be an egress's, and 4 that are, a blind flood from all of them is more than the link has left. From 79 addresses on it would hold.");
        List<Cell> others = cells(Route.SINGLY_INDIRECT, BUT_SOURCE, BY_LOT);
        double first = most(others, cell -> cell.downBy(1));
        List<Cell> large = cells(Route.SINGLY_INDIRECT, List.of(Shows.PORT, Shows.SOURCE_AND_PORT,
                Shows.ADDRESS_AND_PORT, Shows.WORD), BY_LOT);
        claim("Section 3.6: singly-indirect with any other resists the random eavesdropper and random compromise, since few nodes possess the key",
                "the first node drawn brings the service down in at most one game of ten",
                String.format(Locale.ROOT, "%s at most; half of the games last until %d of 100 nodes are drawn",
                        percent(first), large.stream().mapToInt(Cell::median).min().orElse(0)),
                first <= 0.1,
                "4 of 100 nodes are egresses. Source ports alone and an address alone are found by searching before that, in "
                        + matrix.cell(
                                Route.SINGLY_INDIRECT, Shows.SOURCE_PORT, Attacker.CLIENT_EAVESDROPPER).median()
                        + " and "
                        + matrix.cell(Route.SINGLY_INDIRECT, Shows.ADDRESS, Attacker.CLIENT_EAVESDROPPER).median()
                        + " rounds.");
        List<Cell> sos = cells(Route.DOUBLY_INDIRECT, List.of(Shows.SOURCE), BY_LOT);
        int unsearched = matrix.unsearchedSos().median();
        claim("Section 3.6: SOS (doubly-indirect, source address) provides security equivalent to the scheme above",
                "to who watches or compromises by lot, at least half as many nodes",
                String.format(Locale.ROOT, "%d watched, %d compromised, against %d", sos.getFirst().median(),
                        sos.getLast().median(), large.getFirst().median()),
                all(sos, cell -> 2 * cell.median() >= large.getFirst().median()),
                "Addresses of nodes are known, so he searches 40; who floods only with what he has seen would have to watch "
                        + unsearched
                        + ". A compromised node has the list of nodes, which names the egresses; in SOS only beacons know servlets.");
    }

    private void changing() {
        List<Cell> fixed = cells(SEARCH, Shows.ADDRESS);
        List<Cell> changing = cells(SEARCH, Shows.ADDRESS_CHANGES);
        claim("Section 3.6: changing destination addresses resist adaptive attacks",
                "one address of a /24: down in half of the games if it stays, nine tenths come through if it changes each minute",
                String.format(Locale.ROOT, "stays: down after %d rounds; changes: %s come through",
                        fixed.getFirst().median(), percent(least(changing, Cell::steady))),
                all(fixed, cell -> cell.median() > 0) && all(changing, cell -> cell.steady() >= MatrixGame.HELD),
                "In the mean; in " + percent(1 - least(changing, Cell::held))
                        + " of games less comes through: of 256 addresses the next is sometimes found within its minute.");
        List<Cell> both = cells(SEARCH, Shows.ADDRESS_AND_PORT_CHANGES);
        claim("Section 3.6: in concert with port numbers, an agile scheme with a large number of authenticators",
                "holds against who searches, over all routes", count(both, Cell::holds) + " cells hold",
                all(both, Cell::holds), "");
        List<Shows> changes = Arrays.stream(Shows.values()).filter(Shows::changes).toList();
        List<Shows> stays = BUT_SOURCE.stream().filter(shows -> !shows.changes()).toList();
        List<Cell> after = cells(Route.SINGLY_INDIRECT, changes, List.of(Attacker.ONE_PACKET));
        List<Cell> ever = cells(Route.SINGLY_INDIRECT, stays, List.of(Attacker.ONE_PACKET));
        claim("",
                "one packet of an egress seen: down at once; what changes is back with the change, what stays stays down",
                String.format(Locale.ROOT, "%s and %s come through later", percent(least(after, Cell::steady)),
                        percent(most(ever, Cell::steady))),
                all(after, cell -> cell.downBy(1) == 1 && cell.steady() >= MatrixGame.HELD)
                        && all(ever, cell -> cell.downBy(1) == 1 && cell.steady() < MatrixGame.DOWN),
                "");
        List<Cell> egress = cells(Attacker.TARGETED_EAVESDROPPER, changes);
        egress.addAll(cells(Attacker.TARGETED_COMPROMISE, changes));
        claim("", "changes are of no use against who watches or has an egress: not even half comes through",
                percent(most(egress, Cell::steady)) + " at most", all(egress, cell -> cell.steady() < MatrixGame.DOWN),
                "He sees the next one when it comes, or computes it. A watcher has to be removed; a secret has to be changed with its egress.");
    }

    private void mix() {
        int nodes = matrix.cell(Route.MIX, Shows.ADDRESS_AND_PORT_CHANGES, Attacker.TARGETED_COMPROMISE).median();
        claim("Section 3.6: mix routing resists targeted compromise; with 3-hop Tarzan an attacker must compromise 24 nodes",
                "as many, in half of the games", nodes + " nodes", nodes >= TARZAN,
                "All nodes have the same list, with roles in it, and an ingress plans the whole way: one ingress, then one egress. To do better, nodes would have to know less than the list says.");
        double watched = watchedOver(Route.MIX);
        double others = Arrays.stream(Route.values()).filter(route -> route != Route.MIX).mapToDouble(this::watchedOver)
                .max().orElse(0);
        claim("", "cover traffic: who watches nodes of his choice has to watch more of them than over any other route",
                String.format(Locale.ROOT, "%.0f nodes, %.0f at most over others; %d in layers without cover traffic",
                        watched,
                        others, matrix.uncoveredMix().median()),
                watched > others,
                "Trunks tell him nothing, so he tries nodes that take no clients, one after another, until he sees packets to the service. Without tune.cells-per-second he goes where most packets go.");
        claim("Section 4.2: relaying over a different egress each time keeps timing from showing egresses",
                "over each route requests take as many hops wherever they come in, and no two in a row leave over the same egress",
                (matrix.isEven() ? "as many" : "not as many") + "; " + matrix.sameAgain() + " times the same",
                matrix.isEven() && matrix.sameAgain() == 0, "");
    }

    private double watchedOver(Route route) {
        return matrix.cell(route, Shows.ADDRESS_AND_PORT_CHANGES, Attacker.TARGETED_EAVESDROPPER).median();
    }

    private void compromised() {
        double proximity = most(cells(Route.PROXIMITY, BUT_SOURCE, List.of(Attacker.TARGETED_COMPROMISE)),
                Cell::median);
        double singly = most(cells(Route.SINGLY_INDIRECT, BUT_SOURCE, List.of(Attacker.TARGETED_COMPROMISE)),
                Cell::median);
        claim("Section 4.5: proximity and singly-indirect routing can be immediately subverted when nodes are compromised",
                "by one node and by two", String.format(Locale.ROOT, "%.0f and %.0f", proximity, singly),
                proximity == 1 && singly == 2, "");
        double doubly = least(cells(Route.DOUBLY_INDIRECT, BUT_SOURCE, List.of(Attacker.TARGETED_COMPROMISE)),
                Cell::median);
        double random = least(cells(Route.RANDOM, BUT_SOURCE, List.of(Attacker.TARGETED_COMPROMISE)), Cell::median);
        claim("Section 4.5: doubly-indirect, random and mix routing provide more against compromise",
                "more nodes of his choice than singly-indirect",
                String.format(Locale.ROOT, "%.0f and %.0f", doubly, random),
                doubly > singly && random > singly, "As with mix: the list of nodes.");
    }

    private void claim(String paper, String condition, String ours, boolean holds, String why) {
        claims.add(new Experiment.Claim(paper, condition, ours, holds, why));
    }

    private List<Cell> cells(Route route, List<Shows> all, List<Attacker> attackers) {
        List<Cell> cells = new ArrayList<>();
        for (Shows shows : all)
            for (Attacker attacker : attackers)
                cells.add(matrix.cell(route, shows, attacker));
        return cells;
    }

    /** Over all routes. */
    private List<Cell> cells(List<Attacker> attackers, Shows shows) {
        List<Cell> cells = new ArrayList<>();
        for (Route route : Route.values())
            cells.addAll(cells(route, List.of(shows), attackers));
        return cells;
    }

    private List<Cell> cells(Attacker attacker, List<Shows> all) {
        List<Cell> cells = new ArrayList<>();
        for (Shows shows : all)
            cells.addAll(cells(List.of(attacker), shows));
        return cells;
    }

    private static boolean all(List<Cell> cells, Predicate<Cell> what) {
        return cells.stream().allMatch(what);
    }

    private static String count(List<Cell> cells, Predicate<Cell> what) {
        return cells.stream().filter(what).count() + " of " + cells.size();
    }

    private static double most(List<Cell> cells, ToDoubleFunction<Cell> what) {
        return cells.stream().mapToDouble(what).max().orElse(0);
    }

    private static double least(List<Cell> cells, ToDoubleFunction<Cell> what) {
        return cells.stream().mapToDouble(what).min().orElse(0);
    }

    private static String percent(double share) {
        return Experiment.percent(share);
    }
}
