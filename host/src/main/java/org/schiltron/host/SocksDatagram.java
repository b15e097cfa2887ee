package org.schiltron.host;

import org.jspecify.annotations.Nullable;

/**
 * What stands before the payload of each datagram of a SOCKS5 UDP association (RFC 1928, section 7), both ways:
 *
 * <pre>
 *  0  2  reserved, 0
 *  2  1  fragment, 0: on its own
 *  3  1  type of the address: 1 IPv4, 3 name, 4 IPv6
 *  4  n  destination's address: 4 bytes, a length and so many bytes, 16 bytes
 *     2  destination's port
 * </pre>
 *
 * Destinations are mapped as those of a CONNECT are: see {@link SocksHandshake#target}. The header of an answer is that of
 * the question: no other name is known for where it comes from.
 *
 * @param drop         why it goes no further, or null
 * @param target       the backend's name, "" for the default
 * @param headerLength bytes before the payload
 */
record SocksDatagram(@Nullable RelayDrop drop, String target, int headerLength) {
    private static final int ADDRESS = 4;
    private static final int PORT_LENGTH = 2;

    /** Reads the header of the datagram at {@code bytes[0..length)}; whatever it says, without an exception. */
    static SocksDatagram decode(byte[] bytes, int length) {
        if (length <= ADDRESS)
            return dropped(RelayDrop.SOCKS_MALFORMED);
        int addressLength = switch (bytes[3]) {
            case SocksHandshake.IPV4 -> 4;
            case SocksHandshake.NAME -> 1 + (bytes[ADDRESS] & 0xff);
            case SocksHandshake.IPV6 -> 16;
            default -> length; // longer than it can be
        };
        int headerLength = ADDRESS + addressLength + PORT_LENGTH;
        if (bytes[0] != 0 || bytes[1] != 0 || headerLength > length)
            return dropped(RelayDrop.SOCKS_MALFORMED);
        if (bytes[2] != 0)
            return dropped(RelayDrop.SOCKS_FRAGMENT);
        String target = bytes[3] == SocksHandshake.NAME
                ? SocksHandshake.target(bytes, ADDRESS + 1, addressLength - 1)
                : null;
        return target == null
                ? dropped(RelayDrop.SOCKS_NOT_ALLOWED)
                : new SocksDatagram(null, target, headerLength);
    }

    private static SocksDatagram dropped(RelayDrop reason) {
        return new SocksDatagram(reason, "", 0);
    }
}
