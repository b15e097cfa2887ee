package org.schiltron.relay;

import java.time.Duration;

/**
 * Bounds of one edge, so that neither a botnet nor a greedy client makes it big, and nobody launders an attack through
 * it (Mayday, section 4.4). A client is a source prefix: who has a /56 has 2^72 addresses.
 *
 * <p>Worst-case memory: {@link #bufferedBytes}, then for each connection about 2 KiB of objects, at most
 * {@link #openingBytes} rounded up to 2, 18 or 64 KiB while its opening or a request is incomplete, and 4 KiB while the
 * quota of its prefix is spent. TLS that ends here keeps at most 146 KiB more for each connection: a record that is not
 * complete, one that is not passed on, and what the client does not take, encrypted. The kernel holds at most four times {@link #socketBytes} for a connection and its leg.
 *
 * @param maxConnections         clients' TCP connections at once; a further one is reset. Fewer if there are not two
 *                               file descriptors for each
 * @param connectionsPerPrefix   of one source prefix
 * @param legsPerSecond          legs (and UDP flows) that one source prefix may open in a second
 * @param legsBurst              as many more at once, after a time of rest
 * @param bufferedBytesPerPrefix bytes that wait for one side or the other, of all connections of a source prefix; then
 *                               they go on slowly, see {@link ByteQuota}
 * @param bufferedBytes          of all clients
 * @param prefixV4               bits of an IPv4 source that make a client
 * @param prefixV6               bits of an IPv6 source
 * @param openingBytes           the longest opening, and the longest request head; at most 64 KiB
 * @param opening                how long an opening may take, TLS handshake included, and each later request's head
 * @param queue                  how long a client may wait until the service has a leg for it
 * @param connect                how long a backend may take to accept
 * @param idle                   how long neither side may say anything
 * @param halfClosed             the same once one side has ended
 * @param slowest                bytes per second that a client has to take while something waits for it, over a minute
 * @param drain                  how long connections may go on when the edge stops
 * @param socketBytes            what the kernel may hold of a client's connection in each direction; 0 leaves it to the
 *                               kernel
 */
public record EdgeLimits(int maxConnections, int connectionsPerPrefix, int legsPerSecond, int legsBurst,
        long bufferedBytesPerPrefix, long bufferedBytes, int prefixV4, int prefixV6, int openingBytes,
        Duration opening, Duration queue, Duration connect, Duration idle, Duration halfClosed, long slowest,
        Duration drain, int socketBytes) {

    /** @throws IllegalArgumentException that says which bound is none */
    public EdgeLimits {
        positive("maxConnections", maxConnections);
        positive("connectionsPerPrefix", connectionsPerPrefix);
        positive("legsPerSecond", legsPerSecond);
        positive("legsBurst", legsBurst);
        if (bufferedBytesPerPrefix < 0 || bufferedBytes < 0 || slowest < 0 || socketBytes < 0)
            throw new IllegalArgumentException("a bound in bytes is not negative");
        if (prefixV4 < 1 || prefixV4 > 32 || prefixV6 < 1 || prefixV6 > 128)
            throw new IllegalArgumentException("a prefix is 1-32 bits of IPv4, 1-128 bits of IPv6");
        if (openingBytes < 1 || openingBytes > BufferPool.LARGEST)
            throw new IllegalArgumentException("openingBytes is 1-" + BufferPool.LARGEST);
    }

    private static void positive(String name, int value) {
        if (value < 1)
            throw new IllegalArgumentException(name + " is at least 1");
    }

    public static EdgeLimits defaults() {
        return new EdgeLimits(20_000, 512, 128, 512, 8L << 20, 256L << 20, 32, 56, 16 * 1024, Duration.ofSeconds(10),
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofSeconds(60), 256,
                Duration.ofSeconds(20), 256 * 1024);
    }

    /** Connections at once, in all and of one prefix. */
    public EdgeLimits withConnections(int most, int ofPrefix) {
        return new EdgeLimits(most, ofPrefix, legsPerSecond, legsBurst, bufferedBytesPerPrefix, bufferedBytes, prefixV4,
                prefixV6, openingBytes, opening, queue, connect, idle, halfClosed, slowest, drain, socketBytes);
    }

    /** Legs that one prefix may open. */
    public EdgeLimits withLegs(int perSecond, int burst) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, perSecond, burst, bufferedBytesPerPrefix,
                bufferedBytes, prefixV4, prefixV6, openingBytes, opening, queue, connect, idle, halfClosed, slowest,
                drain, socketBytes);
    }

    /** Bytes that wait, of one prefix and in all. */
    public EdgeLimits withBufferedBytes(long perPrefix, long inAll) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, legsPerSecond, legsBurst, perPrefix, inAll,
                prefixV4, prefixV6, openingBytes, opening, queue, connect, idle, halfClosed, slowest, drain,
                socketBytes);
    }

    public EdgeLimits withOpening(Duration longest, int mostBytes) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, legsPerSecond, legsBurst, bufferedBytesPerPrefix,
                bufferedBytes, prefixV4, prefixV6, mostBytes, longest, queue, connect, idle, halfClosed, slowest, drain,
                socketBytes);
    }

    /** Until a leg is open: waiting for its turn, and for the backend. */
    public EdgeLimits withDialling(Duration longestQueue, Duration longestConnect) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, legsPerSecond, legsBurst, bufferedBytesPerPrefix,
                bufferedBytes, prefixV4, prefixV6, openingBytes, opening, longestQueue, longestConnect, idle,
                halfClosed, slowest, drain, socketBytes);
    }

    public EdgeLimits withIdle(Duration longest, Duration longestHalfClosed) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, legsPerSecond, legsBurst, bufferedBytesPerPrefix,
                bufferedBytes, prefixV4, prefixV6, openingBytes, opening, queue, connect, longest, longestHalfClosed,
                slowest, drain, socketBytes);
    }

    public EdgeLimits withDrain(Duration longest) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, legsPerSecond, legsBurst, bufferedBytesPerPrefix,
                bufferedBytes, prefixV4, prefixV6, openingBytes, opening, queue, connect, idle, halfClosed, slowest,
                longest, socketBytes);
    }

    public EdgeLimits withSocketBytes(int most) {
        return new EdgeLimits(maxConnections, connectionsPerPrefix, legsPerSecond, legsBurst, bufferedBytesPerPrefix,
                bufferedBytes, prefixV4, prefixV6, openingBytes, opening, queue, connect, idle, halfClosed, slowest,
                drain, most);
    }
}
