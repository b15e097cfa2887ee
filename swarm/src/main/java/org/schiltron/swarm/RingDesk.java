package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Identity;

/**
 * A service's ring nodes, and which mailbox is reached through which (DESIGN, swarm 4). Each mailbox is assigned two, and
 * learns no others while they work. One that fails is retired: its mailboxes get spares among the healthy within a second
 * or two; it comes home when it has been healthy for {@value #HOMECOMING_NS} ns.
 */
final class RingDesk {
    private static final long LOOK_NS = 200_000_000L;
    private static final long HOMECOMING_NS = 10_000_000_000L;
    /** One that has not enrolled us yet has not failed before: four requests, the last of them 1.4 s after the first. */
    private static final long ENROLMENT_NS = RingLink.UNREADY_NS;
    private static final double FAILED_LOSS = 0.4;
    private static final double HEALTHY_LOSS = 0.15;
    /** On average over its mailboxes so much more is lost by a ring node than by their other one. */
    private static final double WORSE_LOSS = 0.25;

    private final List<RingUplink> desks = new ArrayList<>();
    private final RandomSource random;
    private final Counters counters;
    private final int offset;
    private long nextLookNs;
    private long startedNs = -1;

    RingDesk(List<ServiceConfig.Ring> rings, Identity customer, RandomSource random, Counters counters) {
        this.random = random;
        this.counters = counters;
        for (ServiceConfig.Ring ring : rings) {
            desks.add(new RingUplink(new RingLink(customer, ring.key(), ring.address(), random, counters),
                    ring.address().copy()));
        }
        offset = rings.isEmpty() ? 0 : random.nextInt(rings.size());
    }

    boolean isEmpty() {
        return desks.isEmpty();
    }

    /** The ring node at that address, or null. */
    @Nullable
    RingUplink at(Path source) {
        for (int i = 0; i < desks.size(); i++) {
            if (desks.get(i).address.sameAddress(source))
                return desks.get(i);
        }
        return null;
    }

    /** The ways to mailbox number {@code mailbox}: two ring nodes, the one there is, or straight. */
    List<Uplink> assign(int mailbox) {
        if (desks.isEmpty())
            return List.of(new Uplink.Direct(counters));
        List<Uplink> uplinks = new ArrayList<>();
        for (int i = 0; i < Math.min(2, desks.size()); i++)
            uplinks.add(home(mailbox, i));
        return uplinks;
    }

    private RingUplink home(int mailbox, int which) {
        int ring = mailbox + mailbox / desks.size() + offset; // no stride through the list meets only some ring nodes
        if (which == 1)
            ring += 1 + (mailbox / desks.size()) % (desks.size() - 1);
        return desks.get(ring % desks.size());
    }

    void onTimer(long nowNs, List<MailboxLink> mailboxes, ServiceEndpoint endpoint) {
        for (RingUplink desk : desks)
            if (nowNs >= desk.link.nextDeadlineNs())
                desk.link.onTimer(nowNs);
        if (desks.isEmpty() || nowNs < nextLookNs)
            return;
        nextLookNs = nowNs + LOOK_NS;
        if (startedNs < 0)
            startedNs = nowNs;
        for (MailboxLink link : mailboxes)
            compare(nowNs, link);
        for (RingUplink desk : desks)
            look(nowNs, desk, mailboxes, endpoint);
        for (int i = 0; i < mailboxes.size(); i++)
            place(nowNs, i, mailboxes.get(i), endpoint);
    }

    /** Of two ways to one mailbox, what the one loses more is its ring node's doing. */
    private static void compare(long nowNs, MailboxLink link) {
        List<MailboxPath> paths = link.paths();
        if (paths.size() == 2 && paths.get(0).uplink instanceof RingUplink first
                && paths.get(1).uplink instanceof RingUplink second) {
            double more = paths.get(0).packetLoss(nowNs) - paths.get(1).packetLoss(nowNs);
            first.compared(more);
            second.compared(-more);
        }
    }

