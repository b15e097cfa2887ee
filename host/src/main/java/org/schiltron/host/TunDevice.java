package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A TUN device (Linux, networking/tuntap): what a kernel sends into it is read here as IP packets, what is written here that kernel
 * receives. It may lie in another network namespace. It goes when it is closed, or with the process, however that ends.
 *
 * <p>Not for more than one thread at a time. Needs root.
 */
@SuppressWarnings("restricted")
public final class TunDevice implements AutoCloseable {
    /** Longest IP packet. */
    public static final int MAX_PACKET = 65_535;
    private static final String CLONE_DEVICE = "/dev/net/tun";

    private final Linux linux = new Linux();
    private final int fd;
    private boolean closed;

    private TunDevice(int fd) {
        this.fd = fd;
    }

    /** Whether this system can have them. */
    public static boolean supported() {
        return UdpDriver.NATIVE.loads();
    }

    /**
     * Makes one, down and without addresses.
     *
     * @param namespace file of the network namespace it is to lie in, such as {@code /run/netns/NAME}
     * @param name      1 to 15 ASCII characters, not taken there
     * @throws IOException with the reason in words: no root, no such namespace, no /dev/net/tun
     */
    public static TunDevice open(Path namespace, String name) throws IOException {
        Opener opener = new Opener(namespace, name);
        // Of its own: a thread that has entered a namespace should not do anything else.
        Thread thread = Thread.ofPlatform().name("open " + name).start(opener);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        IOException failure = opener.failure;
        if (failure != null)
            throw failure;
        return new TunDevice(opener.fd);
    }

    private static final class Opener implements Runnable {
        private final Path namespace;
        private final String name;
        private final Linux linux = new Linux();
        private int fd = -1;
        private @Nullable IOException failure;

        Opener(Path namespace, String name) {
            this.namespace = namespace;
            this.name = name;
        }

        @Override
        public void run() {
            try (Arena arena = Arena.ofConfined()) {
                enter(arena);
                fd = check(linux.open(arena.allocateFrom(CLONE_DEVICE).address(), Linux.O_RDWR_NONBLOCK_CLOEXEC),
                        CLONE_DEVICE);
                MemorySegment request = arena.allocate(Linux.IFREQ, 8);
                for (int i = 0; i < name.length() && i < Linux.IFNAMSIZ - 1; i++)
                    request.set(JAVA_BYTE, i, (byte) name.charAt(i));
                request.set(JAVA_SHORT, Linux.IFNAMSIZ, Linux.IFF_TUN_NO_PI);
                check(linux.ioctl(fd, Linux.TUNSETIFF, request.address()), "TUNSETIFF " + name);
            } catch (IOException e) {
                failure = e;
                if (fd >= 0)
                    linux.close(fd);
            }
        }

        private void enter(Arena arena) throws IOException {
            int entered = check(linux.open(arena.allocateFrom(namespace.toString()).address(),
                    Linux.O_RDONLY_CLOEXEC), namespace.toString());
            try {
                check(linux.setns(entered, Linux.CLONE_NEWNET), "entering " + namespace);
            } finally {
                linux.close(entered);
            }
        }

        private int check(int result, String what) throws IOException {
            if (result >= 0)
                return result;
            int errno = linux.errno();
            throw new IOException(what + ": " + Linux.describe(errno)
                    + (errno == Linux.EPERM ? " (needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN)" : ""));
        }
    }

    /**
     * One packet, if there is one.
     *
     * @param into off the heap
     * @return its length, or 0
     */
    public int read(MemorySegment into, long offset, int capacity) {
        long count = linux.read(fd, into.address() + offset, capacity);
        return count > 0 ? (int) count : 0;
    }

    /**
     * @param packet off the heap
     * @return whether the kernel took it: what is no IP packet, or more than it can take now, it does not
     */
    public boolean write(MemorySegment packet, long offset, int length) {
        return linux.write(fd, packet.address() + offset, length) == length;
    }

    int fd() {
        return fd;
    }

    @Override
    public void close() {
        if (!closed)
            linux.close(fd);
        closed = true;
    }
}
