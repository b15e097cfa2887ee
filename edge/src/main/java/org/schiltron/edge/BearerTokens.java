package org.schiltron.edge;

import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that let their bearer in, in {@code Authorization: Bearer} or a cookie: {@code expiry.client.mac}, signed
 * with the edges' key for one service. Not {@link org.schiltron.proof.Token}, which is no secret and lets in who can
 * sign with the client's key: a browser has none to sign with. So who copies one of these is let in, until it expires
 * or its client is revoked; it belongs into TLS.
 */
public final class BearerTokens {
    private final EdgeKey key;
    private final String purpose;
    private final TreeSet<String> revoked;

    /**
     * @param service what tokens are for; those of another service are worth nothing
     * @param revoked clients whose tokens count no more
     */
    public BearerTokens(EdgeKey key, String service, Collection<String> revoked) {
        this.key = key;
        purpose = "token for " + service;
        this.revoked = new TreeSet<>(revoked);
    }

    /**
     * @param client 1 to 64 of {@code A-Z a-z 0-9 _ @ + . -}
     * @throws IllegalArgumentException for another name
     */
    public String issue(String client, long expiresEpochSeconds) {
        return SignedWord.of(key, purpose, client, expiresEpochSeconds);
    }

    /** Whose it is; null if it lets nobody in. */
    public @Nullable String client(String token, long nowEpochSeconds) {
        String client = SignedWord.client(key, purpose, token, nowEpochSeconds);
        return client == null || revoked.contains(client) ? null : client;
    }
}
