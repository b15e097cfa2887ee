package org.schiltron.swarm;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.Token;

/**
 * Checks tokens and their proofs, and holds each token to its rate. A token's own signature is checked once and remembered
 * with its last uses, {@value #REMEMBERED} of them; when a newer one takes its place, it is checked anew and may be used
 * one burst more.
 */
final class TokenChecks {
    static final int REMEMBERED = 4_096;
    /** Connections at once that a token gets ahead. */
    private static final int BURST = 3;

    /** Whose it is, and when its bucket is empty again. */
    private static final class Known {
        final PublicKey client;
        final long nsEach;
        long emptyNs;

        Known(Token token, int tokensPerMinute, long nowNs) {
            emptyNs = nowNs;
            client = token.client();
            int rate = token.connectionsPerMinute() == 0 ? tokensPerMinute : token.connectionsPerMinute();
            nsEach = 60_000_000_000L / rate;
        }
    }

    private final ContactConfig config;
    private final Map<Token, Known> known = new LinkedHashMap<>();

    TokenChecks(ContactConfig config) {
        this.config = config;
    }

    /** What came of a check. */
    enum Verdict {
        HONOURED,
        /** Expired, revoked, another service's, or used too often: no signature has been looked at in vain. */
        OVER, FORGED
    }

    /** Whether the holder of a token that this service honours has signed for {@code target}, and has not used it too often. */
    Verdict check(ContactTerms terms, CheckBudget budget, byte[] encoded, byte[] signature, byte[] target, long nowNs) {
        Token token;
        try {
            token = Token.decode(encoded, 0);
        } catch (IllegalArgumentException e) {
            return Verdict.OVER;
        }
        long nowSeconds = config.unixSecondsAtZero() + Math.floorDiv(nowNs, 1_000_000_000L);
        if (!token.isFor(terms.key) || token.isExpired(nowSeconds) || terms.isRevoked(token.serial()))
            return Verdict.OVER;
        Known holder = known.remove(token);
        if (holder == null)
            holder = issued(terms, budget, token, nowSeconds, nowNs);
        if (holder == null)
            return Verdict.FORGED;
        if (known.size() == REMEMBERED)
            known.remove(known.keySet().iterator().next());
        known.put(token, holder); // the newest
        if (Math.max(holder.emptyNs, nowNs) - nowNs > (BURST - 1) * holder.nsEach)
            return Verdict.OVER;
        if (!holder.client.verify(HelloTarget.signedByHolder(target), signature))
            return Verdict.FORGED;
        holder.emptyNs = Math.max(holder.emptyNs, nowNs) + holder.nsEach;
        return Verdict.HONOURED;
    }

    /** Two signatures at most beside the holder's, which the caller has taken from the budget. */
    private @Nullable Known issued(ContactTerms terms, CheckBudget budget, Token token, long nowSeconds, long nowNs) {
        PublicKey delegate = terms.delegate;
        budget.spend(nowNs, terms.tokens.part);
        if (token.signedBy(terms.key))
            return new Known(token, config.tokensPerMinute(), nowNs);
        if (delegate == null || !terms.delegateIssuesTokens || terms.delegateExpiresSeconds <= nowSeconds)
            return null;
        budget.spend(nowNs, terms.tokens.part);
        return token.signedBy(delegate) ? new Known(token, config.tokensPerMinute(), nowNs) : null;
    }
}
