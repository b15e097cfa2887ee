package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Identity;
import org.schiltron.proof.SwarmList;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Wire;

/**
 * The client's end: knocks at the contact mailboxes until the service answers, then keeps one session. When nothing is
 * heard in answer for {@value #SUSPECT_NS} ns it knocks again beside the silent session; whichever is heard first stays.
 */
public final class ClientEndpoint extends Endpoint {
    private static final long SUSPECT_NS = 2_500_000_000L;
    private static final long SETTLE_NS = 30_000_000L;
    private static final long RECONNECT_PAUSE_NS = 100_000_000L;
    private static final long REFUSED_PAUSE_NS = 10_000_000_000L;
    private static final int FIRST_CONTACTS = 4;
    private static final long MORE_CONTACTS_NS = 400_000_000L;
    /** Most mailboxes known; more in a service's list are left out. */
    private static final int MAX_LINKS = MailboxDirectory.MAX_SIZE + ClientConfig.MAX_CONTACTS;

    private final ClientConfig config;
    private final Identity identity;
    private final ClientId id;
    private final Uplink direct = new Uplink.Direct(counters());
    private final Map<Path, MailboxLink> links = new LinkedHashMap<>();
    private final List<MailboxLink> contacts = new ArrayList<>();
    private int contactsWanted;
    private long moreContactsNs;
    private @Nullable Knock knock;
    private long knockNs; // when to begin knocking, if not knocking
    private @Nullable Session session;
    private boolean started;
    private boolean stopped;
    private long jobs;
    private final Set<Long> working = new LinkedHashSet<>(); // jobs, at most Knock.MAX_ATTEMPTS
    private long suspectedNs; // when the open session fell silent

    public ClientEndpoint(ClientConfig config, Identity identity, RandomSource random) {
        super(config.limits(), random);
        this.config = config;
        this.identity = identity;
        id = ClientId.of(identity.publicKey().x25519());
        List<Path> order = new ArrayList<>(config.contacts());
        for (int i = order.size() - 1; i > 0; i--)
            Collections.swap(order, i, random.nextInt(i + 1));
        for (Path contact : order)
            contacts.add(link(contact));
    }

    /** The session of the moment, open or not; null before the first answer. */
    public @Nullable Session session() {
        return session;
    }

    /** How far it has come, for the person who waits. */
    public ConnectState state() {
        Session now = session;
        if (now != null && now.isOpen())
            return ConnectState.CONNECTED;
        for (MailboxLink contact : contacts)
            if (contact.usable(nowNs))
                return ConnectState.WAITING_FOR_SERVICE;
        return ConnectState.WAITING_FOR_MAILBOX;
    }

    /** Ends the session and knocks no more. */
    public void close(long now, CloseReason reason) {
        nowNs = now;
        stopped = true;
        stopKnocking();
        if (session != null)
            session.close(now, reason);
    }

    private void stopKnocking() {
        Knock current = knock;
        if (current != null)
            current.abandon(this);
        knock = null;
        knockNs = Machine.NO_DEADLINE;
        contactsWanted = 0;
    }

    private MailboxLink link(Path address) {
        MailboxLink known = links.get(address);
        if (known != null)
            return known;
        MailboxLink link = new MailboxLink(address.copy(), List.of(direct), random);
        links.put(link.address, link);
        return link;
    }

    // In

    @Override
    public void onDatagram(long now, Path source, MemorySegment s, long at, int length) {
        nowNs = now;
        counters().in(length);
        Drop bad = Wire.checkHeader(s, at, length);
        if (bad != null) {
            counters().drop(bad);
            return;
        }
        switch (Wire.type(s, at)) {
            case Wire.DATA -> onData(source, s, at, length);
            case Wire.COOKIE -> {
                MailboxLink link = links.get(source);
                onCookie(link == null ? null : link.paths().getFirst(), s, at, length);
                if (knock == null && knockNs != Machine.NO_DEADLINE)
                    knockNs = Math.min(knockNs, now + SETTLE_NS);
            }
            case Wire.CHALLENGE -> onChallenge(source, s, at, length);
            default -> counters().drop(Drop.UNEXPECTED_TYPE);
        }
    }

    private void onChallenge(Path source, MemorySegment s, long at, int length) {
        Knock current = knock;
        MailboxLink link = links.get(source);
        if (length < Challenge.LENGTH)
            counters().drop(Drop.TRUNCATED);
        else if (current == null || link == null)
            counters().drop(Drop.UNKNOWN_NONCE);
        else
            current.onChallenge(this, link, s, at);
    }

    // Work at the door

    long nextJob() {
        return ++jobs;
    }

    /** Whether this attempt's puzzle is to be worked at from now on. */
    void work(Attempt attempt, boolean wanted) {
        if (wanted && working.add(attempt.id))
            event(new SessionEvent.Work(new PuzzleJob(attempt.id, attempt.kind, attempt.target, random.nextLong())));
        else if (!wanted && working.remove(attempt.id))
            event(new SessionEvent.WorkOver(attempt.id));
    }

    void dropAttempts(List<Attempt> of, Predicate<Attempt> which) {
        of.removeIf(attempt -> {
            boolean goes = which.test(attempt);
            if (goes)
                work(attempt, false);
            return goes;
        });
    }

    /**
     * The best solution so far of a {@link SessionEvent.Work job}; one of a job that is over is ignored.
     *
     * @param rest of Equi-X the 16 bytes of the solution, else empty
     */
    public void onSolution(long now, long job, int bits, long seed, byte[] rest) {
        nowNs = now;
        Knock current = knock;
        if (current == null)
            return;
        for (Attempt attempt : current.attempts()) {
            if (attempt.id != job)
                continue;
            attempt.onSolution(bits, seed, rest);
            if (attempt.isReady())
                work(attempt, false);
        }
    }

