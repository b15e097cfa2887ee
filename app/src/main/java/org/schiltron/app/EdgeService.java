package org.schiltron.app;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.Pairing;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.Route;
import org.schiltron.relay.TlsIdentity;

/**
 * One service behind an edge, as the command line or a file of services describes it.
 *
 * @param name          what pages, tokens and counters call it
 * @param hosts         the names by which clients ask for it, where several services share an address; none takes all
 * @param listen        where TCP clients come in, resolved
 * @param udp           where UDP clients come in, resolved
 * @param verify        what clients must speak: at most one protocol over TCP and one over UDP
 * @param door          how they are let in
 * @param certificate   ends TLS; null passes it through
 * @param to            the backend, resolved; null where other nodes dial it
 * @param route         the way to it
 * @param proxyProtocol whether the backend is told who the client is, by PROXY protocol version 2
 * @param maxLegs       connections to the backend at once
 * @param shown         what the ring in front of it asks for; null if there is none
 * @param force         whether a weak pairing of route and authenticator is meant
 */
record EdgeService(String name, List<String> hosts, List<InetSocketAddress> listen, List<InetSocketAddress> udp,
        Set<Protocol> verify, EdgeDoor door, TlsIdentity.@Nullable Pair certificate, @Nullable InetSocketAddress to,
        EdgeRoute route, boolean proxyProtocol, int maxLegs, @Nullable AuthenticatorFile shown, boolean force) {
    static final int DEFAULT_LEGS = 4_096;
    /** As nodes say it to each other (docs/LEGS.md). */
    static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,63}");
    static final String NAME_FORM = "a name of 1 to 63 small letters, digits, dots, - and _";

    /** How much of what TCP clients say is read. */
    enum Reading {
        /** Nothing, or what is verified. */
        BYTES,
        /** Each request. */
        HTTP,
        /** TLS that is passed through: the hello, with the name that is asked for. */
        TLS
    }

    /** @throws IllegalArgumentException that says what does not fit together */
    EdgeService {
        hosts = List.copyOf(hosts);
        listen = List.copyOf(listen);
        udp = List.copyOf(udp);
        verify = Set.copyOf(verify);
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException("name: \"" + name + "\" is not " + NAME_FORM);
        if (to != null && to.getPort() == 0)
            throw new IllegalArgumentException("to: port 0 is nowhere");
        if (!udp.isEmpty() && route.secure() != null)
            throw new IllegalArgumentException("secure-route is for TCP alone: give udp a service of its own");
        if (to == null && route.normal() == Route.PROXIMITY)
            throw new IllegalArgumentException("needs a key to, such as to = \"192.0.2.80:80\"");
        if (to != null && route.normal() != Route.PROXIMITY)
            throw new IllegalArgumentException("to is for proximity routing; with " + route.normal().text()
                    + " an [[egress]] at other nodes has it");
        if (listen.isEmpty() && udp.isEmpty())
            throw new IllegalArgumentException("no address where clients come in: give listen or udp");
        if (verify.stream().filter(Protocol::overTcp).count() > 1
                || verify.stream().filter(Protocol::overUdp).count() > 1)
            throw new IllegalArgumentException("verify: one protocol over TCP, one over UDP");
        for (Protocol one : verify)
            if ((listen.isEmpty() || !one.overTcp()) && (udp.isEmpty() || !one.overUdp()))
                throw new IllegalArgumentException("verify " + one.name().toLowerCase(Locale.ROOT) + " is for "
                        + (one.overTcp() ? "listen" : "udp") + ", and no such address is given");
        if (certificate != null && verify.contains(Protocol.TLS))
            throw new IllegalArgumentException(
                    "verify tls is for TLS that is passed through, but a certificate ends it");
        if (needsRequests(door) && verify.stream().anyMatch(one -> one.overTcp() && one != Protocol.HTTP))
            throw new IllegalArgumentException("what is not HTTP, or passes through, can have auth none, or grant with"
                    + " grants-of; what else there is reads HTTP requests");
        if (needsRequests(door) && !udp.isEmpty())
            throw new IllegalArgumentException(
                    "UDP can have auth none, or grant with grants-of; what else there is reads HTTP requests");
        if ((door.method() == Authentication.MTLS || door.earn() == Authentication.MTLS) && certificate == null)
            throw new IllegalArgumentException(
                    "auth mtls needs the edge to end TLS: give certificate and certificate-key");
        if (shown != null && to != null)
            shown.check(to);
        if (shown != null && shown.word() != null && shown.word().isOfTcp() && !udp.isEmpty())
            throw new IllegalArgumentException("authenticator: a word in TCP's urgent pointer is in no datagram");
        if (shown != null && !force) {
            Pairing pairing = Pairing.judge(route.normal(), shown.fields());
            if (pairing.strength() == Pairing.Strength.WEAK)
                throw new IllegalArgumentException(
                        "authenticator: " + pairing.reason() + " Set force = true if it is meant.");
        }
    }

    /** Whether its own pages are HTTP. */
    private static boolean needsRequests(EdgeDoor door) {
        return door.earn() != Authentication.NONE || needsRequests(door.method());
    }

    private static boolean needsRequests(Authentication method) {
        return method != Authentication.NONE && method != Authentication.GRANT;
    }

    static String word(Authentication method) {
        return method.name().toLowerCase(Locale.ROOT);
    }

    /** What is read of TCP clients. */
    Reading reading() {
        if (verify.contains(Protocol.HTTP) || needsRequests(door))
            return Reading.HTTP;
        boolean named = !hosts.isEmpty() && certificate == null;
        return verify.contains(Protocol.TLS) || named ? Reading.TLS : Reading.BYTES;
    }
}
