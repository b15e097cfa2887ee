package org.schiltron.machine;

/**
 * A remote address as seen through one of the driver's sockets: the flyweight of the packet path. IPv4 addresses are
 * held as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2), so that an address is always two longs and a port.
 *
 * <p>Mutable and reused; {@link #copy} what is kept. Equality is by value (socket, address, port).
 */
public final class Path {
    private static final long MAPPED_PREFIX = 0x0000_ffff_0000_0000L;

    private int socket;
    private long addressHigh;
    private long addressLow;
    private int port;

    /** The unspecified address, port 0, socket 0. */
    public Path() {
    }

    /** An IPv6 or IPv4-mapped address given as its two big-endian halves. */
    public Path(int socket, long addressHigh, long addressLow, int port) {
        set(socket, addressHigh, addressLow, port);
    }

    /**
     * @param address 4 or 16 bytes in network order
     * @param port    0 to 65,535
     */
    public static Path of(int socket, byte[] address, int port) {
        if (address.length == 4) {
            int v4 = (address[0] & 0xff) << 24 | (address[1] & 0xff) << 16 | (address[2] & 0xff) << 8
                    | address[3] & 0xff;
            return new Path(socket, 0, MAPPED_PREFIX | (v4 & 0xffff_ffffL), port);
        }
        if (address.length != 16)
            throw new IllegalArgumentException("address of " + address.length + " bytes");
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = high << 8 | (address[i] & 0xff);
            low = low << 8 | (address[i + 8] & 0xff);
        }
        return new Path(socket, high, low, port);
    }

    /** An IPv4 address given as an int, for tests and simulations. */
    public static Path ofIpv4(int address, int port) {
        return new Path(0, 0, MAPPED_PREFIX | (address & 0xffff_ffffL), port);
    }

    public void set(int newSocket, long newAddressHigh, long newAddressLow, int newPort) {
        socket = newSocket;
        addressHigh = newAddressHigh;
        addressLow = newAddressLow;
        port = newPort;
    }

    public void set(Path other) {
        set(other.socket, other.addressHigh, other.addressLow, other.port);
    }

    public Path copy() {
        return new Path(socket, addressHigh, addressLow, port);
    }

    /** The driver's number for the local socket; 0 where there is only one. */
    public int socket() {
        return socket;
    }

    public long addressHigh() {
        return addressHigh;
    }

    public long addressLow() {
        return addressLow;
    }

    /** 0 to 65,535. */
    public int port() {
        return port;
    }

    public boolean isIpv4() {
        return addressHigh == 0 && (addressLow & 0xffff_ffff_0000_0000L) == MAPPED_PREFIX;
    }

    /** The address's routing prefix as one long: an IPv4 /24, or an IPv6 /48. For quotas. */
    public long prefix() {
        return isIpv4() ? addressLow & ~0xffL : addressHigh & ~0xffffL;
    }

    /** Same address and port, whatever the socket. */
    public boolean sameAddress(Path other) {
        return addressLow == other.addressLow && addressHigh == other.addressHigh && port == other.port;
    }

    /**
     * Whether a peer may name this address: not loopback, private, link-local, shared, multicast, unspecified,
     * broadcast or reserved. Addresses that a person typed are not subject to this.
     */
    public boolean isPublic() {
        if (isIpv4()) {
            int a = (int) (addressLow >>> 24) & 0xff;
            int b = (int) (addressLow >>> 16) & 0xff;
            return !(a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && (b & 0xc0) == 64)
                    || (a == 169 && b == 254) || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168)
                    || (a == 198 && (b & 0xfe) == 18) || (a == 192 && b == 0));
        }
        return addressHigh >>> 61 == 1; // 2000::/3, the only global unicast space in use
    }

    /** The address in network order, 4 or 16 bytes. Allocates: control rate only. */
    public byte[] addressBytes() {
        byte[] bytes = new byte[isIpv4() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            int shift = 8 * ((bytes.length - 1 - i) & 7);
            long word = bytes.length == 4 || i >= 8 ? addressLow : addressHigh;
            bytes[i] = (byte) (word >>> shift);
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Path p && p.socket == socket && sameAddress(p);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(addressHigh * 31 + addressLow) * 31 + port * 31 + socket;
    }

    /** {@code 192.0.2.1:4500} or {@code [2001:db8::1]:4500} (RFC 5952). */
    @Override
    public String toString() {
        if (isIpv4()) {
            return (addressLow >>> 24 & 0xff) + "." + (addressLow >>> 16 & 0xff) + "." + (addressLow >>> 8 & 0xff) + "."
                    + (addressLow & 0xff) + ":" + port;
        }
        int longestStart = -1;
        int longest = 1; // a single zero group is not shortened
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(i + run) == 0)
                run++;
            if (run > longest) {
                longest = run;
                longestStart = i;
            }
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < 8; i++) {
            if (i == longestStart) {
                text.append("::");
                i += longest - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':')
                    text.append(':');
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.append("]:").append(port).toString();
    }

    private int group(int index) {
        long word = index < 4 ? addressHigh : addressLow;
        return (int) (word >>> (16 * (3 - (index & 3)))) & 0xffff;
    }
}
