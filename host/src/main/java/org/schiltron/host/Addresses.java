package org.schiltron.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;

/**
 * Between the three forms of an address: text ({@code host:port}, {@code 192.0.2.1:4500}, {@code [2001:db8::1]:4500}),
 * {@link InetSocketAddress}, and {@link Path}.
 */
public final class Addresses {
    private Addresses() {
    }

    /** Through socket 0. */
    public static Path toPath(InetSocketAddress address) {
        Path path = new Path();
        toPath(0, address, path);
        return path;
    }

    /** @throws IllegalArgumentException if the address is not resolved */
    public static void toPath(int socket, InetSocketAddress address, Path into) {
        InetAddress inet = address.getAddress();
        if (inet == null)
            throw new IllegalArgumentException("not resolved: " + address.getHostString());
        byte[] bytes = inet.getAddress();
        long high = 0;
        long low = bytes.length == 4 ? 0xffff : 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes.length == 4 || i >= 8)
                low = low << 8 | bytes[i] & 0xff;
            else
                high = high << 8 | bytes[i] & 0xff;
        }
        into.set(socket, high, low, address.getPort());
    }

    public static InetSocketAddress toSocketAddress(Path path) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(path.addressBytes()), path.port());
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }

    /** The form {@link #parse} reads. A name stays a name. */
    public static String toText(InetSocketAddress address) {
        if (address.getAddress() != null)
            return toPath(address).toString();
        String host = address.getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /**
     * Reads {@code host:port}; an IPv6 address stands in brackets. Nothing is looked up: the result is unresolved.
     *
     * @throws IllegalArgumentException with a message for the person who typed it
     */
    public static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]"))
            throw new IllegalArgumentException("\"" + text + "\" has no port: expected host:port");
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]"))
            host = host.substring(1, host.length() - 1);
        else if (host.indexOf(':') >= 0)
            throw new IllegalArgumentException(
                    "\"" + text + "\" is ambiguous: put the IPv6 address in brackets, [address]:port");
        if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '[' || c == ']' || c == '@'))
            throw new IllegalArgumentException("\"" + text + "\" has no host name or address: expected host:port");
        return InetSocketAddress.createUnresolved(host, port(text.substring(colon + 1)));
    }

    /** @throws IllegalArgumentException unless {@code text} is a decimal number from 0 to 65535 */
    private static int port(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("\"" + text + "\" is not a port (0-65535)");
        return port;
    }

    /**
     * Every address behind a name, in the resolver's order; an address as it is. May block.
     *
     * @throws UnknownHostException with a message that names the host
     */
    public static List<InetSocketAddress> resolveAll(InetSocketAddress address) throws UnknownHostException {
        if (address.getAddress() != null)
            return List.of(address);
        List<InetSocketAddress> resolved = new ArrayList<>();
        try {
            for (InetAddress inet : InetAddress.getAllByName(address.getHostString()))
                resolved.add(new InetSocketAddress(inet, address.getPort()));
        } catch (UnknownHostException e) {
            UnknownHostException named = new UnknownHostException(
                    "cannot resolve \"" + address.getHostString() + "\": unknown host, or no name server answers");
            named.initCause(e);
            throw named;
        }
        return resolved;
    }

    /** The first of {@link #resolveAll}. May block. */
    public static InetSocketAddress resolve(InetSocketAddress address) throws UnknownHostException {
        return resolveAll(address).getFirst();
    }

    /** Parses and resolves. May block. */
    public static InetSocketAddress resolve(String text) throws UnknownHostException {
        return resolve(parse(text));
    }
}
