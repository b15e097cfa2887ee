package org.schiltron.internet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Distribution;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/**
 * Figure 6 of the paper: all bots flood the server's address, rings stand in more and more ASes around it; what share of its
 * packets does each mailbox get through to the server?
 */
final class Fig6 {
    private static final int[] RINGS = {0, 1, 2, 4, 8, 16};
    private static final int MOST_RINGS = 16;
    private static final int OTHER_SERVERS = 20;
    private static final double MAILBOX_BITS = 10e6;
    private static final double SERVER_BITS = 200e6;
    private static final double CLIENT_BITS = 160e3;
    private static final int CLIENTS = 1_000;
    /** What counts as lossless. */
    private static final double LOSSLESS = 0.001;
    private static final double VAST_MAJORITY = 0.9;

    private final Setup setup;
    private final Progress progress;
    private final World world;
    private final Mailboxes mailboxes;
    private final Botnet botnet;
    private final boolean[] sends;
    private final int server;
    private final List<List<Object>> rows = new ArrayList<>();

    private Fig6(Setup setup, Progress progress) throws IOException {
        this.setup = setup;
        this.progress = progress;
        world = setup.world(progress);
        botnet = Botnet.of(world, setup.bots(), setup.mailboxes(), setup.seed());
        sends = new boolean[world.graph().size()];
        for (int u = 0; u < sends.length; u++)
            sends[u] = botnet.rates()[u] > 0;
        server = setup.serverNode(world);
        mailboxes = setup.placed(world, server);
    }

    /** How the region grows. */
    private enum Rule {
        LARGEST("largest adjacent AS first"), BUSIEST("adjacent AS that brings most of the attack first");

        private final String words;

        Rule(String words) {
            this.words = words;
        }
    }

    /** One server's results by rings. */
    private record Row(Siege.Result[] results) {
        Siege.Result at(int rings) {
            return results[Arrays.binarySearch(RINGS, rings)];
        }
    }

    static Experiment run(Setup setup, Progress progress) throws IOException {
        return new Fig6(setup, progress).run();
    }

    private Experiment run() {
        int[] others = Setup.stubs(world, OTHER_SERVERS, setup.seed());
        int[] servers = IntStream.concat(IntStream.of(server), Arrays.stream(others)).toArray();
        Ways[] ways = Ways.of(world.graph(), mailboxes, servers, sends, false,
                done -> progress.at("routes", (double) done / mailboxes.ases().length));
        Siege siege = siege(server, ways[0]);
        Row largest = row(siege, Rule.LARGEST);
        Row busiest = row(siege, Rule.BUSIEST);
        double[][] lossless = new double[2][OTHER_SERVERS];
        for (int i = 0; i < OTHER_SERVERS; i++) {
            progress.at("other servers", (double) i / OTHER_SERVERS);
            Siege other = siege(others[i], ways[i + 1]);
            for (Rule rule : List.of(Rule.LARGEST, Rule.BUSIEST))
                lossless[rule == Rule.LARGEST ? 0 : 1][i] = against(other, grown(other, rule), 4).within(LOSSLESS);
        }
        Table points = new Table("Goodput of mailboxes against rings", List.of("rule", "rings", "last_as",
                "lossless_share", "mean_goodput", "goodput_p10", "goodput_p50", "full_links", "rounds"), rows);
        List<List<Object>> otherRows = new ArrayList<>();
        for (int i = 0; i < OTHER_SERVERS; i++)
            otherRows.add(List.of("AS" + world.graph().asn(others[i]), world.graph().providerCount(others[i]),
                    world.graph().peerCount(others[i]), lossless[0][i], lossless[1][i]));
        Table othersTable = new Table(
                "Other servers, stubs with two providers or more: share of mailboxes lossless with 4 ASes",
                List.of("server", "providers", "peers", "largest_adjacent", "most_attack"), otherRows);
        return new Experiment("fig6", "Phalanx, figure 6: goodput of mailboxes as filtering rings are deployed",
                facts(),
                claims(largest, busiest, lossless), List.of(points, othersTable),
                List.of(chart("fig6", Rule.LARGEST, largest), chart("fig6-most-attack", Rule.BUSIEST, busiest)));
    }

    private Siege siege(int node, Ways ways) {
        return new Siege(new Scene(world, node, mailboxes, ways), Capacities.PAPER, MAILBOX_BITS, SERVER_BITS,
                CLIENTS * CLIENT_BITS, 1);
    }

    private int[] grown(Siege siege, Rule rule) {
        return rule == Rule.LARGEST
                ? Region.largestAdjacent(world.graph(), siege.scene().server(), MOST_RINGS)
                : Region.busiestAdjacent(world.graph(), siege.scene().ways().toServer(), botnet.rates(), MOST_RINGS);
    }

    private Siege.Result against(Siege siege, int[] joined, int rings) {
        return siege.against(botnet, Region.mask(world.graph(), joined, rings), _ -> {
        });
    }

