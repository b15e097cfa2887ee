package org.schiltron.edge;

import java.util.Locale;

/** What an edge can be told to verify. */
public enum Protocol {
    /** HTTP/1.0 and 1.1 in TCP: {@link HttpVerifier}. */
    HTTP(true, false),
    /** TLS in TCP, hello and records: {@link TlsVerifier}. */
    TLS(true, false),
    /** QUIC in UDP: {@link QuicVerifier}. */
    QUIC(false, true),
    /** DNS queries in TCP and UDP: {@link DnsQuery}. */
    DNS(true, true),
    /** SIP in TCP and UDP: {@link SipMessage}. */
    SIP(true, true);

    private final boolean stream;
    private final boolean datagram;

    Protocol(boolean stream, boolean datagram) {
        this.stream = stream;
        this.datagram = datagram;
    }

    /**
     * By its name in any case.
     *
     * @throws IllegalArgumentException that says which there are
     */
    public static Protocol parse(String name) {
        for (Protocol protocol : values())
            if (protocol.name().equals(name.toUpperCase(Locale.ROOT)))
                return protocol;
        throw new IllegalArgumentException("\"" + name + "\" is not one of http, tls, quic, dns, sip");
    }

    /** Whether it is spoken over TCP. */
    public boolean overTcp() {
        return stream;
    }

    /** Whether it is spoken over UDP. */
    public boolean overUdp() {
        return datagram;
    }

    /** For one connection. */
    public StreamVerifier stream() {
        return switch (this) {
            case HTTP -> new HttpVerifier();
            case TLS -> new TlsVerifier();
            case DNS -> new DnsStream();
            case SIP -> new SipStream();
            case QUIC -> throw new IllegalStateException("QUIC is not spoken over TCP");
        };
    }

    /** For one source. */
    public DatagramVerifier datagram() {
        return switch (this) {
            case QUIC -> new QuicVerifier();
            case DNS -> new EachDatagram(DnsQuery::check);
            case SIP -> new EachDatagram(SipMessage::check);
            case HTTP, TLS -> throw new IllegalStateException(this + " is not spoken over UDP");
        };
    }
}
