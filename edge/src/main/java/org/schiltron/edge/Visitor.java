package org.schiltron.edge;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * Who sent a request, as far as the connection shows it.
 *
 * @param source      the address it comes from
 * @param tls         whether the edge ended TLS for it
 * @param certificate the client's, whose key it has shown to have; null without one
 */
public record Visitor(Path source, boolean tls, @Nullable X509Certificate certificate) {
    public Visitor(Path source, boolean tls) {
        this(source, tls, null);
    }

    /** Without the port. */
    String address() {
        String text = source.toString();
        String address = text.substring(0, text.lastIndexOf(':'));
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }
}
