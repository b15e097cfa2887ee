package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Identity;
import org.schiltron.proof.SwarmList;
import org.schiltron.wire.Data;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/**
 * The service's end: a customer of its ring nodes, known to its mailboxes, with a door for hellos and a session for each
 * client. It opens no port: all it sends goes to ring nodes, and all it hears comes from them.
 */
public final class ServiceEndpoint extends Endpoint {
    /** All open gets released at once fill at most so much of the link (DESIGN, swarm 5). */
    private static final double WINDOW_SECONDS = 0.05;
    private static final long READY_PATIENCE_NS = 1_500_000_000L;
    /** Probes without an answer, a second apart in the end, after which a session is over whose client has another. */
    private static final int SUPERSEDED_PROBES = 8;
    private static final int MAX_BANS = 100_000;
    private static final int MAX_LIMITED = 100_000;
    private static final int MAX_REVOKED = 65_536;

    private final ServiceConfig config;
    private final ServiceKeys keys;
    private final Path linkSource = new Path();
    private final List<MailboxLink> mailboxes = new ArrayList<>();
    private final Map<Path, MailboxLink> byAddress = new LinkedHashMap<>();
    private final MailboxDirectory directory = new MailboxDirectory();
    private final RingDesk rings;
    private final PostWriter writer;
    private final FirstContactPosts posts;
    private final Door door;
    private final byte[][] listFrames;
    private final Map<ClientId, ClientAllowance> clients = new LinkedHashMap<>(); // those with sessions
    private final Set<Long> revoked = new LinkedHashSet<>(); // tokens' serials, oldest first
    private final Set<ClientId> banned = new LinkedHashSet<>();
    private final Map<ClientId, ClientLimits> limited = new LinkedHashMap<>();
    private final SendShare sendShare;
    private int sessionCount;
    private long startedNs = -1;
    private boolean ready;

    public ServiceEndpoint(ServiceConfig config, ServiceKeys keys, RandomSource random) {
        super(config.limits(), random);
        this.config = config;
        this.keys = keys;
        rings = new RingDesk(config.rings(), keys.acting(), random, counters());
        for (int i = 0; i < config.mailboxes().size(); i++) {
            Path address = config.mailboxes().get(i).copy();
            MailboxLink link = new MailboxLink(address, rings.assign(i), random);
            mailboxes.add(link);
            byAddress.put(address, link);
            directory.set(i, link);
        }
        sendShare = new SendShare((double) config.linkBytesPerSecond() / Wire.MAX_DATAGRAM);
        writer = new PostWriter(config.door(), keys, 1_000_000_000L * config.listVersion(), random);
        posts = new FirstContactPosts(config.door(), writer, mailboxes);
        door = new Door(this, config.door().handshakesPerSecond());
        SwarmList list = SwarmList.sign(keys.acting(), config.listVersion(), Long.MAX_VALUE / 2, config.mailboxes());
        listFrames = ListTransfer.frames(list.encode());
    }

    /** The service's own key does all. */
    public ServiceEndpoint(ServiceConfig config, Identity service, RandomSource random) {
        this(config, ServiceKeys.own(service), random);
    }

    // Commands and getters

    /** Ends the client's sessions and refuses its hellos from now on; at most 100,000 are banned, the oldest ban goes. */
    public void ban(long now, ClientId client) {
        nowNs = now;
        if (banned.size() == MAX_BANS)
            banned.remove(banned.iterator().next());
        banned.add(client);
        ClientAllowance of = clients.get(client);
        if (of != null)
            of.sessions.forEach(session -> session.close(now, CloseReason.BANNED));
    }

    public void unban(ClientId client) {
        banned.remove(client);
    }

    public List<ClientId> banned() {
        return List.copyOf(banned);
    }

