package org.schiltron.relay;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends TLS (1.2 and 1.3) at an entrance.
 *
 * @param pairs             at least one; of several, the one whose certificate has the name the client asks for
 * @param clientAuthorities a PEM file of certificates that have signed those of clients; null asks clients for none
 * @param clientRequired    whether a client without a certificate is refused, or an opening's to decide about
 * @param protocols         application protocols in order of preference (ALPN), {@code http/1.1} say; empty takes any
 */
public record TlsIdentity(List<Pair> pairs, @Nullable Path clientAuthorities, boolean clientRequired,
        List<String> protocols) {
    /**
     * A certificate and its key.
     *
     * @param certificates PEM: the server's own first, then those between it and a root
     * @param key          PEM: PKCS #8, not encrypted
     */
    public record Pair(Path certificates, Path key) {
    }

    public TlsIdentity {
        pairs = List.copyOf(pairs);
        protocols = List.copyOf(protocols);
        if (pairs.isEmpty())
            throw new IllegalArgumentException("TLS needs a certificate and its key");
    }

    /** One certificate, clients without. */
    public static TlsIdentity of(Path certificates, Path key) {
        return new TlsIdentity(List.of(new Pair(certificates, key)), null, false, List.of());
    }
}
