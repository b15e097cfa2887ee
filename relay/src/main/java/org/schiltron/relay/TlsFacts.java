package org.schiltron.relay;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS handshake that ended here showed.
 *
 * @param serverName   the name the client asked for; null if none
 * @param protocol     the application protocol agreed on; null if none
 * @param version      {@code TLSv1.3} or {@code TLSv1.2}
 * @param cipher       the cipher suite's name
 * @param certificates the client's, its own first; empty if none was asked for or given. They were checked.
 */
public record TlsFacts(@Nullable String serverName, @Nullable String protocol, String version, String cipher,
        List<X509Certificate> certificates) {
    public TlsFacts {
        certificates = List.copyOf(certificates);
    }
}
