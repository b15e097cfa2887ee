package org.schiltron.host;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ClientId;

/**
 * PROXY protocol version 2 (proxy-protocol.txt, section 2.2): tells a backend who its client is, in front of the
 * client's first byte.
 *
 * <pre>
 *  0  12  signature 0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A
 * 12   1  version 2 in the high half; command in the low: 1 PROXY (0 LOCAL is for a proxy's own
 *         connections: there are none)
 * 13   1  family in the high half: 0 none, 1 IPv4, 2 IPv6; transport in the low: 0 none, 1 stream, 2 datagram
 * 14   2  length of what follows
 * 16   n  source address, destination address (4 or 16 bytes each), source port, destination port
 *         then values: type 1 byte, length 2 bytes, value
 * </pre>
 *
 * A client of the swarm has an identity, not an address. Its source is therefore a unique local address (RFC 4193):
 * {@link #PREFIX}, then the ten bytes of its client id. The same client has the same address at every process of the
 * service, and the address says who it is. The port is made from the stream, so that log lines of one client can be
 * told apart. The id follows once more as text, in a value of type {@link #CLIENT_ID} (the range for own use).
 *
 * <p>A client of an edge has an address, and the header says what any proxy's would: {@link #forAddress}.
 */
public final class ProxyProtocol {
    /** A value that holds the application protocol that TLS agreed on or asked for (section 2.2.1). */
    private static final int ALPN = 0x01;
    /** A value that holds the host name the client asked for (section 2.2.2). */
    private static final int AUTHORITY = 0x02;
    /** The longest name or protocol that is told, bytes; what is longer is left out. */
    private static final int MAX_VALUE = 255;

    /** A value that holds the client id as text, 16 characters. */
    static final int CLIENT_ID = 0xE0;

    /**
     * {@code fdc6:fae0:51ca::/48}: what a backend may list as "came through the swarm". The 40 bits after fd are the
     * first of SHA-256("schiltron").
     */
    static final byte[] PREFIX = HexFormat.of().parseHex("fdc6fae051ca");

    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final int PROXY = 0x21;
    private static final int STREAM = 1;
    private static final int DATAGRAM = 2;

    private ProxyProtocol() {
    }

    static byte[] forStream(ClientId client, long stream, InetSocketAddress to) {
        return header(STREAM, source(client, stream), to, client);
    }

    static byte[] forDatagrams(ClientId client, long flow, InetSocketAddress to) {
        return header(DATAGRAM, source(client, flow), to, client);
    }

    /**
     * For a client that has an address.
     *
     * @param datagrams  whether it speaks UDP; else TCP
     * @param from       the client's address
     * @param to         the address it reached
     * @param serverName the name it asked for, ASCII; null for none
     * @param protocol   the application protocol; null for none
     */
    public static byte[] forAddress(boolean datagrams, InetSocketAddress from, InetSocketAddress to,
            @Nullable String serverName, @Nullable String protocol) {
        byte[] source = from.getAddress().getAddress();
        byte[] destination = to.getAddress().getAddress();
        boolean ipv4 = source.length == 4 && destination.length == 4;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(ipv4 ? source : asIpv6(source));
        body.writeBytes(ipv4 ? destination : asIpv6(destination));
        put16(body, from.getPort());
        put16(body, to.getPort());
        putText(body, ALPN, protocol);
        putText(body, AUTHORITY, serverName);
        return framed((ipv4 ? 0x10 : 0x20) | (datagrams ? DATAGRAM : STREAM), body);
    }

    private static void putText(ByteArrayOutputStream body, int type, @Nullable String text) {
        if (text == null || text.isEmpty())
            return;
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        if (value.length > MAX_VALUE)
            return;
        body.write(type);
        put16(body, value.length);
        body.writeBytes(value);
    }

    private static byte[] header(int transport, InetSocketAddress from, InetSocketAddress to, ClientId client) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(from.getAddress().getAddress());
        body.writeBytes(asIpv6(to.getAddress().getAddress()));
        put16(body, from.getPort());
        put16(body, to.getPort());
        putText(body, CLIENT_ID, client.text());
        return framed(0x20 | transport, body);
    }

    private static byte[] framed(int familyAndTransport, ByteArrayOutputStream body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.write(PROXY);
        out.write(familyAndTransport);
        put16(out, body.size());
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    /** Where a client seems to come from. Ports below 1024 are left out: some programs trust them. */
    static InetSocketAddress source(ClientId client, long streamOrFlow) {
        byte[] address = new byte[16];
        System.arraycopy(PREFIX, 0, address, 0, PREFIX.length);
        System.arraycopy(client.bytes(), 0, address, PREFIX.length, 16 - PREFIX.length);
        int port = 1_024 + (int) Long.remainderUnsigned(streamOrFlow, 65_536 - 1_024);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 16 bytes", e);
        }
    }

    /** Both addresses of a header are of one family, so an IPv4 destination is IPv4-mapped (RFC 4291 2.5.5.2). */
    private static byte[] asIpv6(byte[] address) {
        if (address.length == 16)
            return address;
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(address, 0, mapped, 12, 4);
        return mapped;
    }

    private static void put16(ByteArrayOutputStream out, int value) {
        out.write(value >>> 8);
        out.write(value);
    }
}
