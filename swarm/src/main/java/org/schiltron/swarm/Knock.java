package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/**
 * One attempt at first contact: the same sealed hello, left at one contact mailbox after another, more at a time as time
 * goes by, while the answer is waited for at up to four of them.
 */
final class Knock {
    private static final byte[] PROLOGUE = "schiltron session 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final long FIRST_PAUSE_NS = 300_000_000L;
    private static final long MAX_PAUSE_NS = 1_500_000_000L;
    private static final int MAX_ROUNDS = 8;
    /** Rounds after which no answer makes the mailboxes' cookies doubtful. */
    private static final int UNHEARD_ROUNDS = 2;
    private static final int REPLY_LIFETIME_MS = 4_000;

    private final Handshake handshake;
    private final PublicKey service;
    private final byte[] sealedHello;
    private final NonceSequence replies;
    private final List<MailboxLink> waitingAt;
    private final List<MailboxLink> contacts;
    private final List<Outstanding> gets = new ArrayList<>();
    private int rounds;
    private int cursor;
    private long nextNs;
    private long pauseNs = FIRST_PAUSE_NS;

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
        waitingAt = usable;
        service = config.service();
        byte[] replySecret = endpoint.random.bytes(32);
        List<Path> addresses = new ArrayList<>();
        for (MailboxLink link : usable)
            addresses.add(link.address);
        handshake = Handshake.initiator(identity, service, prologue(), endpoint.random);
        sealedHello = handshake.write(new HelloMessage(replySecret, addresses).encode());
        replies = NonceSequence.ofSecret(replySecret);
        cursor = endpoint.random.nextInt(contacts.size());
        nextNs = endpoint.nowNs;
    }

    Handshake handshake() {
        return handshake;
    }

    long nextNs() {
        return nextNs;
    }

    boolean exhausted(long nowNs) {
        return rounds >= MAX_ROUNDS && nowNs >= nextNs;
    }

    /** Sends what is due: first the gets for the answer, then the hello. */
    void pollTransmit(ClientEndpoint endpoint, TransmitSink sink) {
        long nowNs = endpoint.nowNs;
        if (nowNs < nextNs || rounds >= MAX_ROUNDS)
            return;
        askForReplies(endpoint);
        for (int i = 0; rounds >= UNHEARD_ROUNDS && i < waitingAt.size(); i++)
            waitingAt.get(i).suspect(nowNs); // touched with its gets
        int copies = Math.min(4, 1 << rounds);
        for (int tried = 0; tried < contacts.size() && copies > 0; tried++) {
            MailboxLink contact = contacts.get(cursor++ % contacts.size());
            if (!contact.usable(nowNs))
                continue;
            sendHello(nowNs, contact, sink);
            if (rounds >= UNHEARD_ROUNDS) { // our address may have changed: then it gives another cookie for the new one
                contact.suspect(nowNs);
                endpoint.touch(contact);
            }
            copies--;
        }
        rounds++;
        nextNs = nowNs + pauseNs + endpoint.random.nextLong(pauseNs / 4);
        pauseNs = Math.min(MAX_PAUSE_NS, pauseNs * 3 / 2);
    }

    private void askForReplies(ClientEndpoint endpoint) {
        long[] nonce = new long[2];
        for (int i = 0; i < waitingAt.size() && gets.size() < HelloMessage.MAX_REPLIES; i++) {
            int index = gets.size();
            replies.generate(index, 1, nonce, 0);
            Outstanding get = new Outstanding(null, index, nonce[0], nonce[1], 0);
            get.lifetimeMs = REPLY_LIFETIME_MS;
            get.maxBody = Wire.MAX_BODY;
            gets.add(get);
            endpoint.remember(get);
            MailboxLink link = waitingAt.get(index % waitingAt.size());
            link.pick(endpoint.nowNs).queueGet(endpoint.nowNs, get, true);
            endpoint.touch(link);
        }
    }

    private void sendHello(long nowNs, MailboxLink contact, TransmitSink sink) {
        MailboxPath path = contact.pick(nowNs);
        long at = path.uplink.begin(sink, 0, contact.address);
        Hello.write(sink.segment(), at, 0, path.cookie(), service.idHigh(), service.idLow());
        int content = Hello.writePlainContent(sink.segment(), at + Hello.CONTENT, sealedHello);
        path.uplink.end(sink, Hello.CONTENT + content);
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
        for (Outstanding get : gets) {
            get.state = Outstanding.DONE;
            endpoint.forget(get);
        }
        gets.clear();
    }
}
