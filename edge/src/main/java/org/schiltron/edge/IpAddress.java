package org.schiltron.edge;

import org.schiltron.machine.Path;
import org.schiltron.proof.HostPort;

/**
 * An address without a port, its two big-endian halves as in {@link Path}: IPv4 stands in IPv6 as {@code ::ffff:a.b.c.d}.
 */
public record IpAddress(long high, long low) {

    public static IpAddress of(Path path) {
        return new IpAddress(path.addressHigh(), path.addressLow());
    }

    /**
     * Reads {@code 192.0.2.1} or {@code 2001:db8::1}, without brackets or zone.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    public static IpAddress parse(String text) {
        Path path = new HostPort(text, 1).address(); // checks the form
        if (path == null)
            throw new IllegalArgumentException("\"" + text + "\" is a name: write an address");
        return of(path);
    }

    public Path withPort(int port) {
        return new Path(0, high, low, port);
    }

    public boolean isIpv4() {
        return withPort(0).isIpv4();
    }

    /** In network order, 4 or 16 bytes. */
    public byte[] bytes() {
        return withPort(0).addressBytes();
    }

    @Override
    public String toString() {
        String text = withPort(0).toString();
        String bare = text.substring(0, text.length() - 2); // without :0
        return bare.startsWith("[") ? bare.substring(1, bare.length() - 1) : bare;
    }
}
