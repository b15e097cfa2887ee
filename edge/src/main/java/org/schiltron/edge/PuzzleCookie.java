package org.schiltron.edge;

import java.util.HexFormat;

/**
 * What a browser has that solved a puzzle: a {@link SignedWord} for the host, and for the network it came from if
 * bound.
 */
final class PuzzleCookie {
    private static final String NOBODY = "-";

    private final EdgeKey key;
    private final DoorSettings settings;

    PuzzleCookie(EdgeKey key, DoorSettings settings) {
        this.key = key;
        this.settings = settings;
    }

    boolean isWith(HttpHead head, Visitor visitor, long nowEpochSeconds) {
        for (String value : HttpCookies.values(head, name(visitor)))
            if (SignedWord.client(key, purpose(head, visitor), value, nowEpochSeconds) != null)
                return true;
        return false;
    }

    /** The value of Set-Cookie. */
    String set(HttpHead head, Visitor visitor, long nowEpochSeconds) {
        String word = SignedWord.of(key, purpose(head, visitor), NOBODY, nowEpochSeconds + settings.cookieSeconds());
        return HttpCookies.set(name(visitor), word, settings.cookieSeconds(), visitor.tls());
    }

    /** Over TLS under a name that browsers keep for what this host alone could set (RFC 6265bis, section 4.1.3.2). */
    private static String name(Visitor visitor) {
        return visitor.tls() ? "__Host-schiltron" : "schiltron";
    }

    private String purpose(HttpHead head, Visitor visitor) {
        String network = settings.bindCookies() ? HexFormat.of().toHexDigits(visitor.source().prefix()) : "any network";
        return "cookie of " + settings.service() + " for " + network + " at " + head.host();
    }
}
