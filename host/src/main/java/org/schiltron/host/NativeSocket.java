package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;

/**
 * One socket opened and bound by system calls.
 *
 * @param fd     its descriptor
 * @param family AF_INET or AF_INET6; the latter takes IPv4-mapped addresses too
 * @param local  what it is bound to
 * @param trains whether the kernel segments trains on egress
 */
record NativeSocket(int fd, int family, InetSocketAddress local, boolean trains) {

    static NativeSocket open(Linux linux, UdpOptions options, InetSocketAddress address, boolean reusePort)
            throws IOException {
        InetAddress inet = address.getAddress();
        if (inet == null)
            throw new IllegalArgumentException("not resolved: " + address.getHostString());
        int family = inet instanceof Inet4Address ? Linux.AF_INET : Linux.AF_INET6;
        int fd = linux.socket(family, Linux.SOCK_DGRAM_CLOEXEC);
        if (fd < 0)
            throw UdpSockets.bindFailure(address, Linux.describe(linux.errno()));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment scratch = arena.allocate(64, 8);
            if (family == Linux.AF_INET6)
                set(linux, fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, 0, scratch);
            if (reusePort && !set(linux, fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1, scratch))
                throw new SocketException("SO_REUSEPORT: " + Linux.describe(linux.errno()));
            buffer(linux, fd, Linux.SO_RCVBUFFORCE, Linux.SO_RCVBUF, options.receiveBufferBytes(), scratch);
            buffer(linux, fd, Linux.SO_SNDBUFFORCE, Linux.SO_SNDBUF, options.sendBufferBytes(), scratch);
            // A segment size of 0 changes nothing and tells whether the kernel knows the option.
            boolean trains = options.egressTrains() && set(linux, fd, Linux.SOL_UDP, Linux.UDP_SEGMENT, 0, scratch);
            if (options.ingressTrains() && !set(linux, fd, Linux.SOL_UDP, Linux.UDP_GRO, 1, scratch))
                throw new SocketException("UDP_GRO: " + Linux.describe(linux.errno()));
            if (linux.bind(fd, scratch.address(), write(address, inet, scratch)) != 0)
                throw UdpSockets.bindFailure(address, Linux.describe(linux.errno()));
            return new NativeSocket(fd, family, boundTo(linux, fd, scratch), trains);
        } catch (IOException | RuntimeException e) {
            linux.close(fd);
            throw e;
        }
    }

    /** Steers each datagram to the group's socket of index (byte 1 of the payload) modulo {@code sockets}. */
    void steerByShard(Linux linux, int sockets) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            // Classic BPF; the program sees the datagram from the UDP payload on. Too short: index 0.
            int[][] program = {{0x30, 1}, // ldb [1]
                    {0x94, sockets}, // mod #sockets
                    {0x16, 0}}; // ret a
            MemorySegment instructions = arena.allocate(8L * program.length, 8);
            for (int i = 0; i < program.length; i++) {
                instructions.set(JAVA_SHORT, 8L * i, (short) program[i][0]);
                instructions.set(JAVA_INT, 8L * i + 4, program[i][1]);
            }
            MemorySegment sockFprog = arena.allocate(16, 8);
            sockFprog.set(JAVA_SHORT, 0, (short) program.length);
            sockFprog.set(JAVA_LONG, 8, instructions.address());
            if (linux.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ATTACH_REUSEPORT_CBPF, sockFprog.address(), 16) != 0)
                throw new SocketException("SO_ATTACH_REUSEPORT_CBPF: " + Linux.describe(linux.errno()));
        }
    }

    private static boolean set(Linux linux, int fd, int level, int name, int value, MemorySegment scratch) {
        scratch.set(JAVA_INT, 0, value);
        return linux.setsockopt(fd, level, name, scratch.address(), 4) == 0;
    }

    /** Root may exceed the system's limit; others get what the limit allows. */
    private static void buffer(Linux linux, int fd, int forced, int limited, int bytes, MemorySegment scratch) {
        if (!set(linux, fd, Linux.SOL_SOCKET, forced, bytes, scratch))
            set(linux, fd, Linux.SOL_SOCKET, limited, bytes, scratch);
    }

    private static int write(InetSocketAddress address, InetAddress inet, MemorySegment sockaddr) {
        sockaddr.fill((byte) 0);
        byte[] bytes = inet.getAddress();
        boolean ipv4 = bytes.length == 4;
        sockaddr.set(JAVA_SHORT, 0, (short) (ipv4 ? Linux.AF_INET : Linux.AF_INET6));
        sockaddr.set(Linux.SHORT_BE, Linux.SIN_PORT, (short) address.getPort());
        MemorySegment.copy(bytes, 0, sockaddr, JAVA_BYTE, ipv4 ? Linux.SIN_ADDR : Linux.SIN6_ADDR, bytes.length);
        if (inet instanceof Inet6Address six)
            sockaddr.set(JAVA_INT, Linux.SIN6_SCOPE, six.getScopeId());
        return ipv4 ? Linux.SOCKADDR_IN : Linux.SOCKADDR_IN6;
    }

    private static InetSocketAddress boundTo(Linux linux, int fd, MemorySegment scratch) throws IOException {
        scratch.set(JAVA_INT, 32, 32);
        if (linux.getsockname(fd, scratch.address(), scratch.address() + 32) != 0)
            throw new SocketException("getsockname: " + Linux.describe(linux.errno()));
        boolean ipv4 = scratch.get(JAVA_SHORT, 0) == Linux.AF_INET;
        byte[] bytes = new byte[ipv4 ? 4 : 16];
        MemorySegment.copy(scratch, JAVA_BYTE, ipv4 ? Linux.SIN_ADDR : Linux.SIN6_ADDR, bytes, 0, bytes.length);
        int port = scratch.get(Linux.SHORT_BE, Linux.SIN_PORT) & 0xffff;
        return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    }
}
