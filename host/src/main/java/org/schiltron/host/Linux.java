package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * The system calls and constants of the UDP path and of TUN devices: Linux's generic ABI, the same on 64-bit x86, ARM and RISC-V.
 *
 * <p>Pointers travel as longs. The callers' memory lives as long as the callers do, so there is nothing to guard, and
 * a long costs neither a liveness check nor an object per call.
 */
@SuppressWarnings("restricted")
final class Linux implements SendBatch.Kernel {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_REUSEPORT = 15;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    static final int SO_MEMINFO = 55;
    /** Of what SO_MEMINFO yields, nine counters of 4 bytes. */
    static final int SK_MEMINFO_BYTES = 36;
    static final int SK_MEMINFO_DROPS = 32;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int POLLIN = 1;
    static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    static final int O_RDWR_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    static final int O_RDONLY_CLOEXEC = 0x80000;
    static final int CLONE_NEWNET = 0x4000_0000;
    static final long TUNSETIFF = 0x4004_54caL;
    /** struct ifreq: name of up to 15 characters and a zero, flags. */
    static final int IFREQ = 40;
    static final int IFNAMSIZ = 16;
    static final short IFF_TUN_NO_PI = 0x1001;
    static final int PR_SET_TIMERSLACK = 29;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EINVAL = 22;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;

    /** struct mmsghdr: msghdr of 56 bytes, then the length. */
    static final int MMSGHDR = 64;
    static final int MSG_NAME = 0;
    static final int MSG_NAMELEN = 8;
    static final int MSG_IOV = 16;
    static final int MSG_IOVLEN = 24;
    static final int MSG_CONTROL = 32;
    static final int MSG_CONTROLLEN = 40;
    static final int MSG_FLAGS = 48;
    static final int MSG_LEN = 56;
    /** struct sockaddr_in and sockaddr_in6: family, port, address. */
    static final int SOCKADDR_IN = 16;
    static final int SOCKADDR_IN6 = 28;
    static final int SIN_PORT = 2;
    static final int SIN_ADDR = 4;
    static final int SIN6_FLOWINFO = 4;
    static final int SIN6_ADDR = 8;
    static final int SIN6_SCOPE = 24;

    static final ValueLayout.OfLong LONG_BE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt INT_BE = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfShort SHORT_BE = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURED.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SETSOCKOPT = call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_INT);
    private static final MethodHandle GETSOCKOPT = call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_LONG);
    private static final MethodHandle EVENTFD = call("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SETNS = call("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle PRCTL = variadic("prctl", 1, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = call("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE = call("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PPOLL = call("ppoll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle RECVMMSG = call("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle SENDMMSG = call("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    /** These two have no wrapper in older C libraries, nor the same numbers everywhere. */
    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");
    private static final long SCHED_SETATTR = X86 ? 314 : 274;
    private static final long SCHED_GETATTR = X86 ? 315 : 275;
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(symbol("syscall"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(symbol("strerror"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

    /** Where the calls of one thread leave errno. */
    private final MemorySegment captured = Arena.ofAuto().allocate(CAPTURED);

    /** Whether this system is one the constants are true for. Touch the rest of the class only if so. */
    static boolean supported() {
        return System.getProperty("os.name").equals("Linux") && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                && Set.of("amd64", "aarch64", "riscv64").contains(System.getProperty("os.arch"));
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    private static MethodHandle call(String name, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(String name, int fixed, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments),
                Linker.Option.firstVariadicArg(fixed), Linker.Option.captureCallState("errno"));
    }

    /** Of the last call through this object that returned -1. */
    @Override
    public int errno() {
        return captured.get(JAVA_INT, ERRNO);
    }

    int socket(int family, int type) {
        try {
            return (int) SOCKET.invokeExact(captured, family, type, 0);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int bind(int fd, long address, int length) {
        try {
            return (int) BIND.invokeExact(captured, fd, address, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int getsockname(int fd, long address, long length) {
        try {
            return (int) GETSOCKNAME.invokeExact(captured, fd, address, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int setsockopt(int fd, int level, int name, long value, int length) {
        try {
            return (int) SETSOCKOPT.invokeExact(captured, fd, level, name, value, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int getsockopt(int fd, int level, int name, long value, long length) {
        try {
            return (int) GETSOCKOPT.invokeExact(captured, fd, level, name, value, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int eventfd() {
        try {
            return (int) EVENTFD.invokeExact(captured, 0, EFD_CLOEXEC_NONBLOCK);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** @param path a C string */
    int open(long path, int flags) {
        try {
            return (int) OPEN.invokeExact(captured, path, flags, 0);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int ioctl(int fd, long request, long argument) {
        try {
            return (int) IOCTL.invokeExact(captured, fd, request, argument);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Moves the calling thread. */
    int setns(int fd, int type) {
        try {
            return (int) SETNS.invokeExact(captured, fd, type);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int prctl(int option, long argument) {
        try {
            return (int) PRCTL.invokeExact(captured, option, argument);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(captured, fd);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    long read(int fd, long memory, long length) {
        try {
            return (long) READ.invokeExact(captured, fd, memory, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    long write(int fd, long memory, long length) {
        try {
            return (long) WRITE.invokeExact(captured, fd, memory, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** @param timespec 0: no timeout */
    int ppoll(long fds, int count, long timespec) {
        try {
            return (int) PPOLL.invokeExact(captured, fds, (long) count, timespec, 0L);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int recvmmsg(int fd, long messages, int count) {
        try {
            return (int) RECVMMSG.invokeExact(captured, fd, messages, count, MSG_DONTWAIT, 0L);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    @Override
    public int sendmmsg(int fd, long messages, int count) {
        try {
            return (int) SENDMMSG.invokeExact(captured, fd, messages, count, MSG_DONTWAIT);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Of the calling thread, into {@code attributes}. */
    int schedGetattr(long attributes, int length) {
        try {
            return (int) (long) SYSCALL.invokeExact(captured, SCHED_GETATTR, 0L, attributes, (long) length, 0L);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Of the calling thread. */
    int schedSetattr(long attributes) {
        try {
            return (int) (long) SYSCALL.invokeExact(captured, SCHED_SETATTR, 0L, attributes, 0L, 0L);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** The C library's words for an error number. */
    static String describe(int errno) {
        try {
            long text = (long) STRERROR.invokeExact(errno);
            return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static AssertionError unexpected(Throwable t) {
        return new AssertionError("a system call threw", t);
    }
}
