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
    /** For each power of ten; each is a siege. */
    private static final int CHART_POINTS = 3;

    private final Setup setup;
    private final SizeQuestion question;
    private final Progress progress;
    private final Trials trials;
    private final Scene scene;
    private final Botnet botnet;
    private final long bots;

    private Size(Setup setup, SizeQuestion question, Progress progress) throws IOException {
        this.setup = setup;
        this.question = question;
        this.progress = progress;
        World world = setup.world(progress);
        int server = setup.serverNode(world);
        Botnet drawn = Botnet.of(world, SAMPLE, 1, setup.seed());
        bots = Math.max(1, Math.round(question.attackBits() / (drawn.total() / SAMPLE)));
        botnet = drawn.scaledTo(question.attackBits());
        trials = new Trials(setup, question, world, server, botnet, progress);
        scene = trials.spread();
    }

    /**
     * @throws BadDataException         with file, line and reason
     * @throws IllegalArgumentException when the setup does not fit the graph, or the traffic alone its links
     * @throws NotConvergedException    when the loss on the links does not settle
     */
    public static Experiment run(Setup setup, SizeQuestion question, Progress progress) throws IOException {
        return new Size(setup, question, progress).answer();
    }

    /**
     * @param needed     mailboxes; negative: no number does
     * @param attackBits bit/s of it that the link of each carries, in the mean
     */
    private record Choice(double gbits, int copies, long needed, double attackBits) {
        String words() {
            return String.format(Locale.ROOT, "%,d mailboxes of %s Gbit/s with %s", needed, number(gbits),
                    copies == 1 ? "one copy of each packet" : copies + " copies of each packet");
        }
    }

    private Experiment answer() {
        double calm = trials.calm();
        if (calm < 1 - question.loss())
            throw new IllegalArgumentException("traffic: without any attack, " + Experiment.percent(calm) + " of "
                    + bits(question.trafficBits()) + " come through the links between ASes to AS"
                    + scene.world().graph().asn(scene.server()));
        List<Choice> choices = new ArrayList<>();
        for (double gbits : LINK_GBITS)
            for (int copies = 1; copies <= Copies.COPIES; copies++)
                choices.add(choice(gbits, copies));
        List<List<Object>> ringRows = new ArrayList<>();
        int rings = rings(ringRows);
        return new Experiment("size", title(choices, rings), facts(), List.of(),
                List.of(mailboxes(choices), new Table("When the botnet floods the service's own address", List.of(
                        "networks_with_rings", "last_to_join", "packets_that_arrive", "dropped_by_rings_gbit_s"),
                        ringRows)),
                List.of(chart()));
    }

    private Choice choice(double gbits, int copies) {
        long needed = trials.needed(gbits * 1e9, copies);
        return new Choice(gbits, copies, needed,
                needed < 0 ? 0 : trials.flooded(needed, copies).carried(needed, gbits * 1e9) / needed);
    }

    private Table mailboxes(List<Choice> choices) {
        List<List<Object>> rows = new ArrayList<>();
        for (Choice choice : choices) {
            double calm = terabytes(question.trafficBits(), SizeQuestion.HOURS - question.attackHours());
            double under = terabytes(choice.copies * question.trafficBits(), question.attackHours());
            boolean none = choice.needed < 0;
            rows.add(List.of(choice.gbits, choice.copies, none ? "none suffices" : choice.needed,
                    none ? "" : (calm + under) / choice.needed, none ? "" : calm + under,
                    none ? "" : terabytes(choice.attackBits, question.attackHours())));
        }
        return new Table("Mailboxes for at most " + Experiment.percent(question.loss()) + " loss",
                List.of("mailbox_gbit_s", "copies", "mailboxes", "sent_tb_month_each", "sent_tb_month_all",
                        "attack_tb_month_each"),
                rows);
    }

    private static double terabytes(double bitsPerSecond, double hours) {
        return bitsPerSecond * hours * SECONDS / 8 / 1e12;
    }

    /** The fewest networks with rings, -1 when {@value #MOST_RINGS} are not enough. */
    private int rings(List<List<Object>> rows) {
        AsGraph graph = scene.world().graph();
        int[] joined = Region.busiestAdjacent(graph, scene.ways().toServer(), botnet.rates(), MOST_RINGS);
        // Their own links are of no matter here.
        Siege siege = new Siege(scene.ofServerAlone(), Capacities.TODAY, 1e15, question.linkBits(),
                question.trafficBits(), 1);
        Botnet flood = Trials.even(botnet, trials.places());
        for (int rings = 0; rings <= joined.length; rings++) {
            progress.at("rings", (double) rings / joined.length);
            Siege.Result result = siege.against(flood, Region.mask(graph, joined, rings), _ -> {
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
                + suggested(choices).map(Choice::words).orElseGet(this::noneSuffices) + "; "
                + (rings < 0
                        ? "rings in " + MOST_RINGS + " networks are not enough"
                        : rings == 0 ? "no rings" : "rings in " + rings + (rings == 1 ? " network" : " networks"));
    }

    private String noneSuffices() {
        double lost = 1 - trials.passing(Sizing.MOST, 1e9, 1);
        return "no number of mailboxes suffices: the links between ASes and to the service lose "
                + Experiment.percent(lost) + " of single packets";
    }

    private List<String> facts() {
        List<String> facts = new ArrayList<>();
        facts.add(String.format(Locale.ROOT, "the attack: %,d %s of %.2f Mbit/s in the mean; where %,d "
                + "mailboxes are, %s of it reach their own links, the rest is lost on links between ASes", bots,
                bots == 1 ? "bot" : "bots", question.attackBits() / bots / 1e6, trials.places(),
                bits(Arrays.stream(trials.flooded(trials.places(), 1).arriving()).sum())));
        facts.add(String.format(Locale.ROOT, "each number of mailboxes up to %,d was placed and flooded anew, each "
                + "with the same part of the attack; beyond, an AS has its share of them. A number is raised until "
                + "the loss is met, and may be a twentieth too high", trials.places()));
        facts.add("the clients: " + bits(question.trafficBits()) + ", both directions together; a request of a tenth "
                + "for each packet; the service's link has " + bits(question.linkBits())
                + ", and its network's links have no less; they carry all copies");
        facts.add("sent a month: each packet once where it goes on, times its copies; the attack is only received");
        facts.add("copies are sent while the attack lasts, " + number(question.attackHours())
                + " hours a month; never fewer than " + Copies.SET
                + " mailboxes: a session spreads over so many");
        facts.add(
                "rings: the service's own network first, then each time the neighbour that brings most of the attack; "
                        + "what arrives is the mean over all mailboxes");
        facts.add("links between ASes, category " + Capacities.TODAY.name() + ": " + Capacities.TODAY.words()
                + "; " + String.format(Locale.ROOT, "%,d", trials.places()) + " mailboxes would be in "
                + scene.mailboxes().ases().length + " ASes, in proportion to where hosts are");
        facts.add("seed " + setup.seed() + "; service in AS" + scene.world().graph().asn(scene.server()));
        facts.addAll(scene.world().sources());
        return facts;
    }

    private Experiment.Named chart() {
        Chart chart = new Chart("Mean loss of one copy at " + bits(question.attackBits()),
                Axis.logarithmic("mailboxes", 10, 1e5, new Axis.Tick(10, "10"), new Axis.Tick(100, "100"),
                        new Axis.Tick(1_000, "1,000"), new Axis.Tick(10_000, "10,000"), new Axis.Tick(1e5, "100,000")),
                Axis.share("packets lost"));
        double[] xs = new double[4 * CHART_POINTS + 1];
        for (int i = 0; i < xs.length; i++)
            xs[i] = Math.round(StrictMath.pow(10, 1 + (double) i / CHART_POINTS));
        for (int i = 0; i < LINK_GBITS.length; i++) {
            double linkBits = LINK_GBITS[i] * 1e9;
            double[] ys = Arrays.stream(xs).map(x -> 1 - trials.passing((long) x, linkBits, 1)).toArray();
            chart.line(i, (LINK_GBITS[i] < 1 ? "0.1" : Math.round(LINK_GBITS[i])) + " Gbit/s", xs, ys);
        }
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
