package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.HelloTarget;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Hello;

/** One client's try at one contact mailbox that has asked for a proof: what it asked, and the best there is to show. */
final class Attempt {
    /** Apart from each other, what a mailbox is shown. Its quota is ten a second. */
    private static final long SHOW_PAUSE_NS = 150_000_000L;
    /** Shown again so often, to learn whether it has gone on. */
    private static final long SHOW_AGAIN_NS = 2_000_000_000L;
    /** No longer is believed: a mailbox that lies would have all our work. */
    private static final int MAX_VALIDITY_SECONDS = 120;
    private static final long SLACK_NS = 1_000_000_000L;

    final MailboxLink contact;
    final long id;
    final int kind;
    final byte[] target;
    final long beganNs;
    private final long high;
    private final long low;
    private final long validUntilNs;
    private final ClientConfig.@Nullable Pass token;
    private int asked; // bits that the token must travel with
    private int going;
    private int bestBits = -1;
    private long seed;
    private byte[] rest = {};
    private int shownBits = -1;
    private long nextShowNs;
    private boolean queued;

    Attempt(long id, MailboxLink contact, int kind, byte[] target, MemorySegment s, long at, long nowNs,
            ClientConfig.@Nullable Pass token) {
        this.id = id;
        this.contact = contact;
        this.kind = kind;
        this.target = target;
        beganNs = nowNs;
        this.token = token;
        high = Challenge.high(s, at);
        low = Challenge.low(s, at);
        validUntilNs = nowNs + 1_000_000_000L * Math.min(MAX_VALIDITY_SECONDS, Challenge.validitySeconds(s, at))
                - SLACK_NS;
        nextShowNs = nowNs;
        if (token != null) {
            byte[] signature = token.sign(HelloTarget.signedByHolder(target));
            rest = new byte[Hello.TOKEN_BYTES + Hello.SIGNATURE];
            System.arraycopy(token.token(), 0, rest, 0, Hello.TOKEN_BYTES);
            System.arraycopy(signature, 0, rest, Hello.TOKEN_BYTES, Hello.SIGNATURE);
        }
        update(s, at);
    }

    private void update(MemorySegment s, long at) {
        going = Challenge.goingBits(s, at);
        asked = Challenge.tokenBits(s, at);
        queued = Challenge.state(s, at) == Challenge.QUEUED;
    }

    /** Another answer of this mailbox. Whether the hello has gone on; what follows is no longer this attempt's business. */
    boolean hasGoneOn(long nowNs, MemorySegment s, long at) {
        update(s, at);
        return Challenge.state(s, at) == Challenge.STALE && nowNs < validUntilNs && shownBits >= 0;
    }

    boolean isOver(long nowNs) {
        return nowNs >= validUntilNs;
    }

    boolean isAbout(MemorySegment s, long at) {
        return high == Challenge.high(s, at) && low == Challenge.low(s, at);
    }

    /** Whether nothing more is to be solved for it: a token travels with enough. */
    boolean isReady() {
        return token != null && (asked == 0 || bestBits >= asked);
    }

    boolean isQueued() {
        return queued;
    }

    int goingBits() {
        return token == null ? going : asked;
    }

    int bestBits() {
        return bestBits;
    }

    void onSolution(int bits, long newSeed, byte[] newRest) {
        if (bits <= bestBits)
            return;
        bestBits = bits;
        seed = newSeed;
        if (token == null)
            rest = newRest.clone();
    }

    private boolean hasSomething() {
        return token != null ? isReady() : bestBits > 0;
    }

    long nextShowNs() {
        if (!hasSomething())
            return Long.MAX_VALUE;
        return shownBits < 0 || bestBits > shownBits ? nextShowNs : nextShowNs + SHOW_AGAIN_NS - SHOW_PAUSE_NS;
    }

    /** Sends the hello with the best there is, if that is due. */
    void pollTransmit(long nowNs, Knock knock, TransmitSink sink) {
        if (nowNs < nextShowNs() || isOver(nowNs))
            return;
        MailboxPath path = contact.pick(nowNs);
        if (!path.usable(nowNs)) {
            nextShowNs = nowNs + SHOW_PAUSE_NS;
            return;
        }
        shownBits = Math.max(0, bestBits);
        nextShowNs = nowNs + SHOW_PAUSE_NS;
        long at = knock.beginHello(path, sink);
        MemorySegment s = sink.segment();
        int sent = token == null ? kind : Hello.TOKEN;
        int content = Hello.writeContent(s, at + Hello.CONTENT, sent, knock.sealedHello());
        Hello.putChallenge(s, at + Hello.CONTENT, high, low, knock.helloDigest());
        Hello.putSeed(s, at + Hello.CONTENT, seed);
        if (rest.length > 0)
            Hello.putRest(s, at + Hello.CONTENT, rest);
        path.uplink.end(sink, Hello.CONTENT + content);
    }
}
