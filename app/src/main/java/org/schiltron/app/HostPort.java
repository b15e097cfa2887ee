package org.schiltron.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An address as a person writes it: {@code 192.0.2.1:4500}, {@code [2001:db8::1]:4500} or {@code name:4500}.
 *
 * @param host name or literal, without brackets
 * @param port 0 to 65,535; 0 where the system may choose
 */
record HostPort(String host, int port) {
    /** @throws IllegalArgumentException saying what is wrong and what is allowed */
    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0)
            throw new IllegalArgumentException("\"" + text + "\" has no port (want host:port)");
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]"))
            host = host.substring(1, host.length() - 1);
        else if (host.indexOf(':') >= 0)
            throw new IllegalArgumentException("\"" + text + "\": write IPv6 as [address]:port");
        if (host.isEmpty())
            throw new IllegalArgumentException("\"" + text + "\" has no host (want host:port)");
        String digits = text.substring(colon + 1);
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= 65_535)
                return new HostPort(host, port);
        } catch (NumberFormatException e) {
            // Said below, the same as for a number out of range.
        }
        throw new IllegalArgumentException("\"" + digits + "\" is not a port (0-65535)");
    }

    /** Asks the system's resolver for a name. */
    InetSocketAddress resolve() {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new Failure(Exit.UNREACHABLE, "no address is known for \"" + host + "\": check the name, or give an address", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
