package org.schiltron.internet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/**
 * An operator's question: how many mailboxes of what uplink, rings in how many networks, and what traffic a month? Answered
 * by the model of the figures: the botnet floods all mailboxes, and separately the service's own address.
 */
public final class Size {
    private static final double[] LINK_GBITS = {0.1, 1, 10, 25, 100};
    private static final int MOST_RINGS = 32;
    /** Uplinks are drawn for so many; their mean says how many bots the attack takes. */
    private static final long SAMPLE = 200_000;
    private static final long A_FEW = 100;
    private static final double SECONDS = 3_600;

    private final Setup setup;
    private final SizeQuestion question;
    private final Progress progress;
    private final Scene scene;
    private final Botnet botnet;
    private final long bots;

    private Size(Setup setup, SizeQuestion question, Progress progress) throws IOException {
        this.setup = setup;
        this.question = question;
        this.progress = progress;
        scene = Scene.of(setup, progress);
        Botnet drawn = Botnet.of(scene.world(), SAMPLE, setup.mailboxes(), setup.seed());
        bots = Math.round(question.attackBits() / (drawn.total() / SAMPLE));
        botnet = drawn.scaledTo(question.attackBits());
    }

    /**
     * @throws BadDataException         with file, line and reason
     * @throws IllegalArgumentException when the setup does not fit the graph
     * @throws NotConvergedException    when the loss on the links does not settle
     */
    public static Experiment run(Setup setup, SizeQuestion question, Progress progress) throws IOException {
        return new Size(setup, question, progress).answer();
    }

    /** @param needed mailboxes; negative: no number does */
    private record Choice(double gbits, int copies, long needed) {
        String words() {
            return String.format(Locale.ROOT, "%,d mailboxes of %s Gbit/s with %s", needed, number(gbits),
                    copies == 1 ? "one copy of each packet" : copies + " copies of each packet");
        }
    }

    private Experiment answer() {
        progress.at("mailboxes flooded", -1);
        Siege siege = new Siege(scene, Capacities.TODAY, 1e9, question.linkBits(), question.trafficBits(), 0);
        Siege.Result flooded = siege.against(botnet, scene.ringed(0), _ -> {
        });
        Sizing attack = Sizing.of(siege, flooded);
        List<Choice> choices = new ArrayList<>();
        for (double gbits : LINK_GBITS)
            for (int copies = 1; copies <= Copies.COPIES; copies++)
                choices.add(new Choice(gbits, copies, needed(attack, gbits, copies)));
        List<List<Object>> ringRows = new ArrayList<>();
        int rings = rings(ringRows);
        return new Experiment("size", title(choices, rings), facts(attack), List.of(),
                List.of(mailboxes(choices), new Table("When the botnet floods the service's own address", List.of(
                        "networks_with_rings", "last_to_join", "packets_that_arrive", "dropped_by_rings_gbit_s"),
                        ringRows)),
                List.of(chart(attack)));
    }

    private long needed(Sizing attack, double gbits, int copies) {
        double own = copies * question.trafficBits() * (1 + Siege.REQUEST_SHARE);
        long needed = attack.with(own).needed(gbits * 1e9, copies, question.loss());
        return needed < 0 ? -1 : Math.max(needed, Copies.SET);
    }

    private Table mailboxes(List<Choice> choices) {
        List<List<Object>> rows = new ArrayList<>();
        for (Choice choice : choices) {
            double calm = monthly(SizeQuestion.HOURS - question.attackHours(), 1);
            double under = monthly(question.attackHours(), choice.copies);
            boolean none = choice.needed < 0;
            rows.add(List.of(choice.gbits, choice.copies, none ? "none suffices" : choice.needed,
                    none ? "" : (calm + under) / choice.needed, none ? "" : calm + under,
                    none ? "" : question.attackBits() * question.attackHours() * SECONDS / 8 / 1e12 / choice.needed));
        }
        return new Table("Mailboxes for at most " + Experiment.percent(question.loss()) + " loss",
                List.of("mailbox_gbit_s", "copies", "mailboxes", "sent_tb_month_each", "sent_tb_month_all",
                        "attack_tb_month_each"),
                rows);
    }

    /** TB that all mailboxes send in so many hours: each packet once, each request once. */
    private double monthly(double hours, int copies) {
        return question.trafficBits() * copies * (1 + Siege.REQUEST_SHARE) * hours * SECONDS / 8 / 1e12;
    }

