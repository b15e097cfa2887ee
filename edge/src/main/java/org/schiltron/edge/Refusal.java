package org.schiltron.edge;

import java.util.Locale;

/** Why what a client sent is not passed on. The same value is the reason, the counter and the metric's label. */
public enum Refusal {
    // Any
    TOO_LONG("not complete within 16 KiB"),

    // TLS
    NOT_TLS("not a TLS client hello"), SSL_2("an SSL 2 hello, which nothing speaks any more"), TLS_VERSION(
            "none of TLS 1.0 to 1.3 is offered"), TLS_RECORD("a TLS record that does not belong here"), TLS_MALFORMED(
                    "a client hello whose fields do not fit together"), TLS_REPEATED_EXTENSION(
                            "a client hello with the same extension twice"), SERVER_NAME(
                                    "the server name is not one DNS name");

    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    /** For people; a clause without a full stop. */
    public String text() {
        return text;
    }

    /** For metrics: {@code too_long}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
