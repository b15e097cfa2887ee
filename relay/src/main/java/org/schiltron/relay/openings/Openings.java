package org.schiltron.relay.openings;

import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.QuicFlows;
import org.schiltron.relay.DatagramOpening;
import org.schiltron.relay.Opening;
import org.schiltron.relay.PathProof;

/**
 * How clients are let in at an entrance: the protocols of module {@code edge}, for the sockets of this one. Doors are
 * found by the name a client asks for, in lower case, without a port; {@code *.example.org} has all names with one more
 * label, "" has all others and clients that name none. What a factory is given to decide by is checked when it is made.
 */
public final class Openings {
    /**
     * For {@link org.schiltron.relay.EdgeLimits#openingBytes} where HTTP is read: room for the longest head and the
     * longest form of the edge's own. With less, a head that is too long is reset and not told so.
     */
    public static final int HTTP_OPENING_BYTES = 24 * 1024;

    private Openings() {
    }

    /**
     * HTTP/1, plain or with TLS ended by the entrance, by Host. Each request is read strictly and judged at its door;
     * pages of the edge's own are answered here, and legs change between two requests.
     *
     * @param epochSeconds the time of day
     * @param slow         runs what takes tens of milliseconds (password hashes), at most 64 at once or waiting
     * @throws IllegalArgumentException for a name that is none
     */
    public static Opening.Factory http(Map<String, Door> byName, LongSupplier epochSeconds, Executor slow) {
        HttpDoors doors = new HttpDoors(new Doors(byName), epochSeconds, new SlowRulings(slow));
        return client -> new HttpOpening(client, doors);
    }

    /**
     * TLS that is passed through, by server name.
     *
     * @param verify whether the records after the hello are checked too
     * @throws IllegalArgumentException for a door that asks for more than an address, or a name that is none
     */
    public static Opening.Factory tls(Map<String, Door> byName, boolean verify, LongSupplier epochSeconds) {
        Doors doors = Doors.byAddress(byName);
        return client -> new TlsOpening(client, doors, verify, epochSeconds);
    }

    /**
     * TCP to one service. Without a protocol it is dialled at once, so that backends that speak first are served too.
     *
     * @param verify what the client has to speak; null for anything
     * @throws IllegalArgumentException for a door that asks for more than an address, or a protocol of UDP
     */
    public static Opening.Factory tcp(Door door, @Nullable Protocol verify, LongSupplier epochSeconds) {
        Door byAddress = door.byAddress();
        if (verify != null && !verify.overTcp())
            throw new IllegalArgumentException(verify + " is not spoken over TCP");
        if (verify == Protocol.HTTP)
            return http(Map.of("", byAddress), epochSeconds, Runnable::run); // without a keeper nothing is slow
        if (verify == Protocol.TLS)
            return tls(Map.of("", byAddress), true, epochSeconds);
        return client -> new StreamOpening(client, byAddress, verify, epochSeconds);
    }

    /**
     * QUIC that is passed through, by server name.
     *
     * @return to be used with its own {@link QuicDoors#proof}; with {@link #proof} a client that moves connects anew
     * @throws IllegalArgumentException for a door that asks for more than an address, or a name that is none
     */
    public static QuicDoors quic(Map<String, Door> byName, LongSupplier epochSeconds) {
        return new QuicDoors(Doors.byAddress(byName), epochSeconds);
    }

    /**
     * UDP to one service.
     *
     * @param verify what the client's first datagram has to be; {@link #proof} checks the others
     * @throws IllegalArgumentException for a door that asks for more than an address, or a protocol of TCP
     */
    public static DatagramOpening.Factory udp(Door door, @Nullable Protocol verify, LongSupplier epochSeconds) {
        Door byAddress = door.byAddress();
        checkUdp(verify);
        if (verify == Protocol.QUIC)
            return quic(Map.of("", byAddress), epochSeconds);
        return client -> new UdpOpening(client, byAddress, verify, epochSeconds);
    }

    /**
     * What proves a client's address, for {@link #udp}: QUIC does, nothing else. Each datagram of the client's is
     * checked.
     *
     * @throws IllegalArgumentException for a protocol of TCP
     */
    public static PathProof.Factory proof(@Nullable Protocol protocol) {
        return proof(protocol, Authentication.NONE);
    }

    /** The same where clients are let in in this way: a grant was earned over TCP, and so proves its address. */
    public static PathProof.Factory proof(@Nullable Protocol protocol, Authentication method) {
        checkUdp(protocol);
        boolean byGrant = method == Authentication.GRANT;
        if (protocol == Protocol.QUIC)
            return alone(byGrant);
        return _ -> new VerifiedDatagrams(protocol == null ? null : protocol.datagram(), byGrant);
    }

    /** Each flow for itself. */
    private static PathProof.Factory alone(boolean byGrant) {
        return _ -> new QuicProof(false, _ -> byGrant, new QuicFlows<>(0));
    }

    private static void checkUdp(@Nullable Protocol protocol) {
        if (protocol != null && !protocol.overUdp())
            throw new IllegalArgumentException(protocol + " is not spoken over UDP");
    }
}