    private void look(long nowNs, RingUplink desk, List<MailboxLink> mailboxes, ServiceEndpoint endpoint) {
        double pingLoss = desk.link.pingLoss();
        boolean healthy = desk.link.ready() && pingLoss < HEALTHY_LOSS;
        if (!healthy)
            desk.healthySinceNs = -1;
        else if (desk.healthySinceNs < 0)
            desk.healthySinceNs = nowNs;
        boolean enrolling = desk.number == 0 && nowNs - startedNs < ENROLMENT_NS;
        boolean failed = !desk.link.ready() && !enrolling || pingLoss > FAILED_LOSS
                || desk.takeExcessLoss() > WORSE_LOSS;
        if (failed)
            desk.retired = true;
        else if (desk.healthySinceNs >= 0 && nowNs - desk.healthySinceNs > HOMECOMING_NS)
            desk.retired = false;
        if (desk.link.ready() && desk.link.number() != desk.number) {
            boolean restarted = desk.number != 0;
            desk.number = desk.link.number();
            if (restarted)
                renewCookies(nowNs, desk, mailboxes, endpoint);
        }
    }

    /** A ring node that has forgotten us sends to no mailbox that has not granted it a cookie again. */
    private static void renewCookies(long nowNs, RingUplink desk, List<MailboxLink> mailboxes,
            ServiceEndpoint endpoint) {
        for (MailboxLink link : mailboxes) {
            for (MailboxPath path : link.paths()) {
                if (path.uplink == desk)
                    path.renew(nowNs);
            }
            endpoint.touch(link);
        }
    }

    /** Keeps mailbox {@code index} on working ring nodes, its own where they work. */
    private void place(long nowNs, int index, MailboxLink link, ServiceEndpoint endpoint) {
        for (int i = 0; i < link.paths().size(); i++) {
            RingUplink home = home(index, i);
            Uplink now = link.paths().get(i).uplink;
            RingUplink wanted = home.retired ? spare(index, i, link, now) : home;
            if (wanted == null || wanted == now)
                continue;
            link.replace(nowNs, i, wanted, random);
            endpoint.touch(link);
        }
    }

    /** A healthy ring node for way {@code which} of the mailbox; the present one if it is healthy; null if there is none. */
    private @Nullable RingUplink spare(int mailbox, int which, MailboxLink link, Uplink now) {
        RingUplink found = null;
        for (int i = 0; i < desks.size(); i++) {
            RingUplink desk = desks.get((mailbox + offset + which + i) % desks.size());
            if (desk.retired || desk.healthySinceNs < 0)
                continue;
            if (desk == now)
                return desk;
            boolean used = false;
            for (MailboxPath path : link.paths())
                used |= path.uplink == desk;
            if (!used && found == null)
                found = desk;
        }
        return found;
    }

    long nextDeadlineNs() {
        long next = desks.isEmpty() ? Machine.NO_DEADLINE : nextLookNs;
        for (RingUplink desk : desks)
            next = Math.min(next, desk.link.nextDeadlineNs());
        return next;
    }

    void pollTransmit(TransmitSink sink) {
        for (int i = 0; i < desks.size(); i++)
            desks.get(i).link.pollTransmit(sink);
    }

    List<ServiceStatus.Ring> status(List<MailboxLink> mailboxes) {
        List<ServiceStatus.Ring> rings = new ArrayList<>();
        for (RingUplink desk : desks) {
            int serving = 0;
            for (MailboxLink link : mailboxes) {
                for (MailboxPath path : link.paths())
                    if (path.uplink == desk)
                        serving++;
            }
            rings.add(new ServiceStatus.Ring(desk.address.toString(), desk.link.ready(), desk.retired, desk.loss(),
                    desk.link.rttNs(), serving));
        }
        return rings;
    }
}
