package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/**
 * One try at first contact: the same sealed hello, left at one contact mailbox after another, more at a time as time
 * goes by, while the answer is waited for at up to four of them. Where a mailbox asks for a proof, an {@link Attempt} goes on
 * with it; several mailboxes are worked at in turn, which costs nothing, since every trial counts alike.
 */
final class Knock {
    /** Mailboxes worked at at a time. */
    static final int MAX_ATTEMPTS = 4;
    private static final byte[] PROLOGUE = "schiltron session 1".getBytes(StandardCharsets.US_ASCII);
    private static final long FIRST_PAUSE_NS = 300_000_000L;
    private static final long MAX_PAUSE_NS = 1_500_000_000L;
    private static final int MAX_ROUNDS = 8;
    /** Rounds after which no answer makes the mailboxes' cookies doubtful. */
    private static final int UNHEARD_ROUNDS = 2;
    private static final int REPLY_LIFETIME_MS = 4_000;
    /** A hello that has gone on is answered within this, or lost. */
    private static final long ANSWER_PATIENCE_NS = 5_000_000_000L;
    /** Where more contacts are known, the oldest attempt gives way to another after it: its mailbox may lie. */
    private static final long ATTEMPT_NS = 15_000_000_000L;
    /** After it another is begun, with answers waited for elsewhere. It costs a few seconds' place in queues. */
    private static final long MAX_AGE_NS = 120_000_000_000L;

    private final ClientConfig config;
    private final Handshake handshake;
    private final PublicKey service;
    private final byte[] sealedHello;
    private final byte[] helloDigest;
    private final NonceSequence replies;
    private final List<MailboxLink> waitingAt;
    private final List<MailboxLink> contacts;
    private final List<Outstanding> gets = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final HelloTarget targets = new HelloTarget();
    /** They say that the hello has gone on; its answer is awaited, and others are tried, since a mailbox may lie. */
    private final Set<MailboxLink> goneOnAt = new LinkedHashSet<>();
    /** Comes back with the answers: who has not seen the hello cannot answer it. */
    private final int tag;
    private int rounds;
    private int cursor;
    private long nextNs;
    private long pauseNs = FIRST_PAUSE_NS;
    private long givenUpNs;

    static byte[] prologue() {
        return PROLOGUE.clone();
    }

    /** Null if no contact has given a cookie yet. */
    static @Nullable Knock begin(ClientEndpoint endpoint, List<MailboxLink> contacts, ClientConfig config,
            Identity identity) {
        List<MailboxLink> usable = new ArrayList<>();
        for (MailboxLink contact : contacts) {
            if (contact.usable(endpoint.nowNs) && !contact.unreachable()
                    && usable.size() < HelloMessage.MAX_MAILBOXES) {
                usable.add(contact);
            }
        }
        return usable.isEmpty() ? null : new Knock(endpoint, contacts, usable, config, identity);
    }

    private Knock(ClientEndpoint endpoint, List<MailboxLink> contacts, List<MailboxLink> usable, ClientConfig config,
            Identity identity) {
        this.contacts = contacts;
        this.config = config;
        waitingAt = usable;
        service = config.service();
        byte[] replySecret = endpoint.random.bytes(32);
        List<Path> addresses = new ArrayList<>();
        for (MailboxLink link : usable)
            addresses.add(link.address);
        handshake = Handshake.initiator(identity, config.answering(), prologue(), endpoint.random);
        sealedHello = handshake.write(new HelloMessage(replySecret, addresses).encode());
        helloDigest = HelloTarget.digest(sealedHello);
        replies = NonceSequence.ofSecret(replySecret);
        cursor = endpoint.random.nextInt(contacts.size());
        tag = (int) endpoint.random.nextLong();
        nextNs = endpoint.nowNs;
        givenUpNs = endpoint.nowNs + MAX_AGE_NS;
    }

    Handshake handshake() {
        return handshake;
    }

    byte[] sealedHello() {
        return sealedHello;
    }

    byte[] helloDigest() {
        return helloDigest;
    }

    List<Attempt> attempts() {
        return attempts;
    }

    long nextNs() {
        long next = Math.min(nextNs, givenUpNs);
        for (Attempt attempt : attempts)
            next = Math.min(next, attempt.nextShowNs());
        return next;
    }

    boolean exhausted(long nowNs) {
        return nowNs >= givenUpNs || rounds >= MAX_ROUNDS && nowNs >= nextNs && attempts.isEmpty();
    }