    private Row row(Siege siege, Rule rule) {
        int[] joined = grown(siege, rule);
        Siege.Result[] results = new Siege.Result[RINGS.length];
        for (int i = 0; i < RINGS.length; i++) {
            progress.at("rings, " + rule.words, (double) i / RINGS.length);
            results[i] = against(siege, joined, RINGS[i]);
            Distribution goodput = new Distribution(results[i].arrives());
            int last = Math.min(RINGS[i], joined.length) - 1;
            rows.add(List.of(rule.words, RINGS[i], last < 0 ? "" : "AS" + world.graph().asn(joined[last]),
                    results[i].within(LOSSLESS), results[i].mean(), goodput.quantile(0.1), goodput.quantile(0.5),
                    results[i].loads().congested(), results[i].loads().rounds()));
        }
        return new Row(results);
    }

    private static Experiment.Named chart(String name, Rule rule, Row row) {
        Chart chart = new Chart(rule.words, Axis.share("share of packets that reach the server"),
                Axis.share("mailboxes with at most that share"));
        for (int i = 0; i < RINGS.length; i++)
            chart.line(i, RINGS[i] == 1 ? "1 AS" : RINGS[i] + " ASes",
                    new Distribution(row.results[i].arrives()).values(), Distribution.shares());
        return new Experiment.Named(name, chart.svg(0.35, true));
    }

    private List<Experiment.Claim> claims(Row largest, Row busiest, double[][] lossless) {
        List<Experiment.Claim> claims = new ArrayList<>();
        Siege.Result none = largest.at(0);
        Siege.Result one = largest.at(1);
        claims.add(new Experiment.Claim(
                "Rings at the victim's AS alone bring significant relief; some mailboxes see no loss",
                "1 AS: at least twice the mean goodput of none, and some mailboxes lossless",
                "mean goodput " + percent(none.mean()) + " without, " + percent(one.mean()) + " with 1 AS; lossless "
                        + percent(one.within(LOSSLESS)),
                one.mean() >= 2 * none.mean() && one.within(LOSSLESS) > 0,
                "The server's link is spared, but the few links into its AS stay full: its filter is behind them. "
                        + "Mailboxes lose nothing only where their way uses a link that no bots use."));
        double four = largest.at(4).within(LOSSLESS);
        claims.add(majority("4 ASes, the largest adjacent first: the vast majority of mailboxes see no loss", four,
                "Between ASes the victim has " + neighbours()
                        + "; a provider that is smaller than the neighbours of the first one joins late, and until then the link "
                        + "from it to the victim is full."));
        double measured = busiest.at(4).within(LOSSLESS);
        claims.add(majority("The same, when each time the AS joins that brings most of the attack (not in the paper)",
                measured, "Rings that follow the attack cover the ways into the victim before they cover the core."));
        claims.add(new Experiment.Claim("The results are similar for other servers",
                "with 4 ASes more than 90 % of mailboxes lossless for at least half of " + OTHER_SERVERS
                        + " stubs with two providers or more",
                "largest adjacent first: " + over(lossless[0]) + " of " + OTHER_SERVERS + ", most attack first: "
                        + over(lossless[1]) + " of " + OTHER_SERVERS,
                over(lossless[0]) >= OTHER_SERVERS / 2, "See the table of other servers."));
        boolean grows = true;
        for (int i = 1; i < RINGS.length; i++)
            grows &= largest.results[i].mean() >= largest.results[i - 1].mean() - LOSSLESS;
        claims.add(new Experiment.Claim("More deployment helps", "mean goodput never falls as ASes join",
                Arrays.stream(largest.results).map(r -> percent(r.mean())).toList().toString(), grows, ""));
        return claims;
    }

    private static Experiment.Claim majority(String paper, double share, String why) {
        return new Experiment.Claim(paper, "4 ASes: more than 90 % of mailboxes lossless",
                percent(share) + " of mailboxes lossless", share > VAST_MAJORITY, why);
    }

    private static int over(double[] lossless) {
        return (int) Arrays.stream(lossless).filter(share -> share > VAST_MAJORITY).count();
    }

    private String neighbours() {
        return world.graph().providerCount(server) + " providers and " + world.graph().peerCount(server) + " peers";
    }

    private List<String> facts() {
        List<String> facts = new ArrayList<>(world.sources());
        facts.add("seed " + setup.seed() + "; server in AS" + world.graph().asn(server));
        facts.add(String.format(Locale.ROOT,
                "%d bots, %.1f Gbit/s, all at the server's address; %d clients of 160 kbit/s",
                botnet.bots(), botnet.total() / 1e9, CLIENTS));
        facts.add(setup.mailboxes() + " mailboxes of 10 Mbit/s in " + mailboxes.ases().length
                + " ASes; the server's access link has 200 Mbit/s");
        facts.add("links between ASes, category " + Capacities.PAPER.name() + ": " + Capacities.PAPER.words());
        facts.add("lossless: at most 0.1 % lost");
        return facts;
    }

    private static String percent(double share) {
        return Experiment.percent(share);
    }
}
