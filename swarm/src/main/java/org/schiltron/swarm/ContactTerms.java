package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.PublicKey;

/** What a service last said of its first contacts at this mailbox: of its newest post. */
final class ContactTerms {
    /** Revoked tokens remembered of one service; a newer one takes the oldest's place. */
    static final int REVOKED = 64;

    final PublicKey key;
    final byte[] keyBytes;
    @Nullable
    PublicKey delegate;
    long delegateExpiresSeconds;
    boolean delegateIssuesTokens;
    int kinds;
    double tokenShare;
    /** Kept back for tokens. */
    int reserve;
    /** Of the mailbox itself, as the service and its clients know it, and the service: {@link HelloTarget#place}. */
    final byte[] place = new byte[HelloTarget.HASH];
    /** Of the nonces used lately, how many more tokens may have. */
    double tokenCredit;
    /** Of the least effort that went on from the last post, 0 when nobody was left waiting. */
    int goingBits;
    /** Of the checks that the mailbox does, what this service has had. */
    final CheckBudget.Part posts = new CheckBudget.Part();
    final CheckBudget.Part newPosters = new CheckBudget.Part();
    final CheckBudget.Part efforts = new CheckBudget.Part();
    final AskedBits tokens = new AskedBits(ContactDesk.TOKEN_BITS);
    final AskedBits claims = new AskedBits(ContactDesk.CLAIM_BITS);
    private final long[] revoked = new long[REVOKED];
    private int revokedCount;

    ContactTerms(PublicKey key) {
        this.key = key;
        keyBytes = key.bytes();
    }

    /** A nonce has been used: tokens may have their share of it. */
    void credit() {
        tokenCredit = Math.min(16 * tokenShare, tokenCredit + tokenShare);
    }

    void revoke(long serial) {
        if (!isRevoked(serial))
            revoked[revokedCount++ % REVOKED] = serial;
    }

    boolean isRevoked(long serial) {
        for (int i = 0; i < Math.min(revokedCount, REVOKED); i++)
            if (revoked[i] == serial)
                return true;
        return false;
    }
}
