package org.schiltron.proof;

import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * A place to send datagrams to: a name, an IPv4 or an IPv6 address, and a port. Not resolved here.
 *
 * @param host without the brackets of an IPv6 address
 * @param port 1 to 65,535
 */
public record HostPort(String host, int port) {
    /** As DNS has it (RFC 1035, section 2.3.4, in text). */
    public static final int MAX_HOST = 253;

    /** @throws IllegalArgumentException that says what is wrong */
    public HostPort {
        checkHost(host);
        if (port < 1 || port > 65_535)
            throw new IllegalArgumentException("port " + port + " is not one of 1-65535");
    }

    /** Reads {@code host:port} or {@code [v6]:port}. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0)
                throw new IllegalArgumentException("no ] after the IPv6 address");
            if (close != colon - 1)
                throw new IllegalArgumentException("no :port after the ]");
            String host = text.substring(1, close);
            if (host.indexOf(':') < 0)
                throw new IllegalArgumentException("not an IPv6 address between [ and ]");
            return new HostPort(host, port(text.substring(colon + 1)));
        }
        if (colon < 0)
            throw new IllegalArgumentException("no port: write host:port");
        String host = text.substring(0, colon);
        if (host.indexOf(':') >= 0)
            throw new IllegalArgumentException("an IPv6 address stands in brackets: [address]:port");
        return new HostPort(host, port(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** Of an address and port as {@link Path#toString} writes them. */
    public static HostPort of(Path address) {
        return parse(address.toString());
    }

    /** The address, through socket 0; null for a name. */
    public @Nullable Path address() {
        if (host.indexOf(':') < 0)
            return isIpv4(host) ? Path.of(0, ipv4(host), port) : null;
        byte[] address = new byte[16];
        int gap = host.indexOf("::");
        write(gap < 0 ? host : host.substring(0, gap), address, false);
        if (gap >= 0)
            write(host.substring(gap + 2), address, true);
        return Path.of(0, address, port);
    }

    /** Some groups of 16 bits, the last perhaps an IPv4 address, at the beginning or the end of an IPv6 address. */
    private static void write(String groups, byte[] into, boolean atEnd) {
        if (groups.isEmpty())
            return;
        String[] parts = groups.split(":", -1);
        String last = parts[parts.length - 1];
        int bytes = 2 * parts.length + (last.indexOf('.') >= 0 ? 2 : 0);
        int at = atEnd ? into.length - bytes : 0;
        for (String part : parts) {
            if (part.indexOf('.') >= 0) {
                System.arraycopy(ipv4(part), 0, into, at, 4);
                continue;
            }
            int group = Integer.parseInt(part, 16);
            into[at++] = (byte) (group >>> 8);
            into[at++] = (byte) group;
        }
    }

    private static byte[] ipv4(String text) {
        byte[] address = new byte[4];
        String[] parts = text.split("\\.", -1);
        for (int i = 0; i < 4; i++)
            address[i] = (byte) Integer.parseInt(parts[i]);
        return address;
    }

    private static int port(String text) {
        if (text.isEmpty() || text.length() > 5 || !digits(text))
            throw new IllegalArgumentException("port \"" + shorten(text) + "\" is not one of 1-65535");
        return Integer.parseInt(text);
    }

    private static void checkHost(String host) {
        if (host.isEmpty())
            throw new IllegalArgumentException("no host before the port");
        if (host.length() > MAX_HOST)
            throw new IllegalArgumentException("a host name has at most " + MAX_HOST + " characters");
        if (host.indexOf(':') >= 0) {
            if (!isIpv6(host))
                throw new IllegalArgumentException("\"" + shorten(host) + "\" is not an IPv6 address");
            return;
        }
        boolean numeric = true;
        for (String label : host.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > 63 || label.startsWith("-") || label.endsWith("-")
                    || !label.chars().allMatch(HostPort::inName))
                throw new IllegalArgumentException("\"" + shorten(host) + "\" is not a host name");
            numeric &= digits(label);
        }
        if (numeric && !isIpv4(host))
            throw new IllegalArgumentException("\"" + shorten(host) + "\" is not an IPv4 address");
    }

    private static boolean isIpv4(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4)
            return false;
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !digits(part) || Integer.parseInt(part) > 255
                    || part.length() > 1 && part.charAt(0) == '0')
                return false;
        }
        return true;
    }

    /** RFC 4291, section 2.2; no zone. */
    private static boolean isIpv6(String host) {
        int gap = host.indexOf("::");
        if (gap < 0)
            return groups(host, true) == 8;
        if (host.indexOf("::", gap + 1) >= 0)
            return false;
        int before = gap == 0 ? 0 : groups(host.substring(0, gap), false);
        int after = gap + 2 == host.length() ? 0 : groups(host.substring(gap + 2), true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /** How many 16-bit groups, or -1 if some is malformed. */
    private static int groups(String text, boolean mayEndInIpv4) {
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (mayEndInIpv4 && i == parts.length - 1 && isIpv4(parts[i]))
                return i + 2;
            if (parts[i].isEmpty() || parts[i].length() > 4 || !parts[i].chars().allMatch(HostPort::hex))
                return -1;
        }
        return parts.length;
    }

    private static boolean inName(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static boolean hex(int c) {
        return c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c >= '0' && c <= '9';
    }

    private static boolean digits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** What an error shows of what it was given: printable, and not much. */
    static String shorten(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(40, text.length()); i++)
            shown.append(text.charAt(i) >= ' ' && text.charAt(i) < 127 ? text.charAt(i) : '?');
        return text.length() > 40 ? shown.append("...").toString() : shown.toString();
    }
}
