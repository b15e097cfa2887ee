package org.schiltron.host;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The rows of the tests: every driver that loads here, over IPv4 and IPv6. */
final class Drivers {
    private Drivers() {
    }

    static Stream<UdpOptions> each() {
        return Arrays.stream(UdpDriver.values()).filter(UdpDriver::loads)
                .map(driver -> UdpOptions.defaults().withDriver(driver));
    }

    /** Every driver, with trains and without where it has them, over both families. */
    static Stream<Arguments> eachAndFamily() {
        return each().flatMap(options -> options.driver() == UdpDriver.PORTABLE
                ? Stream.of(options)
                : Stream.of(options.withTrains(true, true), options.withTrains(true, false),
                        options.withTrains(false, false)))
                .flatMap(options -> loopbacks().map(host -> Arguments.of(options, host)));
    }

    /** Without IPv6 on the host, IPv4 alone. */
    static Stream<String> loopbacks() {
        return hasIpv6() ? Stream.of("127.0.0.1", "::1") : Stream.of("127.0.0.1");
    }

    static boolean hasIpv6() {
        try (DatagramSocket socket = new DatagramSocket(at("::1", 0))) {
            return socket.isBound();
        } catch (SocketException | UnsupportedOperationException e) {
            return false;
        }
    }

    static InetSocketAddress at(String literal, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
