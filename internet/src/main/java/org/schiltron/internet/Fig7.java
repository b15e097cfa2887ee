package org.schiltron.internet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Distribution;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/**
 * Figure 7 of the paper: millions of bots flood all mailboxes alike; what does each mailbox lose? And from the same runs
 * figure 8: connections over many mailboxes beside connections over one path.
 */
final class Fig7 {
    private static final double MAILBOX_BITS = 100e6;
    private static final double SERVER_BITS = 200e6;
    private static final double GOOD_BITS = 160e6;
    /** Of the largest number of bots. */
    private static final double[] PARTS = {0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 1};

    private final Setup setup;
    private final World world;
    private final Mailboxes mailboxes;
    private final long[] bots = new long[PARTS.length];
    private final Siege.Result[] results = new Siege.Result[PARTS.length];
    private final double[] sentBits = new double[PARTS.length];
    private final int server;
    private final int[] region;

    private Fig7(Setup setup, Progress progress) throws IOException {
        this.setup = setup;
        Scene scene = Scene.of(setup, progress);
        world = scene.world();
        server = scene.server();
        mailboxes = scene.mailboxes();
        region = Region.largestAdjacent(world.graph(), server, setup.rings());
        Siege siege = new Siege(scene, Capacities.PAPER, MAILBOX_BITS, SERVER_BITS, GOOD_BITS, 0);
        boolean[] ringed = Region.mask(world.graph(), region, setup.rings());
        for (int i = 0; i < PARTS.length; i++) {
            progress.at("bots", (double) i / PARTS.length);
            bots[i] = Math.round(PARTS[i] * setup.bots());
            Botnet botnet = Botnet.of(world, bots[i], setup.mailboxes(), setup.seed());
            sentBits[i] = botnet.total();
            results[i] = siege.against(botnet, ringed, _ -> {
            });
        }
    }

    static Experiment run(Setup setup, Progress progress) throws IOException {
        return new Fig7(setup, progress).experiment();
    }

