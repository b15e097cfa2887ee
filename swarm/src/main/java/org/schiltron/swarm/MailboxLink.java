package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;

/**
 * What an endpoint knows of one mailbox: its address and the one or two ways to it. A service assigns ring nodes so that
 * each mailbox learns few of them, and takes a spare when an assigned one fails (DESIGN, swarm 4).
 */
final class MailboxLink extends Timed {
    /** A way that loses so much more than the other is avoided. */
    private static final double BAD_LOSS = 0.3;

    /** Round trips below it are taken for it: what differs by less is no queue. */
    private static final double RTT_GRAIN_NS = 5e6;

    final Path address;
    private final List<MailboxPath> paths = new ArrayList<>(2);
    private double turn;

    MailboxLink(Path address, List<? extends Uplink> uplinks, RandomSource random) {
        this.address = address;
        for (Uplink uplink : uplinks)
            paths.add(new MailboxPath(this, uplink, random));
    }

    List<MailboxPath> paths() {
        return paths;
    }

    void want(long nowNs) {
        for (MailboxPath path : paths)
            path.want(nowNs);
    }

    /** Lets its cookies lapse. */
    void abandon() {
        for (MailboxPath path : paths)
            path.abandon();
    }

    /**
     * The path for the next datagram: of the usable ones not the lossy, and of those the faster more often, so that a ring
     * node whose queue grows gets less. The first if none is usable.
     */
    MailboxPath pick(long nowNs) {
        MailboxPath first = paths.get(0);
        if (paths.size() == 1)
            return first;
        MailboxPath second = paths.get(1);
        boolean avoidFirst = !first.usable(nowNs) || first.loss(nowNs) > second.loss(nowNs) + BAD_LOSS;
        boolean avoidSecond = !second.usable(nowNs) || second.loss(nowNs) > first.loss(nowNs) + BAD_LOSS;
        if (avoidFirst != avoidSecond)
            return avoidFirst && second.usable(nowNs) ? second : first;
        if (!first.usable(nowNs))
            return first;
        double share = share(first.uplink.rttNs(), second.uplink.rttNs());
        turn += share; // of the second; whenever it reaches 1 the second has its turn
        if (turn < 1)
            return first;
        turn -= 1;
        return second;
    }

    /** How much of the traffic goes by the second: inversely to the square of the round trips to the ring nodes. */
    private static double share(long firstNs, long secondNs) {
        double a = Math.max(RTT_GRAIN_NS, (double) firstNs);
        double b = Math.max(RTT_GRAIN_NS, (double) secondNs);
        return a * a / (a * a + b * b);
    }

    /** Share lost of what goes by its better way, in all sessions, 0 to 1: the mailbox's own doing. */
    double loss(long nowNs) {
        double least = 1;
        for (MailboxPath path : paths)
            least = Math.min(least, path.packetLoss(nowNs));
        return least;
    }

    boolean usable(long nowNs) {
        for (MailboxPath path : paths)
            if (path.usable(nowNs))
                return true;
        return false;
    }

    boolean unreachable() {
        for (MailboxPath path : paths)
            if (!path.unreachable())
                return false;
        return true;
    }

    /** A first cookie may still come within {@code patienceNs} of being asked for. */
    boolean isFresh(long nowNs, long patienceNs) {
        for (MailboxPath path : paths)
            if (path.isFresh(nowNs, patienceNs))
                return true;
        return false;
    }

    /** Lowest round trip known, -1 if none. */
    long rttNs() {
        long best = -1;
        for (MailboxPath path : paths) {
            if (path.rttNs() >= 0 && (best < 0 || path.rttNs() < best))
                best = path.rttNs();
        }
        return best;
    }

    void suspect(long nowNs) {
        for (MailboxPath path : paths)
            path.suspect(nowNs);
    }

    void hurry(long nowNs) {
        for (MailboxPath path : paths)
            path.hurry(nowNs);
    }

    /** As many ways as there are {@code uplinks}: of those too many the last go, those missing go by these. */
    void setWays(long nowNs, List<? extends Uplink> uplinks, RandomSource random) {
        while (paths.size() > uplinks.size())
            paths.removeLast();
        for (int i = paths.size(); i < uplinks.size(); i++) {
            MailboxPath path = new MailboxPath(this, uplinks.get(i), random);
            path.want(nowNs);
            paths.add(path);
        }
    }

    /** Reaches the mailbox by {@code uplink} instead of by way number {@code which}. */
    void replace(long nowNs, int which, Uplink uplink, RandomSource random) {
        MailboxPath path = new MailboxPath(this, uplink, random);
        path.want(nowNs);
        paths.set(which, path);
    }

    @Override
    void onTimer(long nowNs) {
        // what is due leaves with pollTransmit
    }

    @Override
    long nextDeadlineNs(long nowNs) {
        long next = Machine.NO_DEADLINE;
        for (MailboxPath path : paths)
            next = Math.min(next, path.nextDeadlineNs());
        return next;
    }

    @Override
    void pollTransmit(long nowNs, TransmitSink sink, PacketBuilder packet) {
        for (MailboxPath path : paths)
            path.pollTransmit(nowNs, sink);
    }
}
