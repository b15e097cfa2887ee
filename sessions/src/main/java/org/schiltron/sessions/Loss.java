package org.schiltron.sessions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Distribution;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/** What is lost on the way over mailboxes beside plain UDP (Phalanx, section 4.1 and figure 4). */
final class Loss {
    private static final int PROBES = 1_000;
    /** What "close to constant" may stand for: the largest factor over the least. */
    private static final double CLOSE = 2;
    /** A packet is put, asked for and handed on. */
    private static final double TIMES_SENT = 3;

    private final Setup setup;
    private final Scene scene;
    private final List<Probes.Outcome> outcomes = new ArrayList<>();
    private final List<List<Object>> rows = new ArrayList<>();
    private int closed;

    private Loss(Setup setup) throws IOException {
        this.setup = setup;
        scene = setup.scene();
        SeededRandom random = new SeededRandom(setup.seed()).split();
        for (int i = 0; i < setup.pairs(); i++) {
            Scene.Pair pair = scene.drawn(random);
            Overlay overlay = scene.opened(pair, scene.detours.least(pair.client(), pair.service()), i);
            if (overlay == null) {
                closed++;
                continue;
            }
            Probes.Outcome outcome = new Probes(overlay, PROBES, false).run();
            outcomes.add(outcome);
            rows.add(List.of(pair.client(), pair.service(), scene.rtt.ms(pair.client(), pair.service()),
                    outcome.udp().loss(), outcome.packetLoss(), outcome.overlay().loss()));
        }
    }

    static Experiment run(Setup setup) throws IOException {
        return new Loss(setup).experiment();
    }

    private double mean(ToDoubleFunction<Probes.Outcome> of) {
        return outcomes.stream().mapToDouble(of).sum() / outcomes.size();
    }

    private Distribution distribution(ToDoubleFunction<Probes.Outcome> of) {
        return new Distribution(outcomes.stream().mapToDouble(of).toArray());
    }

    private Experiment experiment() {
        if (outcomes.isEmpty())
            throw new IllegalArgumentException("loss " + setup.loss() + ": no pair has a session after a minute");
        Table pairs = new Table("Share lost", List.of("client", "service", "direct_ms", "udp", "packets", "datagrams"),
                rows);
        Distribution datagrams = distribution(outcome -> outcome.overlay().loss());
        List<List<Object>> quantiles = new ArrayList<>();
        for (int percent = 5; percent <= 100; percent += 5)
            quantiles.add(List.of(percent / 100.0, udp().quantile(percent / 100.0),
                    packets().quantile(percent / 100.0), datagrams.quantile(percent / 100.0)));
        List<String> columns = List.of("share", "udp", "packets", "datagrams");
        Table means = new Table("In the mean over pairs", columns, List.of(List.of("mean",
                mean(outcome -> outcome.udp().loss()), mean(Probes.Outcome::packetLoss),
                mean(outcome -> outcome.overlay().loss()))));
        return new Experiment("fig4", "Phalanx, figure 4: loss through the overlay beside plain UDP", facts(), claims(),
                List.of(new Table("Share lost, by share of pairs", columns, quantiles), means, pairs),
                List.of(new Experiment.Named("fig4", chart())));
    }

    private Distribution udp() {
        return distribution(outcome -> outcome.udp().loss());
    }

    private Distribution packets() {
        return distribution(Probes.Outcome::packetLoss);
    }

    /** Of the pairs in order of their loss, the mean of one quarter, from 0. */
    private double quarterMean(int quarter, ToDoubleFunction<Probes.Outcome> of) {
        double[] sorted = outcomes.stream().mapToDouble(of).sorted().toArray();
        int from = sorted.length * quarter / 4;
        int to = Math.max(from + 1, sorted.length * (quarter + 1) / 4);
        return Arrays.stream(sorted, from, to).average().orElse(0);
    }

