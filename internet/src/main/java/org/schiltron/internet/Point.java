package org.schiltron.internet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Distribution;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/** One number of bots, mailboxes and rings: all bots at the mailboxes, and all bots at the server. */
final class Point {
    private static final double MAILBOX_BITS = 100e6;
    private static final double SERVER_BITS = 200e6;
    private static final double GOOD_BITS = 160e6;

    private Point() {
    }

    static Experiment run(Setup setup, Progress progress) throws IOException {
        Scene scene = Scene.of(setup, progress);
        World world = scene.world();
        Mailboxes mailboxes = scene.mailboxes();
        Botnet botnet = Botnet.of(world, setup.bots(), setup.mailboxes(), setup.seed());
        boolean[] ringed = scene.ringed(setup.rings());
        List<List<Object>> rows = new ArrayList<>();
        Chart chart = new Chart("Loss of mailboxes of 100 Mbit/s", Axis.share("share of packets lost"),
                Axis.share("mailboxes that lose at most that share"));
        for (double atServer : new double[]{0, 1}) {
            progress.at("loads", atServer / 2);
            Siege siege = new Siege(scene, Capacities.PAPER, MAILBOX_BITS, SERVER_BITS, GOOD_BITS, atServer);
            Siege.Result result = siege.against(botnet, ringed, _ -> {
            });
            double[] lost = java.util.Arrays.stream(result.arrives()).map(share -> 1 - share).toArray();
            Distribution loss = new Distribution(lost);
            String target = atServer == 0 ? "mailboxes" : "server";
            rows.add(List.of(target, botnet.bots(), botnet.total() / 1e12, mailboxes.count(), setup.rings(),
                    result.within(0.001), loss.quantile(0.1), loss.quantile(0.5), loss.quantile(0.9), 1 - result.mean(),
                    result.loads().congested(), result.loads().rounds()));
            chart.line((int) atServer, "all bots at the " + target, loss.values(), Distribution.shares());
        }
        Table table = new Table("Loss of mailboxes", List.of("attacked", "bots", "sent_tbit_s", "mailboxes", "rings",
                "lossless_share", "loss_p10", "loss_p50", "loss_p90", "loss_mean", "full_links", "rounds"), rows);
        List<String> facts = new ArrayList<>(world.sources());
        facts.add(String.format(Locale.ROOT,
                "seed %d; server in AS%d; mailboxes of 100 Mbit/s in %d ASes; 1,000 clients of 160 kbit/s",
                setup.seed(), world.graph().asn(scene.server()), mailboxes.ases().length));
        facts.add("links between ASes, category " + Capacities.PAPER.name() + ": " + Capacities.PAPER.words());
        return new Experiment("internet", "Bots against mailboxes", facts, List.of(),
                List.of(table, PathLengths.table(world.graph(), setup.seed(), progress)),
                List.of(new Experiment.Named("internet", chart.svg(0.4, true))));
    }
}