    /**
     * Gives the client limits of its own, or with null those of everyone again, at once also for what it has open: its
     * oldest sessions and its newest streams go. At most 100,000 have some, the oldest go.
     */
    public void limit(long now, ClientId client, @Nullable ClientLimits limits) {
        nowNs = now;
        limited.remove(client);
        if (limits != null) {
            if (limited.size() == MAX_LIMITED)
                limited.remove(limited.keySet().iterator().next());
            limited.put(client, limits);
        }
        ClientAllowance of = clients.get(client);
        if (of == null)
            return;
        of.limit(limitsOf(client));
        for (Session session : of.sessions.subList(0, Math.max(0, of.sessions.size() - of.limits().sessions())))
            session.close(now, CloseReason.FULL);
        of.sessions.forEach(Session::ping); // with the rate it is promised now
    }

    /** Clients with limits of their own. */
    public Map<ClientId, ClientLimits> limited() {
        return new LinkedHashMap<>(limited);
    }

    /** What a client has that has no limits of its own. */
    public ClientLimits limitsOfEach() {
        return config.perClient();
    }

    private ClientLimits limitsOf(ClientId client) {
        return limited.getOrDefault(client, config.perClient());
    }

    /** First-contact nonces a second from now on, 0 to 10,000; 0 shuts the door, and stops what is on its way to it. */
    public void setContactsPerSecond(long now, int rate) {
        nowNs = now;
        config.door().withContactsPerSecond(rate); // refuses what is out of bounds
        posts.setPerSecond(now, rate);
    }

    /** The token of that serial is honoured no longer: here at once, at mailboxes with their next posts. At most 65,536, the oldest go. */
    public void revoke(long serial) {
        if (revoked.size() == MAX_REVOKED)
            revoked.remove(revoked.iterator().next());
        revoked.add(serial);
        writer.revoke(serial);
    }

    /** Ends all sessions in order. */
    public void close(long now) {
        nowNs = now;
        for (ClientAllowance of : clients.values())
            of.sessions.forEach(session -> session.close(now, CloseReason.STOPPING));
    }

    /** Takes the service to other ring nodes, {@link RingDesk#change}. */
    public void moveTo(long now, List<ServiceConfig.Ring> others) {
        nowNs = now;
        rings.change(now, others, mailboxes);
    }

    /**
     * Ends here what is to go on elsewhere: shuts the door, and takes back what is asked for, so that packets wait at the
     * mailboxes. Sessions end without a word to their clients, with an event each.
     *
     * @return what {@link #resume} wants: every session, as secret as its keys; to be resumed once only
     */
    public byte[] handOver(long now) {
        setContactsPerSecond(now, 0);
        door.forgetAll();
        List<Session> sessions = clients.values().stream().flatMap(of -> of.sessions.stream())
                .filter(session -> !session.isClosed()).toList();
        byte[] state = HandOver.write(mailboxes, sessions);
        sessions.forEach(session -> session.end(CloseReason.MOVED));
        for (MailboxLink link : mailboxes) {
            link.hurry(now);
            touch(link);
        }
        return state;
    }

    /** Goes on with the sessions of the endpoint that wrote {@code state}; call it before anything else. */
    public void resume(long now, HandOver state) {
        nowNs = now;
        boolean more = state.mailboxes().size() < mailboxes.size();
        for (Session session : state.resume(now, this)) {
            admit(now, session);
            if (more)
                session.sendList(listFrames); // set changes may name the new ones
        }
    }

    public ServiceStatus status() {
        List<SessionStatus> open = new ArrayList<>();
        for (ClientAllowance of : clients.values())
            for (Session session : of.sessions)
                open.add(session.status());
        List<ServiceStatus.Mailbox> reached = new ArrayList<>();
        for (MailboxLink link : mailboxes) {
            reached.add(new ServiceStatus.Mailbox(link.address.toString(), link.usable(nowNs), link.unreachable(),
                    link.rttNs()));
        }
        return new ServiceStatus(ready, open, reached, rings.status(mailboxes), posts.standing(), door.standing(),
                held());
    }

    /** Sessions and answered hellos held in memory. */
    public int held() {
        return sessionCount + door.standing();
    }

    // What the door asks

    /** Who answers. */
    Identity identity() {
        return keys.acting();
    }

    boolean isBanned(ClientId client) {
        return banned.contains(client);
    }

