package org.schiltron.swarm;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Handshake;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * The service's door: opens hellos at a bounded rate, answers, and repeats the answer when the same hello comes again.
 * There is no session before the client's first authentic packet. An answered hello stands for {@value #PENDING_NS} ns at most;
 * at most {@value #MAX_PENDING} stand at a time, the oldest gives way.
 */
final class Door {
    private static final int MAX_PENDING = 2_048;
    private static final int LEAST_PENDING = 32;
    private static final int LEAST_WINDOW = 4;
    private static final long PENDING_NS = 6_000_000_000L;
    private static final long CROWDED_NS = 30_000_000_000L;

    private final ServiceEndpoint endpoint;
    private final int perSecond;
    private final Map<HelloId, Answered> pending = new LinkedHashMap<>(); // oldest first
    private final HelloReplays replays = new HelloReplays();
    private final ArrayDeque<Answered> toAnswer = new ArrayDeque<>();
    private int gets; // of those answered
    private long crowdedUntilNs = Long.MIN_VALUE;
    private double tokens;
    private long tokensNs;

    Door(ServiceEndpoint endpoint, int perSecond) {
        this.endpoint = endpoint;
        this.perSecond = perSecond;
        tokens = perSecond;
    }

    /** Answered hellos whose clients have not proved themselves. */
    int standing() {
        return pending.size();
    }

    /** Whether a mailbox has lately asked a client for a proof. */
    boolean isCrowded(long nowNs) {
        return nowNs < crowdedUntilNs;
    }

    /** A hello that came by {@code mailbox}, which had asked for a proof if {@code proved}. */
    void onHello(long nowNs, int mailbox, boolean proved, byte[] sealed) {
        if (proved)
            crowdedUntilNs = nowNs + CROWDED_NS;
        if (sealed.length < Handshake.FIRST_OVERHEAD) {
            endpoint.counters().drop(Drop.HANDSHAKE_REFUSED);
            return;
        }
        HelloId id = HelloId.of(sealed);
        Answered known = pending.get(id);
        if (known != null) {
            if (known.mayRepeat() && toAnswer.size() < MAX_PENDING)
                toAnswer.addLast(known);
            return;
        }
        if (replays.isReplayed(id, nowNs)) {
            endpoint.counters().drop(Drop.REPLAYED);
            return;
        }
        tokens = Math.min(perSecond, tokens + (nowNs - tokensNs) * 1e-9 * perSecond);
        tokensNs = nowNs;
        if (tokens < 1) {
            endpoint.counters().drop(Drop.RATE_LIMITED);
            return;
        }
        tokens--;
        Drop refused = open(nowNs, mailbox, id, sealed);
        if (refused != null)
            endpoint.counters().drop(refused);
    }

    private @Nullable Drop open(long nowNs, int mailbox, HelloId id, byte[] sealed) {
        Handshake handshake = Handshake.responder(endpoint.identity(), Knock.prologue(), endpoint.random);
        byte[] payload = handshake.read(sealed);
        HelloMessage hello = payload == null ? null : HelloMessage.decode(payload);
        if (hello == null)
            return Drop.HANDSHAKE_REFUSED;
        replays.add(id, nowNs);
        ClientId client = ClientId.of(handshake.remoteX25519());
        if (endpoint.isBanned(client))
            return Drop.HANDSHAKE_REFUSED;
        while (!endpoint.hasRoom()) // hellos that nobody follows up must not keep others out
            if (!forgetOldest())
                return Drop.SESSIONS_FULL;
        List<Path> addresses = hello.mailboxes();
        MailboxLink[] waitingAt = new MailboxLink[addresses.size()];
        for (int i = 0; i < waitingAt.length; i++) {
            MailboxLink link = endpoint.known(addresses.get(i)); // others are not ours: no client sends us to a stranger
            if (link == null)
                return Drop.FORBIDDEN_ADDRESS;
            waitingAt[i] = link;
        }
        while (pending.size() >= most())
            forgetOldest();
        int[] members = endpoint.chooseMembers();
        byte[] reply = handshake.write(endpoint.describe(members).encode());
        Answered answered = new Answered(id, client, handshake, reply, members, mailbox, hello.replySecret(),
                waitingAt, nowNs + PENDING_NS, window());
        pending.put(id, answered);
        gets += answered.window();
        toAnswer.addLast(answered);
        return null;
    }

    /** A packet for a get of an answered hello; an authentic one makes it a session. */
    void onFirstPacket(long nowNs, Answered.FirstGet get, Path source, byte[] sealed) {
        Answered answered = get.of();
        MailboxLink from = answered.from(get, source, endpoint.directory());
        if (from == null) {
            endpoint.counters().drop(Drop.WRONG_MAILBOX);
            return;
        }
        byte[] plain = new byte[Wire.MAX_BODY];
        int length = answered.open(endpoint, get, sealed, plain);
        if (length < 0) {
            endpoint.counters().drop(Drop.NOT_AUTHENTIC);
            return;
        }
        pending.remove(answered.id);
        gets -= answered.window();
        answered.end(endpoint, endpoint.isBanned(answered.client)); // the session asks for the same packets
        if (endpoint.isBanned(answered.client)) {
            endpoint.counters().drop(Drop.HANDSHAKE_REFUSED);
            return;
        }
        Session session = new Session(endpoint, false, answered.client,
                SessionKeys.of(answered.handshake, false, endpoint.ciphers()), endpoint.directory(),
                MailboxSet.even(answered.members));
        endpoint.onProved(nowNs, session, answered.mailbox);
        session.begin(nowNs, get, from, plain, length);
    }

    /** Leaves each due answer at all mailboxes where it is waited for, under fresh nonces. */
    void pollTransmit(long nowNs, TransmitSink sink) {
        while (!toAnswer.isEmpty()) {
            Answered answered = toAnswer.removeFirst();
            if (!pending.containsKey(answered.id))
                continue;
            answered.ask(endpoint, endpoint.directory());
            for (MailboxLink link : answered.waitingAt()) {
                if (!answered.mayRepeat())
                    break;
                long[] nonce = answered.nextNonce();
                MailboxPath path = link.pick(nowNs);
                if (!path.usable(nowNs))
                    continue;
                long at = path.uplink.begin(sink, 0, link.address);
                Put.write(sink.segment(), at, 0, 0, path.cookie(), nonce[0], nonce[1]);
                Wire.putBytes(sink.segment(), at + Put.BODY, answered.reply);
                path.uplink.end(sink, Put.BODY + answered.reply.length);
            }
        }
    }

    /** Nobody who has been answered is waited for any longer. */
    void forgetAll() {
        while (forgetOldest()) {
            // the next
        }
        toAnswer.clear();
    }

    void onTimer(long nowNs) {
        while (nextDeadlineNs() <= nowNs)
            forgetOldest();
    }

    long nextDeadlineNs() {
        return pending.isEmpty() ? Long.MAX_VALUE : pending.values().iterator().next().untilNs;
    }

    /** False if there is none. */
    private boolean forgetOldest() {
        if (pending.isEmpty())
            return false;
        Answered oldest = pending.values().iterator().next();
        pending.remove(oldest.id);
        gets -= oldest.window();
        oldest.end(endpoint, true);
        return true;
    }

    /**
     * How many packets it asks for: as many as a session that begins, but for few where many stand. Hellos that nobody follows
     * up must not take the window from sessions.
     */
    private int window() {
        boolean few = gets + Inbound.FIRST_WINDOW <= endpoint.busyGets() / 8;
        return few ? Inbound.FIRST_WINDOW : LEAST_WINDOW;
    }

    /** A quarter of the window, and so many in any case that who is a round trip away is not pushed out. */
    private int most() {
        return (int) Math.clamp(endpoint.busyGets() / 4 / LEAST_WINDOW, LEAST_PENDING, MAX_PENDING);
    }
}
