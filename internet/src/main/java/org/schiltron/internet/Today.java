package org.schiltron.internet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/**
 * What the paper could not ask: today's bots at 30 Tbit/s, the size of the largest attacks reported in 2025. How many
 * mailboxes of what size does a service need?
 */
final class Today {
    static final double ATTACK_BITS = 30e12;
    /** Uplinks are drawn for so many; their mean says how many bots the attack takes. */
    private static final long SAMPLE = 1_000_000;
    private static final double[] LINK_GBITS = {0.1, 1, 10, 25, 100};
    private static final double SERVER_BITS = 1e9;
    private static final double GOOD_BITS = 160e6;

    private Today() {
    }

    static Experiment run(Setup setup, Progress progress) throws IOException {
        Scene scene = Scene.of(setup, progress);
        World world = scene.world();
        Mailboxes mailboxes = scene.mailboxes();
        Botnet drawn = Botnet.of(world, SAMPLE, setup.mailboxes(), setup.seed());
        Botnet botnet = drawn.scaledTo(ATTACK_BITS);
        boolean[] ringed = scene.ringed(setup.rings());
        List<List<Object>> rows = new ArrayList<>();
        List<Experiment.Claim> claims = new ArrayList<>();
        Chart chart = new Chart("Mean loss of one copy at 30 Tbit/s", Axis.logarithmic("mailboxes", 100, 1e6,
                new Axis.Tick(100, "100"), new Axis.Tick(1_000, "1,000"), new Axis.Tick(10_000, "10,000"),
                new Axis.Tick(100_000, "100,000"), new Axis.Tick(1e6, "1,000,000")), Axis.share("packets lost"));
        double[] factors = {1, 0.5, 2};
        for (double factor : factors) {
            progress.at("links x " + factor, -1);
            Capacities capacities = factor == 1 ? Capacities.TODAY : Capacities.TODAY.times(factor);
            // The access links of this siege do not matter: Sizing takes the flows before them.
            Siege siege = new Siege(scene, capacities, 1e9, SERVER_BITS, GOOD_BITS, 0);
            Siege.Result result = siege.against(botnet, ringed, _ -> {
            });
            Sizing sizing = Sizing.of(siege, result);
            for (int i = 0; i < LINK_GBITS.length; i++) {
                double link = LINK_GBITS[i] * 1e9;
                rows.add(List.of(factor, Arrays.stream(sizing.arriving()).sum() / 1e12, result.loads().congested(),
                        1 - sizing.passing(Sizing.MOST, link), LINK_GBITS[i], words(sizing.needed(link, 1, 0.03)),
                        words(sizing.needed(link, Copies.COPIES, Copies.ACCEPTABLE))));
                if (factor == 1)
                    sizing.curve(chart, i, LINK_GBITS[i], 2, 6);
            }
            if (factor == 1)
                claims.add(claim(sizing));
        }
        Table table = new Table("Mailboxes needed for at most 3 % loss", List.of("links_times", "arriving_tbit_s",
                "full_links", "loss_between_ases", "mailbox_gbit_s", "mailboxes_one_copy", "mailboxes_three_copies"),
                rows);
        List<String> facts = new ArrayList<>(world.sources());
        facts.add(String.format(Locale.ROOT, "30 Tbit/s at the mailboxes: %,d bots of %.2f Mbit/s in the mean",
                Math.round(ATTACK_BITS / (drawn.total() / SAMPLE)), drawn.total() / SAMPLE / 1e6));
        facts.add("seed " + setup.seed() + "; server in AS" + world.graph().asn(scene.server()) + ", " + setup.rings()
                + " ASes with rings; mailboxes in the same " + mailboxes.ases().length
                + " ASes whatever their number: fewer than one an AS count as parts of one");
        facts.add("links between ASes, category " + Capacities.TODAY.name() + ": " + Capacities.TODAY.words()
                + "; the rows with links_times 0.5 and 2 show how much hangs on that");
        return new Experiment("today", "A botnet of 30 Tbit/s today: how many mailboxes?", facts, claims,
                List.of(table),
                List.of(new Experiment.Named("today", chart.svg(0.76, false))));
    }

    private static Experiment.Claim claim(Sizing sizing) {
        long akamai = 15_000;
        double lost = 1 - sizing.passing(akamai, 1e9);
        return new Experiment.Claim(
                "More than 15,000 Akamai nodes with 1 Gbit/s would give another order of magnitude of protection",
                "15,000 mailboxes of 1 Gbit/s at 30 Tbit/s: at most 31 % lost, which three copies make up for",
                Experiment.percent(lost) + " lost", lost <= Copies.acceptableLossOfOne(),
                "Their links add up to 15 Tbit/s, half of what today's largest botnets send.");
    }

    private static Object words(long needed) {
        return needed < 0 ? "none suffices" : needed;
    }
}
