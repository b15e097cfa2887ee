package org.schiltron.edge;

import java.util.Locale;

/** Why what a client sent is not passed on. The same value is the reason, the counter and the metric's label. */
public enum Refusal {
    // @formatter:off, a line each
    // Any
    TOO_LONG("not complete within 16 KiB"),

    // TLS
    NOT_TLS("not a TLS client hello"),
    SSL_2("an SSL 2 hello, which nothing speaks any more"),
    TLS_VERSION("none of TLS 1.0 to 1.3 is offered"),
    TLS_RECORD("a TLS record that does not belong here"),
    TLS_MALFORMED("a client hello whose fields do not fit together"),
    TLS_REPEATED_EXTENSION("a client hello with the same extension twice"),
    SERVER_NAME("the server name is not one DNS name"),

    // HTTP, with the status that says it (RFC 9110, section 15)
    NOT_HTTP("not an HTTP/1 request"),
    HTTP_2("HTTP/2 without TLS, which is not spoken here", 505),
    HTTP_VERSION("neither HTTP/1.0 nor HTTP/1.1", 505),
    HTTP_METHOD("a method that is malformed or makes a tunnel", 501),
    HTTP_TARGET("a malformed request target"),
    HTTP_LINE("a line that does not end in CR LF, or a control character in it"),
    HTTP_FIELD("a malformed header field"),
    HTTP_TOO_MANY_FIELDS("more than 100 header fields", 431),
    HTTP_HEAD_TOO_LONG("a head of more than 16 KiB", 431),
    HTTP_HOST("no Host, more than one, or one that is no host"),
    HTTP_OTHER_HOST("the target names another host than Host does", 421),
    HTTP_LENGTH("Content-Length is not one plain number"),
    HTTP_CODING("Transfer-Encoding is not just chunked, or in HTTP/1.0", 501),
    HTTP_TWO_LENGTHS("both Content-Length and Transfer-Encoding"),
    HTTP_CONNECTION("Connection names a field that is not one connection's"),
    HTTP_EXPECT("Expect asks for something else than 100-continue", 417),
    HTTP_UPGRADE("an upgrade to HTTP/2, or with a body"),
    HTTP_CHUNK("a malformed chunk"),
    HTTP_TRAILER("a malformed trailer, or one that does not belong there"),
    HTTP_AFTER_CLOSE("a request after the last one"),
    HTTP_ANSWER("a malformed answer of the backend", 502),
    HTTP_UNASKED("an answer of the backend to no request", 502),

    // QUIC
    NOT_QUIC("not a QUIC packet, or not one that opens a connection"),
    QUIC_VERSION("neither QUIC version 1 nor 2"),
    QUIC_SMALL("a QUIC Initial in a datagram of less than 1200 bytes"),
    QUIC_UNREADABLE("a QUIC Initial that its own connection id does not decrypt"),
    QUIC_FRAME("a frame that does not belong into a client's Initial"),
    QUIC_MALFORMED("QUIC packets that do not fit together"),

    // DNS and SIP
    NOT_DNS("not a DNS query"),
    DNS_MALFORMED("a DNS query whose counts, names or lengths do not fit together"),
    NOT_SIP("not a SIP message"),
    SIP_FIELD("a SIP header field that is malformed, missing, or there twice"),
    SIP_LENGTH("a SIP message whose Content-Length is missing or not its body's");
    // @formatter:on

    private static final int BAD_REQUEST = 400;

    private final String text;
    private final int status;

    Refusal(String text) {
        this(text, BAD_REQUEST);
    }

    Refusal(String text, int status) {
        this.text = text;
        this.status = status;
    }

    /** The status of HTTP that says so to a client that speaks HTTP, 400 to 599. */
    public int status() {
        return status;
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
