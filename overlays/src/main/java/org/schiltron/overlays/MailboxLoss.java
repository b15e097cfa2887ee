package org.schiltron.overlays;

/**
 * What good traffic loses at mailboxes that an attack shares with it. Attack and good traffic are offered to M mailboxes with
 * equal links; everything is counted in links: {@code attack} and {@code good} are B / M and G / M. A link drops from the tail,
 * so that all it is offered loses alike.
 */
final class MailboxLoss {
    private MailboxLoss() {
    }

    static double atLink(double offered) {
        return offered <= 1 ? 0 : 1 - 1 / offered;
    }

    /** B / (B + G + M), Phalanx, section 2.3. */
    static double goal(double attack, double good) {
        return attack / (attack + good + 1);
    }

    /** Without mailboxes: all of both at one link that is just wide enough for what is good. */
    static double alone(double attack, double good) {
        return attack / (attack + good);
    }

    /** The attack spread over all mailboxes alike. */
    static double even(double attack, double good) {
        return atLink(attack + good);
    }

    /** All of it at {@code hit} of the mailboxes, over those alike. */
    static double focused(double attack, double good, int hit, int mailboxes) {
        return (double) hit / mailboxes * atLink(attack * mailboxes / hit + good);
    }

    /** At how many mailboxes an attack does most. */
    static int worstFocus(double attack, double good, int mailboxes) {
        int worst = 1;
        for (int hit = 2; hit <= mailboxes; hit++)
            if (focused(attack, good, hit, mailboxes) > focused(attack, good, worst, mailboxes))
                worst = hit;
        return worst;
    }

    /** How many of a connection's {@code set} mailboxes, drawn from all, are among {@code hit}: no more than this with a chance of {@code share}. */
    static int hitInSet(int mailboxes, int hit, int set, double share) {
        double[] chance = new double[set + 1];
        chance[0] = 1;
        for (int drawn = 0; drawn < set; drawn++) {
            for (int j = drawn + 1; j >= 0; j--) {
                double next = (double) Math.max(0, hit - j) / (mailboxes - drawn);
                double from = j == 0 ? 0 : chance[j - 1] * Math.max(0, hit - j + 1) / (mailboxes - drawn);
                chance[j] = chance[j] * (1 - next) + from;
            }
        }
        double sum = chance[0];
        int most = 0;
        while (sum < share && most < set)
            sum += chance[++most];
        return most;
    }
}
