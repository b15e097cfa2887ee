package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/** How many nodes of an overlay have to be attacked at once to cut its service off: drawn attacks beside the closed form. */
final class Sos {
    /** The chart's least chance. */
    private static final double FLOOR = 1e-6;
    private static final double[] CHANCES = {1e-4, 0.01, 0.5, 0.9};
    /** Mayday, section 5: 10,000 packets/s of SYN at nodes that stand 500. */
    private static final int DISABLED = 20;

    private final Setup setup;
    /** How often the service was cut off, by series and nodes attacked; with roles that share nodes, and with those that do not. */
    private final long[][] shared;
    private final long[][] apart;

    private Sos(Setup setup) {
        this.setup = setup;
        int series = setup.perRole().size();
        shared = new long[series][setup.nodes() + 1];
        apart = new long[series][setup.nodes() + 1];
        RoleAttack attack = new RoleAttack(setup.nodes(), new SeededRandom(setup.seed()));
        for (int trial = 0; trial < setup.trials(); trial++) {
            attack.next();
            for (int i = 0; i < series; i++) {
                shared[i][attack.cutOffAt(setup.perRole().get(i), true)]++;
                apart[i][attack.cutOffAt(setup.perRole().get(i), false)]++;
            }
        }
        for (int i = 0; i < series; i++) {
            for (int n = 1; n <= setup.nodes(); n++) {
                shared[i][n] += shared[i][n - 1];
                apart[i][n] += apart[i][n - 1];
            }
        }
    }

    static Experiment run(Setup setup) {
        return new Sos(setup).experiment();
    }

    private Experiment experiment() {
        List<List<Object>> rows = new ArrayList<>();
        int points = 0;
        int inside = 0;
        int insideApart = 0;
        double furthest = 0;
        for (int i = 0; i < shared.length; i++) {
            int perRole = setup.perRole().get(i);
            for (int attacked : setup.attacked()) {
                double form = ClosedForm.shared(setup.nodes(), perRole, attacked);
                double formApart = ClosedForm.apart(setup.nodes(), perRole, attacked);
                Interval drawn = Interval.ofChance(shared[i][attacked], setup.trials());
                Interval drawnApart = Interval.ofChance(apart[i][attacked], setup.trials());
                points++;
                inside += drawn.contains(form) ? 1 : 0;
                insideApart += drawnApart.contains(formApart) ? 1 : 0;
                if (form >= FLOOR)
                    furthest = Math.max(furthest, Math.abs(formApart / form - 1));
                rows.add(List.of(perRole, attacked, (double) attacked / setup.nodes(), form,
                        (double) shared[i][attacked] / setup.trials(), drawn.low(), drawn.high(), formApart,
                        (double) apart[i][attacked] / setup.trials(), drawnApart.low(), drawnApart.high()));
            }
        }
        Table table = new Table("Chance that the service is cut off", List.of("per_role", "attacked", "attacked_share",
                "closed_form", "drawn", "low", "high", "apart_form", "apart_drawn", "apart_low", "apart_high"), rows);
        return new Experiment("sos", "SOS: overlay nodes under attack against the closed form", facts(),
                claims(points, inside, insideApart, furthest), List.of(table, needed()),
                List.of(new Experiment.Named("sos", chart())));
    }

    private Table needed() {
        List<List<Object>> rows = new ArrayList<>();
        for (int perRole : setup.perRole()) {
            for (double chance : CHANCES) {
                int needed = ClosedForm.needed(setup.nodes(), perRole, chance);
                rows.add(List.of(perRole, chance, needed, (double) needed / setup.nodes()));
            }
        }
        return new Table("Nodes to attack for a chance (closed form)",
                List.of("per_role", "chance", "attacked", "attacked_share"), rows);
    }