    /** Room for one more session, also for its idle gets within the link's window. */
    boolean hasRoom() {
        double idleBytes = (held() + 1.0) * Inbound.IDLE_WINDOW * (Inbound.IDLE_BODY + Data.BODY);
        return held() < config.maxSessions() && idleBytes < WINDOW_SECONDS * config.linkBytesPerSecond();
    }

    @Nullable
    MailboxLink known(Path address) {
        return byAddress.get(address);
    }

    MailboxDirectory directory() {
        return directory;
    }

    /** Reachable mailboxes drawn for a new session; under attack twice as many, until it has been calm for a while. */
    int[] chooseMembers() {
        int size = door.isCrowded(nowNs) ? 2 * limits().initialSet() : limits().initialSet();
        return new SetSteering(SipHash.keyed(random), Math.min(size, ReplyMessage.MAX_MEMBERS))
                .firstMembers(directory);
    }

    ReplyMessage describe(int[] members) {
        List<Path> addresses = new ArrayList<>();
        for (int member : members)
            addresses.add(mailboxes.get(member).address);
        return new ReplyMessage(members, addresses);
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
        if (rings.isEmpty()) {
            onInner(null, source, s, at, length);
            return;
        }
        RingUplink ring = rings.at(source);
        if (ring == null) {
            counters().drop(Drop.UNEXPECTED_TYPE);
            return;
        }
        int inner = ring.link.onDatagram(now, s, at, length);
        if (inner <= 0)
            return;
        Envelope.mailbox(s, at, 0, linkSource);
        bad = Wire.checkHeader(s, at + Envelope.INNER, inner);
        if (bad == null)
            onInner(ring, linkSource, s, at + Envelope.INNER, inner);
        else
            counters().drop(bad);
    }

    private void onInner(@Nullable RingUplink ring, Path mailbox, MemorySegment s, long at, int length) {
        switch (Wire.type(s, at)) {
            case Wire.DATA -> onData(mailbox, s, at, length);
            case Wire.COOKIE -> onCookie(path(ring, mailbox), s, at, length);
            case Wire.FIRST -> onFirst(s, at, length);
            default -> counters().drop(Drop.UNEXPECTED_TYPE);
        }
    }

    private @Nullable MailboxPath path(@Nullable RingUplink ring, Path mailbox) {
        MailboxLink link = byAddress.get(mailbox);
        if (link == null)
            return null;
        for (MailboxPath path : link.paths())
            if (ring == null || path.uplink == ring)
                return path;
        return null;
    }

    private void onFirst(MemorySegment s, long at, int length) {
        if (!First.wellFormed(s, at, length)) {
            counters().drop(Drop.MALFORMED);
            return;
        }
        int mailbox = posts.take(nowNs, Data.nonceHigh(s, at), Data.nonceLow(s, at));
        if (mailbox < 0)
            counters().drop(Drop.UNKNOWN_NONCE);
        else if (Hello.kind(s, at + First.CONTENT) == Hello.TOKEN
                && revoked.contains(Hello.tokenSerial(s, at + First.CONTENT)))
            counters().drop(Drop.HANDSHAKE_REFUSED);
        else
            door.onHello(nowNs, mailbox, Hello.kind(s, at + First.CONTENT) != Hello.BARE,
                    Hello.sealedHello(s, at + First.CONTENT, length - First.CONTENT));
    }

    @Override
    void onReply(Outstanding get, Path source, byte[] body) {
        if (get instanceof Answered.FirstGet first)
            door.onFirstPacket(nowNs, first, source, body);
        else
            counters().drop(Drop.UNKNOWN_NONCE); // a service sends no hellos
    }

    @Override
    void onList(long now, Session session, byte[] encoded) {
        counters().drop(Drop.BAD_FRAME); // a service takes no lists
    }

    // Sessions

    /** The client has sent its first authentic packet; its hello had come by {@code mailbox}. */
    void onProved(long now, Session session, int mailbox) {
        posts.onOpened(now, mailbox);
        admit(now, session);
        session.sendList(listFrames);
    }

