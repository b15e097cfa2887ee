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
    /** What was asked for stands no longer than that anywhere. */
    private static final long LEAVING_NS = 50_000_000_000L;
    private static final double FAILED_LOSS = 0.4;
    private static final double HEALTHY_LOSS = 0.15;
    /** On average over its mailboxes so much more is lost by a ring node than by their other one. */
    private static final double WORSE_LOSS = 0.25;

    private final List<RingUplink> desks = new ArrayList<>();
    private final List<RingUplink> leaving = new ArrayList<>(); // answers to what was asked by them may still come
    private final List<RingUplink> all = new ArrayList<>(); // both
    private final Identity customer;
    private final RandomSource random;
    private final Counters counters;
    private final int offset;
    private long nextLookNs;

    RingDesk(List<ServiceConfig.Ring> rings, Identity customer, RandomSource random, Counters counters) {
        this.customer = customer;
        this.random = random;
        this.counters = counters;
        for (ServiceConfig.Ring ring : rings)
            desks.add(uplink(ring));
        all.addAll(desks);
        offset = rings.isEmpty() ? 0 : random.nextInt(rings.size());
    }

    private RingUplink uplink(ServiceConfig.Ring ring) {
        return new RingUplink(new RingLink(customer, ring.key(), ring.address(), random, counters),
                ring.address().copy());
    }

    boolean isEmpty() {
        return desks.isEmpty();
    }

    /** The ring node at that address, also one that is left, or null. */
    @Nullable
    RingUplink at(Path source) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).address.sameAddress(source))
                return all.get(i);
        }
        return null;
    }

    /**
     * Other ring nodes from now on. Mailboxes go over to them as they come to work; those that are left are heard for
     * another {@value #LEAVING_NS} ns, as long as what was asked for by them may still be answered.
     *
     * @param others 1 to 64; those that are among the present ones stay as they are
     * @throws IllegalStateException if there are none at present: mailboxes have seen the service's address
     */
    void change(long nowNs, List<ServiceConfig.Ring> others, List<MailboxLink> mailboxes) {
        if (desks.isEmpty() || others.isEmpty())
            throw new IllegalStateException("from ring nodes to ring nodes only");
        List<RingUplink> next = new ArrayList<>();
        for (ServiceConfig.Ring other : others) {
            RingUplink same = at(other.address());
            next.add(same == null ? uplink(other) : same);
        }
        for (RingUplink desk : desks) {
            if (next.contains(desk))
                continue;
            leaving.add(desk);
            desk.leftNs = nowNs;
        }
        leaving.removeAll(next);
        desks.clear();
        desks.addAll(next);
        all.clear();
        all.addAll(desks);
        all.addAll(leaving);
        for (int i = 0; i < mailboxes.size(); i++)
            mailboxes.get(i).setWays(nowNs, assign(i), random);
        nextLookNs = nowNs;
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
        for (RingUplink desk : all)
            if (nowNs >= desk.link.nextDeadlineNs())
                desk.link.onTimer(nowNs);
        if (desks.isEmpty() || nowNs < nextLookNs)
            return;
        nextLookNs = nowNs + LOOK_NS;
        if (leaving.removeIf(desk -> nowNs - desk.leftNs > LEAVING_NS && serving(desk, mailboxes) == 0))
            all.removeIf(desk -> !desks.contains(desk) && !leaving.contains(desk));
        for (MailboxLink link : mailboxes)
            compare(nowNs, link);
        for (RingUplink desk : all)
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
        if (desk.startedNs < 0)
            desk.startedNs = nowNs;
        boolean enrolling = desk.number == 0 && nowNs - desk.startedNs < ENROLMENT_NS;
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
            boolean working = !home.retired && (home.link.ready() || home == now);
            RingUplink wanted = working ? home : spare(index, i, link, now);
            if (wanted == null || wanted == now)
                continue;
            link.replace(nowNs, i, wanted, random);
            endpoint.touch(link);
        }
    }

    /**
     * A healthy ring node for way {@code which} of the mailbox, one that is left if no other is; the present one if it is
     * healthy; null if there is none.
     */
    private @Nullable RingUplink spare(int mailbox, int which, MailboxLink link, Uplink now) {
        RingUplink found = spare(mailbox + which, link, now, desks);
        return found == null ? spare(mailbox + which, link, now, leaving) : found;
    }

    private @Nullable RingUplink spare(int from, MailboxLink link, Uplink now, List<RingUplink> among) {
        RingUplink found = null;
        for (int i = 0; i < among.size(); i++) {
            RingUplink desk = among.get((from + offset + i) % among.size());
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
        for (RingUplink desk : all)
            next = Math.min(next, desk.link.nextDeadlineNs());
        return next;
    }

    void pollTransmit(TransmitSink sink) {
        for (int i = 0; i < all.size(); i++)
            all.get(i).link.pollTransmit(sink);
    }

    List<ServiceStatus.Ring> status(List<MailboxLink> mailboxes) {
        List<ServiceStatus.Ring> rings = new ArrayList<>();
        for (RingUplink desk : all)
            rings.add(new ServiceStatus.Ring(desk.address.toString(), desk.link.ready(), desk.retired, desk.loss(),
                    desk.link.rttNs(), serving(desk, mailboxes)));
        return rings;
    }

    /** Ways to mailboxes that go by it. */
    private static int serving(RingUplink desk, List<MailboxLink> mailboxes) {
        int serving = 0;
        for (MailboxLink link : mailboxes)
            for (MailboxPath path : link.paths())
                if (path.uplink == desk)
                    serving++;
        return serving;
    }
}