    private List<Experiment.Claim> claims(int points, int inside, int insideApart, double furthest) {
        List<Experiment.Claim> claims = new ArrayList<>();
        claims.add(new Experiment.Claim("SOS: the chance is 1 - (1 - C(N-s, n-s) / C(N, n))^3",
                "in the 99.9 % interval of the drawn attacks at every point",
                inside + " of " + points + " points inside", inside == points, ""));
        claims.add(new Experiment.Claim("",
                "roles without a node in common: drawn as inclusion and exclusion says, and at most 1 % from the closed form",
                String.format(Locale.ROOT, "%d of %d inside; %.2f %% apart at most", insideApart, points,
                        100 * furthest),
                insideApart == points && furthest <= 0.01,
                "The closed form lets a node have several roles."));
        int third = setup.nodes() / 3;
        List<String> chances = new ArrayList<>();
        boolean resists = true;
        for (int perRole : setup.perRole()) {
            double chance = ClosedForm.shared(setup.nodes(), perRole, third);
            chances.add(String.format(Locale.ROOT, "%.1e with %d a role", chance, perRole));
            resists &= chance < 1e-4;
        }
        claims.add(new Experiment.Claim(
                "Mayday, section 4: a sufficiently large number of nodes resists surprisingly strong attacks",
                "a third of the nodes attacked at once: less than 1 in 10,000", String.join("; ", chances), resists,
                "Against an attacker who picks blindly. Access nodes are known to clients: who attacks those needs no more than their number."));
        int few = Math.min(DISABLED, setup.nodes());
        double most = setup.perRole().stream().mapToDouble(s -> ClosedForm.shared(setup.nodes(), s, few)).max()
                .orElse(0);
        claims.add(new Experiment.Claim(
                "Mayday, section 5: the top 5 % of attacks could disable about 20 overlay nodes",
                "attacking " + few + " cuts the service off in less than 1 of a million cases",
                String.format(Locale.ROOT, "%.1e at most", most), most < 1e-6, "The same attacker, blind."));
        return claims;
    }

    private String chart() {
        Chart chart = new Chart("Overlay of " + String.format(Locale.ROOT, "%,d", setup.nodes()) + " nodes",
                Axis.share("nodes attacked at once"),
                Axis.logarithmic("chance that the service is cut off", FLOOR, 1, new Axis.Tick(1e-6, "1e-6"),
                        new Axis.Tick(1e-5, "1e-5"), new Axis.Tick(1e-4, "1e-4"), new Axis.Tick(1e-3, "0.001"),
                        new Axis.Tick(0.01, "0.01"), new Axis.Tick(0.1, "0.1"), new Axis.Tick(1, "1")));
        for (int i = 0; i < shared.length; i++) {
            int perRole = setup.perRole().get(i);
            int from = ClosedForm.needed(setup.nodes(), perRole, FLOOR);
            int steps = Math.min(60, setup.nodes() - from + 1);
            double[] xs = new double[steps];
            double[] ys = new double[steps];
            for (int step = 0; step < steps; step++) {
                int attacked = steps == 1 ? from : from + (int) ((long) (setup.nodes() - from) * step / (steps - 1));
                xs[step] = (double) attacked / setup.nodes();
                ys[step] = ClosedForm.shared(setup.nodes(), perRole, attacked);
            }
            chart.line(i, perRole + " nodes a role: closed form", xs, ys);
            for (int attacked : setup.attacked()) {
                Interval drawn = Interval.ofChance(shared[i][attacked], setup.trials());
                if (shared[i][attacked] > 0)
                    chart.point(i, (double) attacked / setup.nodes(),
                            (double) shared[i][attacked] / setup.trials(), drawn.low(), drawn.high());
            }
            chart.name(i, perRole + " nodes a role: drawn");
        }
        return chart.svg(0.02, false);
    }

    private List<String> facts() {
        return List.of(
                String.format(Locale.ROOT, "%,d nodes, three roles; %,d drawn attacks, each of every size; seed %d",
                        setup.nodes(), setup.trials(), setup.seed()),
                "an attacked node is out, whatever it takes; all at once; the service is cut off when one role has no node left",
                "low and high: Wilson's interval at 99.9 %; apart: roles that share no node");
    }
}
