package org.schiltron.sessions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Distribution;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/** What the way over mailboxes costs in time (Phalanx, section 4.1 and figure 3). */
final class Latency {
    /** Of the sample pair: a minute. */
    private static final int SAMPLE_PROBES = 1_500;
    private static final int PROBES = 100;
    /** For which ways are computed only. */
    private static final int COMPUTED_PAIRS = 500;
    /** One of so many hosts could be a mailbox. */
    private static final int[] SPARSE = {16, 4, 1};
    private static final double MOST_MORE = 1.2;
    private static final double MOST_MORE_MS = 25;

    private final Scene scene;
    private final Setup setup;
    private final SeededRandom random;
    private final Scene.Pair pair;
    private final double[] udpMs;
    private final double[] overlayMs;
    private final List<List<Object>> rows = new ArrayList<>();
    private final List<Double> chosen = new ArrayList<>();
    private final List<Double> byLot = new ArrayList<>();
    private int closed;

    private Latency(Setup setup) throws IOException {
        this.setup = setup;
        scene = setup.scene();
        random = new SeededRandom(setup.seed()).split();
        pair = scene.sample();
        Overlay overlay = scene.opened(pair, scene.detours.least(pair.client(), pair.service()), 0);
        if (overlay == null)
            throw new IllegalStateException("the sample pair has no session after a minute");
        Probes.Outcome outcome = new Probes(overlay, SAMPLE_PROBES, true).run();
        udpMs = outcome.udp().roundTripsMs();
        overlayMs = outcome.overlay().roundTripsMs();
        for (int i = 0; i < setup.pairs(); i++)
            measure(i + 1);
    }

    static Experiment run(Setup setup) throws IOException {
        return new Latency(setup).experiment();
    }

    private void measure(int number) {
        Scene.Pair of = scene.drawn(random);
        int a = of.client();
        int b = of.service();
        int[] least = scene.detours.least(a, b);
        int[] drawn = scene.detours.drawn(a, b, random);
        double over = ratio(of, least, 2 * number);
        double overDrawn = ratio(of, drawn, 2 * number + 1);
        if (Double.isNaN(over) || Double.isNaN(overDrawn)) {
            closed++;
            return;
        }
        chosen.add(over);
        byLot.add(overDrawn);
        double direct = scene.rtt.ms(a, b);
        rows.add(List.of(a, b, direct, scene.detours.meanMs(a, b, least) / direct, over,
                scene.detours.meanMs(a, b, drawn) / direct, overDrawn));
    }