    /** Sends what is due: first the gets for the answer, then hellos. */
    void pollTransmit(ClientEndpoint endpoint, TransmitSink sink) {
        long nowNs = endpoint.nowNs;
        endpoint.dropAttempts(attempts, attempt -> attempt.isOver(nowNs)); // else what it would show stays due
        for (Attempt attempt : attempts)
            attempt.pollTransmit(nowNs, this, sink);
        if (nowNs < nextNs || exhausted(nowNs))
            return;
        askForReplies(endpoint);
        for (int i = 0; rounds >= UNHEARD_ROUNDS && i < waitingAt.size(); i++)
            waitingAt.get(i).suspect(nowNs); // touched with its gets
        int copies = Math.min(4, 1 << rounds);
        for (int tried = 0; tried < contacts.size() && copies > 0; tried++) {
            MailboxLink contact = contacts.get(cursor++ % contacts.size());
            if (!contact.usable(nowNs) || goneOnAt.contains(contact))
                continue;
            copies--;
            if (at(contact) != null)
                continue;
            MailboxPath path = contact.pick(nowNs);
            long at = beginHello(path, sink);
            path.uplink.end(sink, Hello.CONTENT
                    + Hello.writeContent(sink.segment(), at + Hello.CONTENT, Hello.BARE, sealedHello));
            if (rounds >= UNHEARD_ROUNDS) { // our address may have changed: then it gives another cookie for the new one
                contact.suspect(nowNs);
                endpoint.touch(contact);
            }
        }
        rounds = Math.min(MAX_ROUNDS, rounds + 1);
        nextNs = nowNs + pauseNs + endpoint.random.nextLong(pauseNs / 4);
        pauseNs = Math.min(MAX_PAUSE_NS, pauseNs * 3 / 2);
    }

    private void askForReplies(ClientEndpoint endpoint) {
        long[] nonce = new long[2];
        for (Outstanding get : gets) // again: an answer may take as long as others work
            ask(endpoint, get);
        for (int i = 0; i < waitingAt.size() && gets.size() < HelloMessage.MAX_REPLIES; i++) {
            int index = gets.size();
            replies.generate(index, 1, nonce, 0);
            Outstanding get = new Outstanding(null, index, nonce[0], nonce[1], 0);
            get.lifetimeMs = REPLY_LIFETIME_MS;
            get.maxBody = Wire.MAX_BODY;
            gets.add(get);
            endpoint.remember(get);
            ask(endpoint, get);
        }
    }

    private void ask(ClientEndpoint endpoint, Outstanding get) {
        MailboxLink link = waitingAt.get((int) (get.index % waitingAt.size()));
        link.pick(endpoint.nowNs).queueGet(endpoint.nowNs, get, true);
        endpoint.touch(link);
    }

    /** Where the hello begins whose content is to follow. */
    long beginHello(MailboxPath path, TransmitSink sink) {
        long at = path.uplink.begin(sink, 0, path.link.address);
        Hello.write(sink.segment(), at, tag, path.cookie(), service.idHigh(), service.idLow());
        return at;
    }

    private @Nullable Attempt at(MailboxLink contact) {
        for (Attempt attempt : attempts)
            if (attempt.contact == contact)
                return attempt;
        return null;
    }

    /** A mailbox asks for a proof, or says how the hello stands that had one. */
    void onChallenge(ClientEndpoint endpoint, MailboxLink contact, MemorySegment s, long at) {
        long nowNs = endpoint.nowNs;
        if (Wire.tag(s, at) != tag || Challenge.serviceHigh(s, at) != service.idHigh()
                || Challenge.serviceLow(s, at) != service.idLow() || goneOnAt.contains(contact))
            return;
        Attempt known = at(contact);
        if (known != null && known.hasGoneOn(nowNs, s, at)) {
            goneOnAt.add(contact);
            endpoint.dropAttempts(attempts, attempt -> attempt == known);
            if (attempts.isEmpty())
                givenUpNs = Math.min(givenUpNs, nowNs + ANSWER_PATIENCE_NS);
            return;
        }
        if (known != null && (known.isAbout(s, at) || !known.isOver(nowNs))) {
            endpoint.work(known, !known.isReady());
            return;
        }
        if (known != null)
            endpoint.dropAttempts(attempts, attempt -> attempt == known);
        if (attempts.size() >= MAX_ATTEMPTS) {
            Attempt oldest = attempts.getFirst();
            if (nowNs - oldest.beganNs < ATTEMPT_NS)
                return;
            endpoint.dropAttempts(attempts, attempt -> attempt == oldest);
        }
        int kinds = Challenge.kinds(s, at);
        ClientConfig.Pass token = (kinds >>> Hello.TOKEN & 1) != 0 ? config.token() : null;
        int kind = token != null || (kinds >>> Hello.HASH & 1) != 0
                ? Hello.HASH
                : (kinds >>> Hello.EQUIX & 1) != 0 ? Hello.EQUIX : Hello.BARE;
        if (kind == Hello.BARE)
            return; // it takes nothing that we have
        byte[] target = new byte[HelloTarget.BYTES];
        targets.of(contact.address.addressHigh(), contact.address.addressLow(), contact.address.port(), service.bytes(),
                Challenge.high(s, at), Challenge.low(s, at), sealedHello, target);
        Attempt attempt = new Attempt(endpoint.nextJob(), contact, kind, target, s, at, nowNs, token);
        attempts.add(attempt);
        endpoint.work(attempt, !attempt.isReady());
    }

    /** Null unless it is the service's answer to this hello. */
    @Nullable
    ReplyMessage onReply(Outstanding get, Path source, byte[] body) {
        MailboxLink expected = waitingAt.get((int) (get.index % waitingAt.size()));
        if (!gets.contains(get) || !expected.address.sameAddress(source))
            return null;
        byte[] payload = handshake.read(body);
        return payload == null ? null : ReplyMessage.decode(payload);
    }

    void abandon(ClientEndpoint endpoint) {
        endpoint.dropAttempts(attempts, _ -> true);
        for (Outstanding get : gets) {
            get.state = Outstanding.DONE;
            endpoint.forget(get);
        }
        gets.clear();
    }
}
