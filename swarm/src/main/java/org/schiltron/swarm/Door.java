package org.schiltron.swarm;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.Drop;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.NonceSequence;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * The service's door: opens hellos at a bounded rate, answers, and repeats the answer when the same hello comes again.
 * An answered hello stands for {@value #PENDING_NS} ns at most until its client proves itself; at most {@value
 * #MAX_PENDING} stand at a time, the oldest gives way.
 */
final class Door {
    private static final int MAX_PENDING = 2_048;
    private static final long PENDING_NS = 12_000_000_000L;

    private static final class Pending {
        final Session session;
        final byte[] reply;
        final NonceSequence nonces;
        final List<MailboxLink> waitingAt;
        final long untilNs;
        int replies;

        Pending(Session session, byte[] reply, NonceSequence nonces, List<MailboxLink> waitingAt, long untilNs) {
            this.session = session;
            this.reply = reply;
            this.nonces = nonces;
            this.waitingAt = waitingAt;
            this.untilNs = untilNs;
        }
    }

    private final ServiceEndpoint endpoint;
    private final int perSecond;
    private final Map<ByteBuffer, Pending> pending = new LinkedHashMap<>(); // by the hello's ephemeral key, oldest first
    private final Map<Session, Integer> cameBy = new LinkedHashMap<>(); // of those in pending
    private final ArrayDeque<Pending> toAnswer = new ArrayDeque<>();
    private double tokens;
    private long tokensNs;

    Door(ServiceEndpoint endpoint, int perSecond) {
        this.endpoint = endpoint;
        this.perSecond = perSecond;
        tokens = perSecond;
    }

    int standing() {
        return pending.size();
    }

    /** A hello that came by {@code mailbox}. */
    void onHello(long nowNs, int mailbox, byte[] sealed) {
        if (sealed.length < Handshake.FIRST_OVERHEAD) {
            endpoint.counters().drop(Drop.HANDSHAKE_REFUSED);
            return;
        }
        ByteBuffer key = ByteBuffer.wrap(sealed, 0, 32).slice(); // the ephemeral key: fresh with every hello
        Pending known = pending.get(key);
        if (known != null) {
            if (known.replies < HelloMessage.MAX_REPLIES && toAnswer.size() < MAX_PENDING)
                toAnswer.addLast(known);
            return;
        }
        tokens = Math.min(perSecond, tokens + (nowNs - tokensNs) * 1e-9 * perSecond);
        tokensNs = nowNs;
        if (tokens < 1) {
            endpoint.counters().drop(Drop.RATE_LIMITED);
            return;
        }
        tokens--;
        open(nowNs, mailbox, key, sealed);
    }

    private void open(long nowNs, int mailbox, ByteBuffer key, byte[] sealed) {
        Handshake handshake = Handshake.responder(endpoint.identity(), Knock.prologue(), endpoint.random);
        byte[] payload = handshake.read(sealed);
        HelloMessage hello = payload == null ? null : HelloMessage.decode(payload);
        if (hello == null) {
            endpoint.counters().drop(Drop.HANDSHAKE_REFUSED);
            return;
        }
        ClientId client = ClientId.of(handshake.remoteX25519());
        if (endpoint.isBanned(client)) {
            endpoint.counters().drop(Drop.HANDSHAKE_REFUSED);
            return;
        }
        boolean room = endpoint.hasRoom();
        while (!room && forgetOldestUnproved())
            room = endpoint.hasRoom();
        if (!room) {
            endpoint.counters().drop(Drop.SESSIONS_FULL);
            return;
        }
        List<MailboxLink> waitingAt = new ArrayList<>();
        for (var address : hello.mailboxes()) {
            MailboxLink link = endpoint.known(address); // others are not ours: no client sends us to a stranger
            if (link == null) {
                endpoint.counters().drop(Drop.FORBIDDEN_ADDRESS);
                return;
            }
            waitingAt.add(link);
        }
        int[] members = endpoint.chooseMembers();
        byte[] reply = handshake.write(endpoint.describe(members).encode());
        Session session = new Session(endpoint, false, client, handshake, endpoint.directory(),
                MailboxSet.even(members));
        if (pending.size() == MAX_PENDING)
            forget(pending.entrySet().iterator());
        Pending entry = new Pending(session, reply, NonceSequence.ofSecret(hello.replySecret()), waitingAt,
                nowNs + PENDING_NS);
        pending.put(key, entry);
        cameBy.put(session, mailbox);
        toAnswer.addLast(entry);
        endpoint.onStarted();
        session.start(nowNs);
    }

    /** The mailbox by which the hello of this session came, once; -1 if that is long ago. */
    int onProved(Session session) {
        Integer mailbox = cameBy.remove(session);
        return mailbox == null ? -1 : mailbox;
    }

    /** Leaves each due answer at all mailboxes where it is waited for, under fresh nonces. */
    void pollTransmit(long nowNs, TransmitSink sink) {
        long[] nonce = new long[2];
        while (!toAnswer.isEmpty()) {
            Pending entry = toAnswer.removeFirst();
            for (int i = 0; i < entry.waitingAt.size() && entry.replies < HelloMessage.MAX_REPLIES; i++) {
                int index = entry.replies++;
                entry.nonces.generate(index, 1, nonce, 0);
                MailboxLink link = entry.waitingAt.get(index % entry.waitingAt.size());
                MailboxPath path = link.pick(nowNs);
                if (!path.usable(nowNs))
                    continue;
                long at = path.uplink.begin(sink, 0, link.address);
                Put.write(sink.segment(), at, 0, 0, path.cookie(), nonce[0], nonce[1]);
                Wire.putBytes(sink.segment(), at + Put.BODY, entry.reply);
                path.uplink.end(sink, Put.BODY + entry.reply.length);
            }
        }
    }

    void onTimer(long nowNs) {
        while (nextDeadlineNs() <= nowNs)
            forget(pending.entrySet().iterator());
    }

    long nextDeadlineNs() {
        return pending.isEmpty() ? Long.MAX_VALUE : pending.values().iterator().next().untilNs;
    }

    /** Hellos that nobody follows up must not keep others out. False if there is none. */
    private boolean forgetOldestUnproved() {
        for (Iterator<Map.Entry<ByteBuffer, Pending>> all = pending.entrySet().iterator(); all.hasNext();) {
            Session session = all.next().getValue().session;
            if (session.isOpen())
                continue;
            all.remove();
            cameBy.remove(session);
            session.end(CloseReason.UNREACHABLE);
            return true;
        }
        return false;
    }

    private void forget(Iterator<Map.Entry<ByteBuffer, Pending>> oldest) {
        Pending entry = oldest.next().getValue();
        oldest.remove();
        cameBy.remove(entry.session);
        if (!entry.session.isOpen())
            entry.session.end(CloseReason.UNREACHABLE);
    }
}
