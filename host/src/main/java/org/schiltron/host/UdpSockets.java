package org.schiltron.host;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * One or more bound UDP sockets with one batch of received datagrams, one sink and one place to wait. {@link Path}'s
 * socket number is the index among them. Two drivers; both behave alike but for speed.
 *
 * <p>Only {@link #wakeUp}, {@link #counters}, {@link #kernelDrops}, {@link #localAddress} and {@link #count} may be called from another
 * thread than the loop's.
 *
 * <p>A datagram longer than {@link TransmitSink#MAX_DATAGRAM} is dropped and counted. What the network will not take is
 * dropped and counted: no error of a peer or of a path ends the loop.
 */
public abstract class UdpSockets implements AutoCloseable {
    /** The most datagrams taken in before what they caused is sent. */
    static final int BATCH = 64;

    final UdpCounters counters = new UdpCounters();
    final List<InetSocketAddress> localAddresses;

    UdpSockets(List<InetSocketAddress> localAddresses) {
        this.localAddresses = List.copyOf(localAddresses);
    }

    /**
     * Binds one socket to each address. {@code [::]} takes IPv4 as well where the system has IPv6; port 0 picks one.
     *
     * @throws BindException with a message that names the address and what is wrong with it
     */
    public static UdpSockets bind(UdpOptions options, InetSocketAddress... addresses) throws IOException {
        return switch (options.driver()) {
            case NATIVE -> NativeUdpSockets.open(options, addresses);
            case PORTABLE -> PortableUdpSockets.open(options, addresses);
        };
    }

    /**
     * Binds {@code shards} sets of sockets to the same addresses (SO_REUSEPORT). Which set receives a datagram is
     * decided in the kernel by the byte at offset 1 of the payload, modulo {@code shards}.
     *
     * @param shards 1 to 256; more than 1 with the native driver only
     * @throws UnsupportedOperationException if the driver cannot steer
     */
    public static List<UdpSockets> bindShards(UdpOptions options, int shards, InetSocketAddress... addresses)
            throws IOException {
        if (shards < 1 || shards > 256)
            throw new IllegalArgumentException(shards + " shards (1-256)");
        if (shards == 1)
            return List.of(bind(options, addresses));
        if (options.driver() != UdpDriver.NATIVE)
            throw new UnsupportedOperationException("more than one shard needs the native UDP driver");
        return NativeUdpSockets.openShards(options, shards, addresses);
    }

    /** Says what a failed bind means to the person who chose the address. */
    static BindException bindFailure(InetSocketAddress address, String reason) {
        String where = Addresses.toText(address);
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("in use"))
            return new BindException("address already in use: " + where);
        if (lower.contains("permission") || lower.contains("denied"))
            return new BindException(
                    "not permitted: " + where + " (ports below 1024 need root or CAP_NET_BIND_SERVICE)");
        if (lower.contains("assign"))
            return new BindException("not an address of this host: " + where);
        return new BindException("cannot listen on " + where + ": " + reason);
    }

    public final int count() {
        return localAddresses.size();
    }

    /** What socket number {@code socket} is bound to, its port resolved. */
    public final InetSocketAddress localAddress(int socket) {
        return localAddresses.get(socket);
    }

    public final UdpCounters counters() {
        return counters;
    }

    /**
     * Datagrams the kernel dropped because a receive buffer was full, since the sockets were bound. Any thread. 0 where the
     * driver cannot tell, and once closed.
     */
    public long kernelDrops() {
        return 0;
    }

    /** Takes in what is there, without blocking; what the last call yielded is gone. Returns how many datagrams. */
    abstract int receive();

    /** Holds the received datagrams. */
    abstract MemorySegment segment();

    abstract long offset(int index);

    abstract int length(int index);

    /** Writes where datagram {@code index} came from into {@code into}. */
    abstract void source(int index, Path into);

    abstract TransmitSink sink();

    /** Sends what was committed to the sink. */
    abstract void flush();

    /**
     * Blocks until a socket is readable, {@link #wakeUp} was called since the last await, or the time is over.
     *
     * @param timeoutNs 0: returns at once; {@link Long#MAX_VALUE}: as long as it takes
     */
    abstract void await(long timeoutNs);

    /** Ends an {@link #await} now, or the next one. Any thread; also after close. */
    abstract void wakeUp();

    /** Closes all sockets. To be called once the loop no longer uses them. */
    @Override
    public abstract void close();
}
