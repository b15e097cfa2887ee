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
    /** Above this loss a ring node is avoided while another serves. */
    private static final double BAD_LOSS = 0.3;

    final Path address;
    private final List<MailboxPath> paths = new ArrayList<>(2);
    private int turn;

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

    /** The path for the next datagram: a usable one, in turn, the less lossy preferred; the first if none is usable. */
    MailboxPath pick(long nowNs) {
        MailboxPath best = paths.get(0);
        boolean found = false;
        turn++;
        for (int i = 0; i < paths.size(); i++) {
            MailboxPath path = paths.get((turn + i) % paths.size());
            if (!path.usable(nowNs))
                continue;
            if (!found || path.uplink.loss() + BAD_LOSS < best.uplink.loss())
                best = path;
            found = true;
        }
        return best;
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