    private void admit(long now, Session session) {
        sessionCount++;
        ClientAllowance of = clients.computeIfAbsent(session.peer(), peer -> new ClientAllowance(now, limitsOf(peer)));
        if (of.sessions.size() >= of.limits().sessions())
            of.sessions.getFirst().close(now, CloseReason.FULL);
        of.sessions.add(session);
        session.allow(of);
        event(new SessionEvent.Opened(session));
    }

    @Override
    void onEnded(Session session, CloseReason reason) {
        sessionCount--;
        ClientAllowance of = clients.get(session.peer());
        if (of == null || !of.sessions.remove(session))
            return;
        if (of.sessions.isEmpty())
            clients.remove(session.peer());
        event(new SessionEvent.Closed(session, reason));
    }

    @Override
    boolean relieveMemory() {
        if (streamBytes() <= limits().streamBytes())
            return false;
        Session heaviest = null;
        for (ClientAllowance of : clients.values())
            for (Session session : of.sessions)
                if (heaviest == null || session.held() > heaviest.held())
                    heaviest = session;
        if (heaviest == null || heaviest.held() == 0)
            return false;
        heaviest.close(nowNs, CloseReason.FULL);
        return true;
    }

    @Override
    void onSilence(long now, Session session, int probes) {
        // The client knocks again if it still wants something, and has no use for this session once that is answered.
        ClientAllowance of = clients.get(session.peer());
        if (probes >= SUPERSEDED_PROBES && of != null && of.sessions.getLast().startedNs > session.lastHeardNs())
            session.end(CloseReason.UNREACHABLE);
    }

    @Override
    long idleTimeoutNs(Session session) {
        return limits().idleTimeoutNs();
    }

    @Override
    int windowShare() {
        return (int) Math.max(4, Math.min(Inbound.MAX_WINDOW, busyGets() / activeSessions()));
    }

    /** A session that was alone keeps what it has open when others come: the sum is bounded too. */
    @Override
    boolean mayOpenGets() {
        return openGets() < busyGets();
    }

    /** Gets of busy sessions that fit the window's part of the link beside those of idle ones. */
    double busyGets() {
        double idleBytes = (double) (sessionCount - Math.min(sessionCount, activeSessions())) * Inbound.IDLE_WINDOW
                * (Inbound.IDLE_BODY + Data.BODY);
        return (WINDOW_SECONDS * config.linkBytesPerSecond() - idleBytes) / Wire.MAX_DATAGRAM;
    }

    @Override
    double rateShare() {
        double packets = (double) config.linkBytesPerSecond() / Wire.MAX_DATAGRAM;
        return Math.max(limits().floorRate(), Math.min(limits().maxRate(), 2 * packets / activeSessions()));
    }

    /** One cap for all sessions: what the link takes. */
    @Override
    double sendRateShare() {
        return Math.max(limits().floorRate(), Math.min(limits().maxRate(), sendShare.each(nowNs)));
    }

    @Override
    void onPacketOut(long now, SendShare.Sender sender) {
        sendShare.onPacket(now, sender);
    }

    // Time

    @Override
    void onOwnTimer() {
        if (startedNs < 0) {
            startedNs = nowNs;
            for (MailboxLink link : mailboxes) {
                link.want(nowNs);
                touch(link);
            }
        }
        rings.onTimer(nowNs, mailboxes, this);
        door.onTimer(nowNs);
        if (!ready && posts.hasPosted()) {
            int usable = 0;
            for (MailboxLink link : mailboxes)
                if (link.usable(nowNs))
                    usable++;
            if (2 * usable > mailboxes.size() || nowNs - startedNs > READY_PATIENCE_NS) {
                ready = true;
                event(new SessionEvent.Ready());
            }
        }
    }

    @Override
    long ownDeadlineNs() {
        if (startedNs < 0)
            return nowNs;
        long next = Math.min(Math.min(posts.nextNs(), rings.nextDeadlineNs()), door.nextDeadlineNs());
        return ready ? next : Math.min(next, nowNs + 20_000_000L);
    }

    @Override
    void pollOwn(TransmitSink sink) {
        rings.pollTransmit(sink);
        if (startedNs >= 0)
            posts.pollTransmit(this, door.isCrowded(nowNs), sink);
        door.pollTransmit(nowNs, sink);
    }
}
