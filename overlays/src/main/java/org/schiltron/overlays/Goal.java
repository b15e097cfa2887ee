package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Distribution;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/**
 * The goal of Phalanx, section 2.3: a connection is degraded by O(B / (B + G + M)) at most. B, G and M are taken as bandwidths:
 * what the bots send, what good clients send, what the mailboxes' links carry.
 */
final class Goal {
    static final int MAILBOXES = 1_000;
    /** A bot sends a hundredth of a mailbox's link. */
    private static final int BOTS_PER_LINK = 100;
    /** Mailboxes of one connection; the paper's prototype has ten. */
    private static final int SET = 10;
    /** Looked at for each placement. */
    private static final int CONNECTIONS = 100;
    /** The loss of the worst connections is that of the best of the worst hundredth. */
    private static final double MOST_CONNECTIONS = 0.99;
    private static final double[] ATTACK = {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
    private static final double[] GOOD = {0.01, 0.1, 0.5, 0.9};
    /** In the chart. */
    private static final int SHOWN = 1;
    /** What "O" may stand for. */
    private static final double FACTOR = 2;

    private final Setup setup;
    private final SeededRandom random;
    private final List<List<Object>> rows = new ArrayList<>();
    /** The worst ratio of what was found to the goal: even, by lot, focused; connections by lot, connections under the focused attack. */
    private final double[] worst = new double[5];
    private final double[][] shown = new double[6][ATTACK.length];

    private Goal(Setup setup) {
        this.setup = setup;
        random = new SeededRandom(setup.seed());
        for (int i = 0; i < ATTACK.length; i++)
            place(i);
    }

    static Experiment run(Setup setup) {
        return new Goal(setup).experiment();
    }

    /** What placements of one attack do to one amount of good traffic. */
    private static final class Drawn {
        final double[] connections;
        double sum;
        double squares;
        private int next;

        Drawn(int trials) {
            connections = new double[trials * CONNECTIONS];
        }

        void add(double[] lost, SeededRandom random) {
            double mean = Arrays.stream(lost).sum() / lost.length;
            sum += mean;
            squares += mean * mean;
            for (int i = 0; i < CONNECTIONS; i++) {
                double own = 0;
                for (int j = 0; j < SET; j++)
                    own += lost[random.nextInt(lost.length)];
                connections[next++] = own / SET;
            }
        }
    }

    private void place(int at) {
        double attack = ATTACK[at];
        Drawn[] drawn = new Drawn[GOOD.length];
        Arrays.setAll(drawn, _ -> new Drawn(setup.trials()));
        int[] bots = new int[MAILBOXES];
        double[] lost = new double[MAILBOXES];
        for (int trial = 0; trial < setup.trials(); trial++) {
            Arrays.fill(bots, 0);
            for (long bot = Math.round(attack * MAILBOXES * BOTS_PER_LINK); bot > 0; bot--)
                bots[random.nextInt(MAILBOXES)]++;
            for (int g = 0; g < GOOD.length; g++) {
                for (int i = 0; i < MAILBOXES; i++)
                    lost[i] = MailboxLoss.atLink((double) bots[i] / BOTS_PER_LINK + GOOD[g]);
                drawn[g].add(lost, random);
            }
        }
        for (int g = 0; g < GOOD.length; g++)
            row(at, g, drawn[g]);
    }

    private void row(int at, int g, Drawn drawn) {
        double attack = ATTACK[at];
        double good = GOOD[g];
        double goal = MailboxLoss.goal(attack, good);
        double even = MailboxLoss.even(attack, good);
        double lot = drawn.sum / setup.trials();
        Interval interval = Interval.ofMean(drawn.sum, drawn.squares, setup.trials());
        double lotWorst = new Distribution(drawn.connections).quantile(MOST_CONNECTIONS);
        int hit = MailboxLoss.worstFocus(attack, good, MAILBOXES);
        double focused = MailboxLoss.focused(attack, good, hit, MAILBOXES);
        double focusedWorst = MailboxLoss.hitInSet(MAILBOXES, hit, SET, MOST_CONNECTIONS) / (double) SET
                * MailboxLoss.atLink(attack * MAILBOXES / hit + good);
        rows.add(List.of(attack, good, goal, MailboxLoss.alone(attack, good), even, lot, interval.low(),
                interval.high(), lotWorst, hit, focused, focusedWorst));
        double[] found = {even, lot, focused, lotWorst, focusedWorst};
        for (int i = 0; i < found.length; i++)
            worst[i] = Math.max(worst[i], found[i] / goal);
        if (g == SHOWN) {
            double[] ys = {goal, MailboxLoss.alone(attack, good), even, lot, focused, focusedWorst};
            for (int i = 0; i < ys.length; i++)
                shown[i][at] = ys[i];
        }
    }

    private Experiment experiment() {
        Table table = new Table("Share of good traffic lost", List.of("attack_over_mailboxes", "good_over_mailboxes",
                "goal", "no_mailboxes", "even", "by_lot", "low", "high", "by_lot_connection_p99", "focused_on",
                "focused", "focused_connection_p99"), rows);
        return new Experiment("goal", "Phalanx, section 2.3: degradation beside B / (B + G + M)", facts(), claims(),
                List.of(table), List.of(new Experiment.Named("goal", chart())));
    }

    private List<Experiment.Claim> claims() {
        List<Experiment.Claim> claims = new ArrayList<>();
        String goal = "Section 2.3: a connection is degraded by O(B / (B + G + M)) at most";
        claims.add(ratio(goal, "bots spread evenly: at most twice that at every point", 0,
                "Whatever the point, as long as G is at most M."));
        claims.add(ratio("", "each bot at a mailbox drawn: the same", 1, ""));
        claims.add(ratio("", "bots that pick the number of mailboxes where they do most: the same", 2, ""));
        claims.add(ratio("", "99 of 100 connections over " + SET + " mailboxes each, bots at mailboxes drawn: the same",
                3, ""));
        claims.add(ratio("", "99 of 100 such connections, bots that pick: the same", 4,
                "However few the bots are, a connection that has one of their few mailboxes among its ten loses up to a tenth. The goal holds for the mean connection, not for each; that sessions turn away from such mailboxes (figure 5) is not counted here."));
        double attack = 1;
        double good = GOOD[SHOWN];
        int hit = MailboxLoss.worstFocus(attack, good, MAILBOXES);
        double lost = MailboxLoss.focused(attack, good, hit, MAILBOXES);
        double alone = MailboxLoss.alone(attack, good);
        claims.add(new Experiment.Claim(
                "Section 2.3: proportional to good and bad nodes in the entire system, not to those at one target",
                "B = M, G = M / 10: even the attacker who picks does less than half of what he does without mailboxes",
                Experiment.percent(lost) + " against " + Experiment.percent(alone), lost < alone / 2, ""));
        return claims;
    }

    private Experiment.Claim ratio(String paper, String condition, int which, String why) {
        return new Experiment.Claim(paper, condition, String.format(Locale.ROOT, "%.2f times at most", worst[which]),
                worst[which] <= FACTOR, why);
    }

    private String chart() {
        Chart chart = new Chart("Good traffic lost, G = M / 10",
                Axis.logarithmic("B / M", ATTACK[0], ATTACK[ATTACK.length - 1], new Axis.Tick(0.01, "0.01"),
                        new Axis.Tick(0.1, "0.1"), new Axis.Tick(1, "1"), new Axis.Tick(10, "10")),
                Axis.share("share of good traffic lost"));
        chart.reference("B / (B + G + M)", ATTACK, shown[0]);
        chart.line(0, "no mailboxes", ATTACK, shown[1]);
        chart.line(1, "bots spread evenly", ATTACK, shown[2]);
        chart.line(2, "bots by lot", ATTACK, shown[3]);
        chart.line(3, "bots that pick", ATTACK, shown[4]);
        chart.line(4, "p99 of connections", ATTACK, shown[5]);
        return chart.svg(0.66, true);
    }

    private List<String> facts() {
        return List.of(
                String.format(Locale.ROOT,
                        "%,d mailboxes with equal links, good traffic over all alike; each bot sends a hundredth of a link; %d placements by lot for each row; seed %d",
                        MAILBOXES, setup.trials(), setup.seed()),
                "a link that is offered more than it carries drops from all alike; mailboxes' links alone: nothing else is full",
                "one copy of each packet, nobody reacts: no retransmission, no turning away from what loses",
                "low and high: 99.9 % interval of the mean by lot; focused_on: mailboxes that bots who agree pick, the number that does most",
                "no_mailboxes: the same bots at one link as wide as the good traffic");
    }
}
