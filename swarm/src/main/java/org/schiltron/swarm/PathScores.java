package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well each mailbox delivers to one receiver, and the weights that follow (Phalanx 3.5).
 *
 * <p>Only authentic packets raise a score; a missing one lowers it four times as fast as an arrival raises it, and a
 * congestion mark lowers it a little. Weight is the square of the score with a floor, so that the bad are still
 * probed, and with caps: no mailbox carries more than {@value #MAX_SHARES} even shares, and where the set spans enough
 * prefixes none of them more than half. An attacker who floods all others' mailboxes therefore does not get the traffic
 * onto his own.
 */
final class PathScores {
    static final int MAX_SHARES = 3;
    private static final double FALL = 0.25;
    private static final double RISE = 1.0 / 16;
    private static final double MARK = 1.0 / 32;
    /** Of a mailbox that comes into the set later: it has yet to show that it is no worse than what it replaces. */
    private static final double NEWCOMER = 0.7;
    /** From one look to the next, a mailbox that is not asked is forgiven so much of what it lost. */
    private static final double FORGIVEN = 1.0 / 64;
    private static final int REMEMBERED = 2 * MailboxSet.MAX_SIZE;
    private static final int FLOOR_WEIGHT = 3;
    private static final int ENOUGH_PREFIXES = 4;

    static final class Score {
        final int member;
        double delivery = NEWCOMER;
        int received; // since the last call of resetCounts
        int lost;
        int lostInARow;

        Score(int member) {
            this.member = member;
        }

        double lossShare() {
            return received + lost == 0 ? 0 : (double) lost / (received + lost);
        }
    }

    private final List<Score> scores = new ArrayList<>();

    /** The first set: all are trusted alike. */
    void begin(MailboxSet set) {
        for (int i = 0; i < set.size(); i++)
            of(set.member(i)).delivery = 1;
    }

    Score of(int member) {
        for (int i = 0; i < scores.size(); i++)
            if (scores.get(i).member == member)
                return scores.get(i);
        Score score = new Score(member);
        scores.add(score);
        return score;
    }

    /** Unknown, or delivers most of what it is asked for, here and in other sessions. */
    boolean isGood(long nowNs, int member, MailboxDirectory directory) {
        MailboxLink link = directory.get(member);
        double delivery = link == null ? 0 : 1 - link.loss(nowNs);
        for (int i = 0; i < scores.size(); i++)
            if (scores.get(i).member == member)
                delivery = Math.min(delivery, scores.get(i).delivery);
        return delivery >= NEWCOMER / 2;
    }

    void onReceived(int member, boolean congested) {
        Score score = of(member);
        score.received++;
        score.lostInARow = 0;
        score.delivery += RISE * (1 - score.delivery);
        if (congested)
            score.delivery -= MARK * score.delivery;
    }

    void onLost(int member) {
        Score score = of(member);
        score.lost++;
        score.lostInARow++;
        score.delivery -= FALL * score.delivery;
    }

    void resetCounts() {
        for (Score score : scores) {
            if (score.received + score.lost == 0)
                score.delivery += FORGIVEN * (1 - score.delivery);
            score.received = 0;
            score.lost = 0;
        }
    }

    /** Share of packets lost since the counts were reset. */
    double loss() {
        int received = 0;
        int lost = 0;
        for (Score score : scores) {
            received += score.received;
            lost += score.lost;
        }
        return received + lost == 0 ? 0 : (double) lost / (received + lost);
    }

    int samples() {
        int samples = 0;
        for (Score score : scores)
            samples += score.received + score.lost;
        return samples;
    }

    /**
     * The loss that a quarter of the mailboxes stay below: high only if even the best lose, which is the mark of a
     * congested access link and not of an attack on some mailboxes.
     */
    double bestQuartileLoss() {
        double[] losses = new double[scores.size()];
        int count = 0;
        for (Score score : scores)
            if (score.received + score.lost >= 4)
                losses[count++] = score.lossShare();
        if (count == 0)
            return 0;
        Arrays.sort(losses, 0, count);
        return losses[count / 4];
    }

    /** Remembers at most {@value #REMEMBERED}: beyond, those that are not in {@code set} are forgotten. */
    void trim(MailboxSet set) {
        if (scores.size() > REMEMBERED)
            scores.removeIf(score -> set.position(score.member) < 0);
    }

    /** Weights for these members, capped. */
    int[] weights(long nowNs, int[] members, MailboxDirectory directory) {
        double[] wanted = new double[members.length];
        for (int i = 0; i < members.length; i++) {
            MailboxLink link = directory.get(members[i]);
            boolean dead = link == null || link.unreachable();
            double delivery = Math.min(of(members[i]).delivery, link == null ? 0 : 1 - link.loss(nowNs));
            wanted[i] = dead ? FLOOR_WEIGHT : Math.max(FLOOR_WEIGHT, MailboxSet.MAX_WEIGHT * delivery * delivery);
        }
        cap(wanted, members, directory);
        int[] weights = new int[members.length];
        for (int i = 0; i < members.length; i++) {
            weights[i] = Math.max(1, Math.min(MailboxSet.MAX_WEIGHT, (int) Math.round(wanted[i])));
        }
        return weights;
    }

    private static void cap(double[] wanted, int[] members, MailboxDirectory directory) {
        int count = members.length;
        long[] prefixes = new long[count];
        for (int i = 0; i < count; i++) {
            MailboxLink link = directory.get(members[i]);
            prefixes[i] = link == null ? -1 - i : link.address.prefix();
        }
        boolean spread = Arrays.stream(prefixes).distinct().count() >= ENOUGH_PREFIXES;
        for (int round = 0; round < 4; round++) { // lowering one lowers the total: a few rounds come close enough
            double total = Arrays.stream(wanted).sum();
            double most = total * Math.min(1, (double) MAX_SHARES / count);
            for (int i = 0; i < count; i++)
                wanted[i] = Math.min(wanted[i], most);
            for (int i = 0; spread && i < count; i++) {
                double group = 0;
                for (int j = 0; j < count; j++)
                    if (prefixes[j] == prefixes[i])
                        group += wanted[j];
                if (group > total / 2)
                    wanted[i] *= total / 2 / group;
            }
        }
    }
}
