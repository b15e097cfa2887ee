package org.schiltron.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.schiltron.app.Exposure.Listener;

/**
 * Sockets of this machine that other hosts can reach, read from Linux's tables {@code /proc/net/tcp}, {@code tcp6},
 * {@code udp} and {@code udp6} (proc(5)); none elsewhere. A connected or loopback socket is not one.
 */
final class Listeners {
    private static final int TCP_LISTEN = 0x0a;
    private static final int UDP_UNCONNECTED = 0x07;

    private Listeners() {
    }

    static List<Listener> ofMachine() {
        List<Listener> found = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            try {
                found.addAll(parse(table.substring(0, 3),
                        Files.readString(Path.of("/proc/net", table), StandardCharsets.US_ASCII)));
            } catch (IOException e) {
                // Not Linux, or without that protocol.
            }
        }
        return found;
    }

    /** @param text one of the tables: a heading, then lines of which the 2nd word is the local address, the 4th the state */
    static List<Listener> parse(String protocol, String text) {
        List<Listener> found = new ArrayList<>();
        int open = protocol.equals("tcp") ? TCP_LISTEN : UDP_UNCONNECTED;
        for (String line : text.lines().skip(1).toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length < 4 || Integer.parseInt(words[3], 16) != open)
                continue;
            int colon = words[1].indexOf(':');
            InetAddress address = address(words[1].substring(0, colon));
            // Clients' sockets (a resolver's, say) are unconnected UDP too; those take a port from the ephemeral range.
            int port = Integer.parseInt(words[1].substring(colon + 1), 16);
            if (!address.isLoopbackAddress() && !(protocol.equals("udp") && port >= 32_768))
                found.add(new Listener(protocol, new InetSocketAddress(address, port)));
        }
        return found;
    }

    /** Words of 32 bits, each printed in the machine's order, which is little-endian wherever this runs. */
    private static InetAddress address(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 0; i < 2; i++) {
                byte swap = bytes[word + i];
                bytes[word + i] = bytes[word + 3 - i];
                bytes[word + 3 - i] = swap;
            }
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }
}