    /** The fewest networks with rings, -1 when {@value #MOST_RINGS} are not enough. */
    private int rings(List<List<Object>> rows) {
        AsGraph graph = scene.world().graph();
        int[] joined = Region.busiestAdjacent(graph, scene.ways().toServer(), botnet.rates(), MOST_RINGS);
        // Their own links are of no matter here.
        Siege siege = new Siege(scene, Capacities.TODAY, 1e15, question.linkBits(), question.trafficBits(), 1);
        for (int rings = 0; rings <= joined.length; rings++) {
            progress.at("rings", (double) rings / joined.length);
            Siege.Result result = siege.against(botnet, Region.mask(graph, joined, rings), _ -> {
            });
            rows.add(List.of(rings, rings == 0 ? "" : "AS" + graph.asn(joined[rings - 1]), result.mean(),
                    Arrays.stream(result.loads().filtered()).sum() / 1e9));
            if (result.mean() >= 1 - question.loss())
                return rings;
        }
        return -1;
    }

    /** The fewest copies, then the slowest uplink, that a hundred mailboxes do with; where none do, the fewest mailboxes. */
    private static Optional<Choice> suggested(List<Choice> choices) {
        List<Choice> sufficient = choices.stream().filter(choice -> choice.needed >= 0).toList();
        return sufficient.stream().filter(choice -> choice.gbits >= 1 && choice.needed <= A_FEW)
                .min(Comparator.comparingInt(Choice::copies).thenComparingDouble(Choice::gbits))
                .or(() -> sufficient.stream().min(Comparator.comparingLong(Choice::needed)));
    }

    private String title(List<Choice> choices, int rings) {
        return bits(question.attackBits()) + " against " + bits(question.trafficBits()) + " of clients: "
                + suggested(choices).map(Choice::words).orElse("no number of mailboxes suffices") + "; "
                + (rings < 0
                        ? "rings in " + MOST_RINGS + " networks are not enough"
                        : rings == 0 ? "no rings" : "rings in " + rings + (rings == 1 ? " network" : " networks"));
    }

    private List<String> facts(Sizing attack) {
        List<String> facts = new ArrayList<>();
        facts.add(String.format(Locale.ROOT, "the attack: %,d bots of %.2f Mbit/s in the mean; %s of it reach the "
                + "mailboxes' own links, the rest is lost on links between ASes", bots,
                question.attackBits() / bots / 1e6, bits(Arrays.stream(attack.arriving()).sum())));
        facts.add("the clients: " + bits(question.trafficBits()) + ", both directions together; a request of a tenth "
                + "for each packet; the service's link has " + bits(question.linkBits()));
        facts.add("copies are sent while the attack lasts, " + number(question.attackHours())
                + " hours a month; never fewer than " + Copies.SET
                + " mailboxes: a session spreads over so many");
        facts.add(
                "rings: the service's own network first, then each time the neighbour that brings most of the attack; "
                        + "what arrives is the mean over all mailboxes");
        facts.add("links between ASes, category " + Capacities.TODAY.name() + ": " + Capacities.TODAY.words()
                + "; mailboxes in " + scene.mailboxes().ases().length + " ASes, in proportion to where hosts are");
        facts.add("seed " + setup.seed() + "; service in AS" + scene.world().graph().asn(scene.server()));
        facts.addAll(scene.world().sources());
        return facts;
    }

    private Experiment.Named chart(Sizing attack) {
        Chart chart = new Chart("Mean loss of one copy at " + bits(question.attackBits()),
                Axis.logarithmic("mailboxes", 10, 1e5, new Axis.Tick(10, "10"), new Axis.Tick(100, "100"),
                        new Axis.Tick(1_000, "1,000"), new Axis.Tick(10_000, "10,000"), new Axis.Tick(1e5, "100,000")),
                Axis.share("packets lost"));
        Sizing one = attack.with(question.trafficBits() * (1 + Siege.REQUEST_SHARE));
        for (int i = 0; i < LINK_GBITS.length; i++)
            one.curve(chart, i, LINK_GBITS[i], 1, 5);
        return new Experiment.Named("size", chart.svg(0.72, false));
    }

    private static String bits(double bits) {
        return bits >= 1e12
                ? number(bits / 1e12) + " Tbit/s"
                : bits >= 1e9
                        ? number(bits / 1e9) + " Gbit/s"
                        : bits >= 1e6 ? number(bits / 1e6) + " Mbit/s" : number(bits / 1e3) + " kbit/s";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : value < 10 ? "%.2f" : "%.1f", value);
    }
}
