package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.wire.Wire;

/**
 * Leaves the gets of one direction at their mailboxes, and takes them back: by the way they were asked for, so that the ring
 * node forgets them too and nobody can release later what was given up (DESIGN, swarm 5).
 */
final class Requests {
    private static final int ACTIVE_LIFETIME_MS = 4_000;
    private static final int IDLE_LIFETIME_MS = 45_000;

    private final Session session;
    private final Endpoint endpoint;

    Requests(Session session, Endpoint endpoint) {
        this.session = session;
        this.endpoint = endpoint;
    }

    /** At the mailbox of the set, and of the proposed one where that differs. */
    void leave(long nowNs, Outstanding get, boolean idle, boolean urgent) {
        get.requestedNs = nowNs;
        get.lifetimeMs = idle ? IDLE_LIFETIME_MS : ACTIVE_LIFETIME_MS;
        get.maxBody = idle ? Inbound.IDLE_BODY : Wire.MAX_BODY;
        leaveAtMember(nowNs, get, urgent);
        if (get.otherMember >= 0)
            leaveAtOther(nowNs, get, urgent);
    }

    /** This mailbox gave another cookie: a get there stands under another address, or is lost. */
    void leaveAgainAt(long nowNs, Outstanding get, MailboxLink link) {
        if (session.directory().get(get.member) == link)
            leaveAtMember(nowNs, get, true);
        if (get.otherMember >= 0 && session.directory().get(get.otherMember) == link)
            leaveAtOther(nowNs, get, true);
    }

    private void leaveAtMember(long nowNs, Outstanding get, boolean urgent) {
        get.path = queue(nowNs, get, get.member, get.path, urgent);
    }

    private void leaveAtOther(long nowNs, Outstanding get, boolean urgent) {
        get.otherPath = queue(nowNs, get, get.otherMember, get.otherPath, urgent);
    }

    private @Nullable MailboxPath queue(long nowNs, Outstanding get, int member, @Nullable MailboxPath before,
            boolean urgent) {
        MailboxLink link = session.directory().get(member);
        if (link == null)
            return null;
        MailboxPath path = link.pick(nowNs);
        path.queueGet(nowNs, get, urgent);
        get.moved |= before != null && before != path;
        endpoint.touch(link);
        return path;
    }

    /** What is given up wherever it was left. */
    void withdraw(long nowNs, Outstanding get) {
        withdraw(nowNs, get, get.path, get.member);
        if (get.otherMember >= 0)
            withdraw(nowNs, get, get.otherPath, get.otherMember);
    }

    /** The set has been decided: {@code get} goes on at one of its two mailboxes. */
    void settle(long nowNs, Outstanding get, boolean taken) {
        if (taken) {
            withdraw(nowNs, get, get.path, get.member);
            get.member = get.otherMember;
            get.path = get.otherPath;
        } else {
            withdraw(nowNs, get, get.otherPath, get.otherMember);
        }
        get.otherMember = -1; // what is lost from now on is the one mailbox's fault
        get.otherPath = null;
    }

    private void withdraw(long nowNs, Outstanding get, @Nullable MailboxPath path, int member) {
        MailboxLink link = session.directory().get(member);
        if (path == null || link == null)
            return;
        for (MailboxPath way : link.paths()) {
            if (way == path || get.moved)
                way.queueWithdrawal(nowNs, get);
        }
        endpoint.touch(link);
    }
}