    private Experiment experiment() {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < PARTS.length; i++) {
            double[] arrives = results[i].arrives();
            Distribution loss = loss(i);
            rows.add(List.of(bots[i], sentBits[i] / 1e12, arriving(i) / 1e12, loss.quantile(0.1), loss.quantile(0.5),
                    loss.quantile(0.9), 1 - results[i].mean(), results[i].within(Copies.acceptableLossOfOne()),
                    Copies.multipath(arrives, setup.seed()), Copies.singlePath(arrives),
                    Copies.singlePathAgainstCounting(arriving(i), MAILBOX_BITS, mailboxes.count()),
                    results[i].loads().congested(), results[i].loads().rounds()));
        }
        Table table = new Table("Loss of mailboxes against bots", List.of("bots", "sent_tbit_s", "arriving_tbit_s",
                "loss_p10", "loss_p50", "loss_p90", "loss_mean", "mailboxes_within_31_percent", "multipath_acceptable",
                "single_path_acceptable", "single_path_counting_attacker", "full_links", "rounds"), rows);
        return new Experiment("fig7", "Phalanx, figures 7 and 8: loss of mailboxes under millions of bots", facts(),
                claims(), List.of(table), List.of(chart(), connections()));
    }

    private Distribution loss(int i) {
        return new Distribution(Arrays.stream(results[i].arrives()).map(share -> 1 - share).toArray());
    }

    private double arriving(int i) {
        return Arrays.stream(results[i].flood()).sum();
    }

    private Experiment.Named chart() {
        Chart chart = new Chart("Loss of mailboxes of 100 Mbit/s", Axis.share("share of packets lost"),
                Axis.share("mailboxes that lose at most that share"));
        for (int i = 0; i < PARTS.length; i++)
            chart.line(i, count(bots[i]) + " bots", loss(i).values(), Distribution.shares());
        return new Experiment.Named("fig7", chart.svg(0.12, true));
    }

    private Experiment.Named connections() {
        double most = Math.max(1, bots[PARTS.length - 1]);
        List<Axis.Tick> ticks = new ArrayList<>();
        for (double part : PARTS)
            ticks.add(new Axis.Tick(part * most, count(Math.round(part * most))));
        ticks.remove(1);
        double[] xs = Arrays.stream(bots).asDoubleStream().toArray();
        Chart chart = new Chart("Connections that lose less than 3 % of what they send three times",
                Axis.linear("bots", 0, most, ticks.toArray(Axis.Tick[]::new)), Axis.share("connections"));
        double[][] ys = new double[3][PARTS.length];
        for (int i = 0; i < PARTS.length; i++) {
            ys[0][i] = Copies.multipath(results[i].arrives(), setup.seed());
            ys[1][i] = Copies.singlePath(results[i].arrives());
            ys[2][i] = Copies.singlePathAgainstCounting(arriving(i), MAILBOX_BITS, mailboxes.count());
        }
        chart.line(0, "over " + Copies.SET + " mailboxes each", xs, ys[0]);
        chart.line(1, "over one path each", xs, ys[1]);
        chart.line(2, "over one path each, attacker who counts", xs, ys[2]);
        return new Experiment.Named("fig8", chart.svg(0.42, false));
    }

    private static String count(long bots) {
        if (bots >= 1_000_000)
            return String.format(Locale.ROOT, bots % 1_000_000 == 0 ? "%.0f million" : "%.2f million", bots / 1e6);
        return String.format(Locale.ROOT, "%,d", bots);
    }

    private List<Experiment.Claim> claims() {
        int eighth = 2;
        int half = 4;
        int most = PARTS.length - 1;
        double one = loss(eighth).quantile(0.5);
        List<Experiment.Claim> claims = new ArrayList<>();
        claims.add(new Experiment.Claim("Most connections easily withstand one million bots",
                "at " + count(bots[eighth])
                        + ": half of the mailboxes lose at most 31 %, which three copies make up for",
                "median loss " + percent(one) + "; " + percent(results[eighth].within(Copies.acceptableLossOfOne()))
                        + " of mailboxes within",
                one <= Copies.acceptableLossOfOne(), ""));
        double through = results[half].mean();
        claims.add(new Experiment.Claim("Some, though severely degraded, communication with four million",
                "at " + count(bots[half]) + ": 1 % to 50 % of packets come through in the mean",
                percent(through) + " come through", through >= 0.01 && through <= 0.5,
                through > 0.5 ? "fewer bots reach the mailboxes than their links carry" : ""));
        double many = Copies.multipath(results[eighth].arrives(), setup.seed());
        double single = Copies.singlePath(results[eighth].arrives());
        double counting = Copies.singlePathAgainstCounting(arriving(eighth), MAILBOX_BITS, mailboxes.count());
        claims.add(new Experiment.Claim(
                "Figure 8: almost all connections acceptable under one million bots over many mailboxes",
                "at " + count(bots[eighth]) + ": 95 % of connections below 3 % loss with three copies", percent(many),
                many >= 0.95, ""));
        claims.add(new Experiment.Claim("Figure 8: over a single path some always endure high loss",
                "at " + count(bots[eighth]) + ": fewer acceptable than over many",
                percent(single) + "; against an attacker who counts " + percent(counting), single < many,
                "Bots spread by lot load all paths nearly alike; the difference is the attacker who counts."));
        claims.add(
                new Experiment.Claim("", "more bots never help: mean loss grows with every step", Arrays.stream(results)
                        .map(result -> percent(1 - result.mean())).toList().toString(), grows(), ""));
        claims.add(new Experiment.Claim("", "every link's loss settled",
                "at " + count(bots[most]) + ": " + results[most].loads().rounds() + " rounds, "
                        + results[most].loads().congested() + " full links, last change "
                        + String.format(Locale.ROOT, "%.1e", results[most].loads().change()),
                true, ""));
        return claims;
    }

    private boolean grows() {
        for (int i = 1; i < results.length; i++)
            if (results[i].mean() > results[i - 1].mean() + 1e-9)
                return false;
        return true;
    }

    private List<String> facts() {
        List<String> facts = new ArrayList<>(world.sources());
        facts.add("seed " + setup.seed() + "; server in AS" + world.graph().asn(server) + ", rings in " + region.length
                + " ASes, the largest adjacent first");
        facts.add(mailboxes.count() + " mailboxes of 100 Mbit/s in " + mailboxes.ases().length
                + " ASes; 1,000 clients of 160 kbit/s; each bot floods one mailbox, drawn by lot");
        facts.add("links between ASes, category " + Capacities.PAPER.name() + ": " + Capacities.PAPER.words());
        facts.add(
                "a packet is lost when its request does not reach the mailbox or it does not reach the server; clients "
                        + "reach their mailboxes unmolested, as in the paper");
        return facts;
    }

    private static String percent(double share) {
        return Experiment.percent(share);
    }
}