    private List<Experiment.Claim> claims() {
        double plain = mean(outcome -> outcome.udp().loss());
        double over = mean(Probes.Outcome::packetLoss);
        double datagrams = mean(outcome -> outcome.overlay().loss());
        List<Experiment.Claim> claims = new ArrayList<>();
        claims.add(new Experiment.Claim("Section 4.1: Phalanx sees more loss than standard UDP",
                "the session's packets are lost more often, in the mean over pairs",
                String.format(Locale.ROOT, "%.2f %% instead of %.2f %%", 100 * over, 100 * plain), over > plain, ""));
        double least = Double.MAX_VALUE;
        double most = 0;
        List<String> factors = new ArrayList<>();
        for (int quarter = 1; quarter < 4; quarter++) {
            double plainMean = quarterMean(quarter, outcome -> outcome.udp().loss());
            double factor = plainMean == 0
                    ? Double.POSITIVE_INFINITY
                    : quarterMean(quarter, Probes.Outcome::packetLoss) / plainMean;
            least = Math.min(least, factor);
            most = Math.max(most, factor);
            factors.add(String.format(Locale.ROOT, "%.1f", factor));
        }
        claims.add(new Experiment.Claim("Section 4.1: close to a constant factor increase in loss rate",
                "means of the second, third and fourth quarter of either curve: factors within twice of each other",
                "times " + String.join(", ", factors), most <= CLOSE * least,
                "What ten mailboxes lose is a mean and adds much the same to every pair, so that pairs which lose little gain by a large factor and pairs which lose much by a small one. Depends on how loss is assumed to be spread over hosts."));
        claims.add(new Experiment.Claim("Section 4.1: it takes multiple packets sent and received to deliver one",
                "at most three times the loss: put, get and data, in the mean",
                String.format(Locale.ROOT, "times %.2f", over / plain), over <= TIMES_SENT * plain,
                "A get stands before its packet comes; one that is lost is repeated after 2 s, often in time."));
        claims.add(new Experiment.Claim("",
                "what a program sends as datagrams is lost no more often than the session's packets",
                String.format(Locale.ROOT, "%.2f %%", 100 * datagrams), datagrams <= over,
                "Packets that go by a mailbox which loses noticeably more than others go again by another."));
        return claims;
    }

    private String chart() {
        Chart chart = new Chart(outcomes.size() + " pairs of hosts",
                Axis.linear("loss", 0, 0.05, new Axis.Tick(0, "0"), new Axis.Tick(0.01, "1 %"),
                        new Axis.Tick(0.02, "2 %"), new Axis.Tick(0.03, "3 %"), new Axis.Tick(0.04, "4 %"),
                        new Axis.Tick(0.05, "5 % or more")),
                Axis.share("share of pairs at most that"));
        chart.reference("UDP", udp().values(), Distribution.shares());
        chart.line(0, "the session's packets", packets().values(), Distribution.shares());
        chart.line(1, "a program's datagrams", distribution(outcome -> outcome.overlay().loss()).values(),
                Distribution.shares());
        return chart.svg(0.6, true);
    }

    /** What is assumed to be lost. */
    static String lossWords(Setup setup) {
        return String.format(Locale.ROOT,
                "loss: %.2f %% one way in the mean, six parts of seven at the hosts, one on the path, lognormal over both; in bursts of 100 ms in which 70 %% is lost",
                100 * setup.loss());
    }

    private List<String> facts() {
        List<String> facts = new ArrayList<>(List.of(scene.words(), lossWords(setup),
                String.format(Locale.ROOT,
                        "%d pairs by lot; %d datagrams of 800 bytes, 25 a second, from client to service, once as UDP and once through the session, at the same time",
                        setup.pairs(), PROBES),
                "packets: those that the session put at mailboxes, whatever they carried, copies counted; datagrams: what the program sent, each once",
                "client, service, ten mailboxes of least detour and the ring node beside the service are the real machines"));
        if (closed > 0)
            facts.add(closed + " pairs left out: no session after a minute");
        return facts;
    }
}