    /** What the door asks of this client, for the person who waits. */
    public DoorState door() {
        Knock current = knock;
        return DoorState.of(current == null ? List.of() : current.attempts());
    }

    @Override
    void onReply(Outstanding get, Path source, byte[] body) {
        Knock current = knock;
        ReplyMessage reply = current == null ? null : current.onReply(get, source, body);
        if (current == null || reply == null) {
            counters().drop(Drop.NOT_AUTHENTIC);
            return;
        }
        stopKnocking();
        Session before = session;
        if (before != null && hasComeBack(before))
            return;
        MailboxDirectory directory = new MailboxDirectory();
        for (int i = 0; i < reply.members().length; i++)
            admit(directory, reply.members()[i], reply.addresses().get(i));
        Session opened = new Session(this, true, id, SessionKeys.of(current.handshake(), true, ciphers()), directory,
                MailboxSet.even(reply.members()));
        session = opened;
        event(new SessionEvent.Opened(opened));
        opened.start(nowNs);
        if (before != null)
            before.end(CloseReason.UNREACHABLE);
    }

    /** An address that only the service names is used if it is public, allowed, or known from the link. */
    private void admit(MailboxDirectory directory, int index, Path address) {
        boolean typed = config.contacts().contains(address);
        if (!typed && !config.allowPrivate() && !address.isPublic()) {
            counters().drop(Drop.FORBIDDEN_ADDRESS);
            return;
        }
        if (links.size() < MAX_LINKS || links.containsKey(address))
            directory.set(index, link(address));
    }

    @Override
    void onList(long now, Session of, byte[] encoded) {
        SwarmList list;
        try {
            list = SwarmList.decode(encoded);
        } catch (IllegalArgumentException e) {
            counters().drop(Drop.BAD_FRAME);
            return;
        }
        if (!list.verify(config.answering(), 0)) { // fresh: it comes inside the session
            counters().drop(Drop.NOT_AUTHENTIC);
            return;
        }
        List<Path> mailboxes = list.mailboxes();
        for (int i = 0; i < mailboxes.size(); i++) {
            if (of.directory().get(i) == null)
                admit(of.directory(), i, mailboxes.get(i));
        }
    }

    @Override
    void onNewCookie(MailboxPath path) {
        Session current = session;
        if (current != null && current.isOpen())
            current.inbound().askAgainAt(nowNs, path.link);
    }

    // Time

    @Override
    void onOwnTimer() {
        if (!started) {
            started = true;
            moreContactsNs = nowNs;
            knockNs = nowNs + MORE_CONTACTS_NS / 2;
        }
        if (knockNs == Machine.NO_DEADLINE)
            return;
        Session silent = session;
        if (silent != null && hasComeBack(silent)) {
            stopKnocking();
            return;
        }
        wantContacts();
        Knock current = knock;
        if (current != null && current.exhausted(nowNs)) {
            current.abandon(this);
            knock = null;
            Collections.rotate(contacts, -HelloMessage.MAX_MAILBOXES); // those that answers were waited for at may have kept them
        }
        if (knock == null && nowNs >= knockNs) {
            knock = Knock.begin(this, contacts, config, identity);
            if (knock == null)
                knockNs = nowNs + MORE_CONTACTS_NS / 4;
        }
    }

    private boolean hasComeBack(Session silent) {
        return silent.isOpen() && silent.lastHeardNs() > suspectedNs;
    }

    private void wantContacts() {
        if (nowNs < moreContactsNs)
            return;
        moreContactsNs = nowNs + MORE_CONTACTS_NS;
        contactsWanted = Math.min(contacts.size(), contactsWanted + FIRST_CONTACTS);
        for (int i = 0; i < contactsWanted; i++) {
            contacts.get(i).want(nowNs);
            touch(contacts.get(i));
        }
    }

    @Override
    long ownDeadlineNs() {
        if (!started)
            return nowNs;
        if (knockNs == Machine.NO_DEADLINE)
            return knockNs;
        Knock current = knock;
        return Math.min(current == null ? knockNs : current.nextNs(), moreContacts());
    }

    private long moreContacts() {
        return contactsWanted < contacts.size() ? moreContactsNs : Machine.NO_DEADLINE;
    }

    @Override
    void pollOwn(TransmitSink sink) {
        Knock current = knock;
        if (current != null)
            current.pollTransmit(this, sink);
    }

    @Override
    void onSilence(long now, Session silent, int probes) {
        if (silent != session || stopped)
            return;
        if (probes >= 2) { // our address may have changed: then each mailbox gives another cookie for the new one
            suspect(now, silent, silent.inboundSet());
            suspect(now, silent, silent.outbound().set());
        }
        if (knockNs != Machine.NO_DEADLINE)
            return;
        if (now - silent.outbound().unansweredSinceNs() < SUSPECT_NS)
            return;
        suspectedNs = now;
        moreContactsNs = now;
        knockNs = now;
    }

    private void suspect(long now, Session silent, MailboxSet set) {
        for (int i = 0; i < set.size(); i++) {
            MailboxLink link = silent.directory().get(set.member(i));
            if (link == null)
                continue;
            link.suspect(now);
            touch(link);
        }
    }

    @Override
    long idleTimeoutNs(Session of) {
        return limits().idleTimeoutNs();
    }

    @Override
    void onEnded(Session ended, CloseReason reason) {
        event(new SessionEvent.Closed(ended, reason));
        if (ended != session || stopped || knock != null)
            return;
        boolean refused = reason == CloseReason.BANNED || reason == CloseReason.FULL;
        knockNs = nowNs + (refused ? REFUSED_PAUSE_NS : RECONNECT_PAUSE_NS);
    }
}
