package org.schiltron.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The programs behind a service by name. Each is given as {@code [NAME=][tcp://|udp://]HOST:PORT}; without a scheme it
 * is TCP. A name may stand for one TCP and one UDP backend (a web server and its QUIC). The first of each kind is also
 * the one that clients reach who name none.
 */
public final class Backends {
    /** What a client may ask for: 1 to 63 letters, digits, dots, dashes and underscores. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

    private final Map<String, Backend> tcp = new LinkedHashMap<>();
    private final Map<String, Backend> udp = new LinkedHashMap<>();

    private Backends() {
    }

    /**
     * @param proxyProtocol whether each backend is told its client with PROXY protocol v2
     * @throws IllegalArgumentException with a message for the person who typed it
     */
    public static Backends parse(List<String> texts, boolean proxyProtocol) {
        Backends backends = new Backends();
        for (String text : texts)
            backends.add(text, proxyProtocol);
        if (texts.isEmpty())
            throw new IllegalArgumentException("no backend given: expected [name=][tcp://|udp://]host:port");
        return backends;
    }

    /** Whether a client may ask for a backend by this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private void add(String text, boolean proxyProtocol) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? "" : text.substring(0, equals);
        if (equals >= 0 && !NAME.matcher(name).matches())
            throw new IllegalArgumentException("backend \"" + text + "\": \"" + name
                    + "\" is not a name: expected 1 to 63 letters, digits, dots, dashes and underscores");
        String where = text.substring(equals + 1);
        int scheme = where.indexOf("://");
        String kind = scheme < 0 ? "tcp" : where.substring(0, scheme);
        if (!kind.equals("tcp") && !kind.equals("udp"))
            throw new IllegalArgumentException(
                    "backend \"" + text + "\": \"" + kind + "://\" is not served: expected tcp:// or udp://");
        InetSocketAddress address;
        try {
            address = literal(Addresses.parse(scheme < 0 ? where : where.substring(scheme + 3)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("backend \"" + text + "\": " + e.getMessage(), e);
        }
        if (address.getPort() == 0)
            throw new IllegalArgumentException("backend \"" + text + "\": port 0 cannot be connected to");
        Map<String, Backend> ofKind = kind.equals("udp") ? udp : tcp;
        Backend backend = new Backend(address, kind.equals("udp"), proxyProtocol);
        if (ofKind.putIfAbsent(name.toLowerCase(Locale.ROOT), backend) != null)
            throw new IllegalArgumentException("backend \"" + text + "\": "
                    + (name.isEmpty() ? "a second " + kind + " backend without a name" : "\"" + name + "\" is taken")
                    + ": give each a name of its own, name=" + kind + "://host:port");
    }

    /** Addresses are read here, once; names stay names. */
    private static InetSocketAddress literal(InetSocketAddress parsed) {
        String host = parsed.getHostString();
        if (!ADDRESS.matcher(host).matches() && host.indexOf(':') < 0)
            return parsed;
        return new InetSocketAddress(InetAddress.ofLiteral(host), parsed.getPort());
    }

    /** The TCP backend of that name, "" for the default; null if there is none. */
    @Nullable
    Backend tcp(String target) {
        return find(tcp, target);
    }

    /** The UDP backend of that name, "" for the default; null if there is none. */
    @Nullable
    Backend udp(String target) {
        return find(udp, target);
    }

    private static @Nullable Backend find(Map<String, Backend> backends, String target) {
        if (target.isEmpty() && !backends.isEmpty())
            return backends.values().iterator().next();
        return backends.get(target.toLowerCase(Locale.ROOT));
    }

    /** {@code tcp://127.0.0.1:8080} or {@code web=tcp://127.0.0.1:8080}, in the order given by kind. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (Map<String, Backend> ofKind : List.of(tcp, udp))
            ofKind.forEach((name, backend) -> lines.add(name.isEmpty() ? backend.toString() : name + "=" + backend));
        return lines;
    }
}
