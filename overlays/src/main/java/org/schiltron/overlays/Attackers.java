package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.schiltron.edge.Route;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/** Mayday's six attackers against each pairing of a route and an authenticator, and the search for compromised nodes. */
final class Attackers {
    private static final int CHART_ROUNDS = 40;

    private final Setup setup;
    private final Matrix matrix;
    private final Splits splits;

    private Attackers(Setup setup) {
        this.setup = setup;
        SeededRandom random = new SeededRandom(setup.seed());
        matrix = new Matrix(setup.trials(), random.split());
        splits = new Splits(setup.trials(), random.split());
    }

    static Experiment run(Setup setup) {
        return new Attackers(setup).experiment();
    }

    private Experiment experiment() {
        List<Experiment.Claim> claims = new ArrayList<>(new PairingClaims(matrix).claims());
        claims.addAll(splits.claims());
        return new Experiment("matrix", "Mayday: six attackers against routes and authenticators", facts(), claims,
                List.of(table(), cells(), onePacket(), splits.table()),
                List.of(new Experiment.Named("matrix", chart())));
    }

    /** What is alike for all attackers is one row. */
    private Table table() {
        List<String> columns = new ArrayList<>(List.of("route", "authenticator"));
        Attacker.OF_THE_PAPER.forEach(attacker -> columns.add(attacker.text()));
        List<List<Object>> rows = new ArrayList<>();
        for (Route route : Route.values()) {
            Map<List<String>, List<String>> alike = new LinkedHashMap<>();
            for (Shows shows : Shows.values())
                alike.computeIfAbsent(
                        Attacker.OF_THE_PAPER.stream().map(attacker -> matrix.cell(route, shows, attacker).text())
                                .toList(),
                        _ -> new ArrayList<>()).add(shows.text());
            alike.forEach((cells, authenticators) -> {
                List<Object> row = new ArrayList<>(List.of(route.text(), String.join("; ", authenticators)));
                row.addAll(cells);
                rows.add(row);
            });
        }
        return new Table("The matrix", columns, rows);
    }

    private Table cells() {
        List<List<Object>> rows = new ArrayList<>();
        for (Route route : Route.values())
            for (Shows shows : Shows.values())
                for (Attacker attacker : Attacker.OF_THE_PAPER) {
                    Cell cell = matrix.cell(route, shows, attacker);
                    rows.add(List.of(route.text(), shows.text(), attacker.text(), cell.text(), cell.held(),
                            cell.steady(),
                            cell.downBy(1), cell.downBy(MatrixGame.ROUNDS), cell.median()));
                }
        return new Table("Each cell", List.of("route", "authenticator", "attacker", "cell", "held_share",
                "delivered_mean", "down_in_round_1_share", "down_share", "down_median_round"), rows);
    }

    private Table onePacket() {
        List<List<Object>> rows = new ArrayList<>();
        for (Shows shows : Shows.values()) {
            Cell cell = matrix.cell(Route.SINGLY_INDIRECT, shows, Attacker.ONE_PACKET);
            rows.add(List.of(shows.text(), cell.downBy(1), cell.steady()));
        }
        return new Table("One packet of an egress seen in the first round, and none later (singly-indirect)",
                List.of("authenticator", "down_in_round_1_share", "delivered_mean"), rows);
    }

    private String chart() {
        Chart chart = new Chart("Who watches overlay nodes (destination address + port, changes)",
                Axis.linear("rounds, in each of which he watches another node", 0, CHART_ROUNDS, new Axis.Tick(0, "0"),
                        new Axis.Tick(10, "10"), new Axis.Tick(20, "20"), new Axis.Tick(30, "30"),
                        new Axis.Tick(40, "40")),
                Axis.share("games in which the service is down by then"));
        int series = 0;
        for (Route route : Route.values())
            line(chart, series++, route, Attacker.TARGETED_EAVESDROPPER, route.text() + ", of his choice");
        line(chart, series, Route.SINGLY_INDIRECT, Attacker.RANDOM_EAVESDROPPER,
                "all but proximity, by lot");
        return chart.svg(0.5, true);
    }

    private void line(Chart chart, int series, Route route, Attacker attacker, String name) {
        double[] xs = new double[CHART_ROUNDS + 1];
        double[] ys = new double[CHART_ROUNDS + 1];
        for (int round = 0; round <= CHART_ROUNDS; round++) {
            xs[round] = round;
            ys[round] = matrix.cell(route, Shows.ADDRESS_AND_PORT_CHANGES, attacker).downBy(round);
        }
        chart.line(series, name, xs, ys);
    }

    private List<String> facts() {
        return List.of(
                String.format(Locale.ROOT,
                        "%,d games a cell, %d rounds of 15 s each; seed %d; games with one number draw the same nodes in all cells",
                        setup.trials(), MatrixGame.ROUNDS, setup.seed()),
                String.format(Locale.ROOT,
                        "%d nodes: %d ingresses, %d beacons, %d egresses, the others only relay; with proximity routing all are ingress and egress; routes as edges plan them",
                        Overlay.NODES, Overlay.INGRESSES, Overlay.BEACONS, Overlay.EGRESSES),
                String.format(Locale.ROOT,
                        "the flood is %.0f times the service's link, clients send %.1f of it; %d values at once slow the service if one is valid",
                        MatrixGame.FORCE, MatrixGame.LOAD, MatrixGame.AT_ONCE),
                "a /24 of addresses, 64,512 ports, 1,000 source ports of these at a time, a word of 32 bits; what changes does so each minute, with the default overlap; a ring's gates judge each packet, by rules read as a file is",
                "all but the blind one see whether the service is slow and search for what they do not know by adaptive flooding; all know the nodes' addresses, which of them take clients, and which route and authenticator are in use",
                "holds: nine tenths of clients' packets come through in the second half of a game, in 99 % of games (holds in N %: in so many); otherwise the round in which in half of the games less than half comes through, for those who take nodes also the number of nodes; in brackets what comes through in the second half, if it is a fifth or more");
    }
}