    /** Mean round trip over that of UDP; NaN where nothing came back. */
    private double ratio(Scene.Pair of, int[] mailboxes, int number) {
        Overlay overlay = scene.opened(of, mailboxes, number);
        if (overlay == null)
            return Double.NaN;
        Probes.Outcome outcome = new Probes(overlay, PROBES, true).run();
        return outcome.overlay().meanMs() / outcome.udp().meanMs();
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values)
            sum += value;
        return sum / values.length;
    }

    private Experiment experiment() {
        if (chosen.isEmpty())
            throw new IllegalArgumentException("loss " + setup.loss() + ": no pair has a session after a minute");
        Table pairs = new Table("Round trips over mailboxes, as parts of the direct one", List.of("client", "service",
                "direct_ms", "ways", "measured", "ways_by_lot", "measured_by_lot"), rows);
        Table sample = new Table("The sample pair, ms", List.of("share", "udp", "overlay"), sampleRows());
        return new Experiment("fig3", "Phalanx, figure 3: round trips through the overlay beside plain UDP", facts(),
                claims(), List.of(sample, pairs), List.of(new Experiment.Named("fig3", chart()),
                        new Experiment.Named("fig3-pairs", pairsChart())));
    }

    private List<List<Object>> sampleRows() {
        Distribution udp = new Distribution(udpMs);
        Distribution overlay = new Distribution(overlayMs);
        List<List<Object>> all = new ArrayList<>();
        for (int percent = 0; percent <= 100; percent += 5)
            all.add(List.of(percent / 100.0, udp.quantile(percent / 100.0), overlay.quantile(percent / 100.0)));
        return all;
    }

    private List<Experiment.Claim> claims() {
        List<Experiment.Claim> claims = new ArrayList<>();
        double more = mean(overlayMs) - mean(udpMs);
        double share = mean(overlayMs) / mean(udpMs);
        claims.add(new Experiment.Claim(
                "Section 4.1: across the Atlantic the latency goes up by a little less than 25 ms or 20 % on average",
                "the pair nearest to 125 ms (20 % of which are 25 ms): at most that",
                String.format(Locale.ROOT, "%.1f ms, %.1f %%: %.1f instead of %.1f ms", more, 100 * (share - 1),
                        mean(overlayMs), mean(udpMs)),
                more <= MOST_MORE_MS && share <= MOST_MORE,
                "A way over another host can be shorter than the direct one, in measured round trips as in these, and whoever knows them all finds such hosts. The paper's prototype had iPlane's predictions."));
        Distribution over = new Distribution(array(chosen));
        claims.add(new Experiment.Claim(
                "Section 4.1: ten suitable mailboxes are found which do not significantly affect latency",
                "half of the pairs: at most 20 % more", spread(over), over.quantile(0.5) <= MOST_MORE, ""));
        claims.add(
                new Experiment.Claim("", "nine of ten pairs: the same", spread(over), over.quantile(0.9) <= MOST_MORE,
                        "Between hosts near to each other any detour is long beside the way."));
        Distribution lot = new Distribution(array(byLot));
        claims.add(new Experiment.Claim("Section 3.2.2: mailboxes chosen that are only slight detours",
                "the choice matters: ten drawn by lot cost half of the pairs more than 20 %", spread(lot),
                lot.quantile(0.5) > MOST_MORE,
                "A session draws its set from the service's list and weighs it by delivery alone: the choice is the list's."));
        claims.add(density());
        return claims;
    }

    private static String spread(Distribution of) {
        return String.format(Locale.ROOT, "times %.2f in the middle, %.2f for the ninth tenth", of.quantile(0.5),
                of.quantile(0.9));
    }

    /** Of the ways alone. */
    private Experiment.Claim density() {
        SeededRandom own = new SeededRandom(setup.seed() ^ SPARSE.length).split();
        double[] more = new double[SPARSE.length];
        for (int i = 0; i < COMPUTED_PAIRS; i++) {
            Scene.Pair of = scene.drawn(own);
            for (int j = 0; j < SPARSE.length; j++) {
                int[] least = scene.detours.least(of.client(), of.service(), SPARSE[j]);
                more[j] += (scene.detours.meanMs(of.client(), of.service(), least)
                        - scene.rtt.ms(of.client(), of.service())) / COMPUTED_PAIRS;
            }
        }
        return new Experiment.Claim("Section 4.1: a denser deployment of mailboxes should improve this significantly",
                "four times as many to choose from: at least a third less is added, each time (computed)",
                String.format(Locale.ROOT, "%.1f ms more with one of 16 hosts, %.1f with one of 4, %.1f with all",
                        more[0],
                        more[1], more[2]),
                more[1] <= more[0] * 2 / 3 && more[2] <= more[1] * 2 / 3, "");
    }

    private String chart() {
        Chart chart = new Chart("Round trips of one pair",
                Axis.linear("ms", 0, 300, new Axis.Tick(0, "0"), new Axis.Tick(50, "50"), new Axis.Tick(100, "100"),
                        new Axis.Tick(150, "150"), new Axis.Tick(200, "200"), new Axis.Tick(250, "250"),
                        new Axis.Tick(300, "300")),
                Axis.share("share of packets at most that"));
        Distribution udp = new Distribution(udpMs);
        chart.reference("UDP", udp.values(), Distribution.shares());
        chart.line(0, "through ten mailboxes", new Distribution(overlayMs).values(), Distribution.shares());
        return chart.svg(0.6, true);
    }

    private String pairsChart() {
        Chart chart = new Chart(chosen.size() + " pairs of hosts",
                Axis.logarithmic("mean round trip, times that of UDP", 0.5, 10, new Axis.Tick(0.5, "0.5"),
                        new Axis.Tick(1, "1"), new Axis.Tick(1.2, "1.2"), new Axis.Tick(2, "2"), new Axis.Tick(5, "5"),
                        new Axis.Tick(10, "10")),
                Axis.share("share of pairs at most that"));
        chart.line(0, "ten mailboxes of least detour", new Distribution(array(chosen)).values(),
                Distribution.shares());
        chart.line(1, "ten by lot", new Distribution(array(byLot)).values(), Distribution.shares());
        return chart.svg(0.6, true);
    }

    private List<String> facts() {
        List<String> facts = new ArrayList<>(List.of(scene.words(), Loss.lossWords(setup),
                String.format(Locale.ROOT,
                        "sample pair: hosts %d and %d (%.1f ms), %d datagrams there and back; %d pairs by lot, %d datagrams each; 25 a second of 800 bytes",
                        pair.client(), pair.service(), scene.rtt.ms(pair.client(), pair.service()), SAMPLE_PROBES,
                        setup.pairs(), PROBES),
                "client, service, mailboxes and the ring node beside the service are the real machines; UDP goes the direct way at the same time",
                "mailboxes: the ten hosts of least detour, each at a site of its own (2 ms), none at the ends; half a round trip each way; no queues"));
        if (closed > 0)
            facts.add(closed + " pairs left out: no session after a minute, or nothing came back");
        return facts;
    }
}
