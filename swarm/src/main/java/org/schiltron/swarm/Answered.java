package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PacketCipher;
import org.schiltron.wire.Wire;

/**
 * A hello that has been answered, at the service: enough to send the answer again and to know its client's first packet by,
 * nothing of a session yet. It takes some 6 kB.
 */
final class Answered {
    /** For one of the client's first packets. */
    final class FirstGet extends Outstanding {
        FirstGet(long index, long nonceHigh, long nonceLow, int shard) {
            super(null, index, nonceHigh, nonceLow, shard);
        }

        Answered of() {
            return Answered.this;
        }
    }

    final HelloId id;
    final ClientId client;
    final Handshake handshake;
    final byte[] reply;
    final int[] members;
    /** By which the hello came. */
    final int mailbox;
    final long untilNs;
    private final NonceSequence replyNonces;
    private final MailboxLink[] waitingAt;
    private final FirstGet[] gets;
    private final long[] nonce = new long[2];
    private int replies;

    Answered(HelloId id, ClientId client, Handshake handshake, byte[] reply, int[] members, int mailbox,
            byte[] replySecret, MailboxLink[] waitingAt, long untilNs, int window) {
        this.id = id;
        this.client = client;
        this.handshake = handshake;
        this.reply = reply;
        this.members = members;
        this.mailbox = mailbox;
        this.untilNs = untilNs;
        this.waitingAt = waitingAt;
        replyNonces = NonceSequence.ofSecret(replySecret);
        gets = new FirstGet[window];
        long[] nonces = new long[2 * window];
        NonceSequence.ofSecret(handshake.secret("x nonces", 32)).generate(0, window, nonces, 0);
        int shard = handshake.secret("shards", 2)[0] & 0xff;
        MailboxSet set = MailboxSet.even(members);
        for (int i = 0; i < window; i++) {
            gets[i] = new FirstGet(i, nonces[2 * i], nonces[2 * i + 1], shard);
            gets[i].member = set.pick(nonces[2 * i]);
            gets[i].maxBody = Wire.MAX_BODY;
        }
    }

    int window() {
        return gets.length;
    }

    boolean mayRepeat() {
        return replies < HelloMessage.MAX_REPLIES;
    }

    /** Asks for the client's first packets; again with each repetition of the answer. */
    void ask(Endpoint endpoint, MailboxDirectory directory) {
        for (FirstGet get : gets) {
            get.lifetimeMs = (int) Math.max(1, (untilNs - endpoint.nowNs) / 1_000_000);
            MailboxLink link = directory.get(get.member);
            if (link == null)
                continue;
            get.path = link.pick(endpoint.nowNs);
            get.path.queueGet(endpoint.nowNs, get, true);
            link.want(endpoint.nowNs);
            endpoint.remember(get);
            endpoint.touch(link);
        }
    }

    /** Where the answer is to be put next, once for each mailbox where it is waited for. */
    MailboxLink[] waitingAt() {
        return waitingAt;
    }

    /** The nonce of the next put of the answer, high half first. */
    long[] nextNonce() {
        replyNonces.generate(replies++, 1, nonce, 0);
        return nonce;
    }

    /** The mailbox at that address, if {@code get} was left there. */
    @Nullable
    MailboxLink from(FirstGet get, Path source, MailboxDirectory directory) {
        MailboxLink link = directory.get(get.member);
        return link != null && link.address.sameAddress(source) ? link : null;
    }

    /** The length of what was sealed, now in {@code plain}; -1 if it is not authentic. */
    int open(Endpoint endpoint, FirstGet get, byte[] sealed, byte[] plain) {
        return new PacketCipher(handshake.secret("x packets", 32), endpoint.ciphers()).open(get.index, get.nonceHigh,
                get.nonceLow, sealed, 0, sealed.length, plain, 0);
    }

    /** Its first packets are awaited no longer; mailboxes are told so if {@code withdraw}. */
    void end(Endpoint endpoint, boolean withdraw) {
        for (FirstGet get : gets) {
            get.state = Outstanding.DONE;
            endpoint.forget(get);
            MailboxPath path = get.path;
            if (withdraw && path != null) {
                path.queueWithdrawal(endpoint.nowNs, get);
                endpoint.touch(path.link);
            }
        }
    }
}
