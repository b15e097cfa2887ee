package org.schiltron.systemtests;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Has the kernel write UDP's sums itself instead of leaving them to an interface, as {@code ethtool -K INTERFACE tx off} does: a veth never writes them, and who changes an address behind it
 * finds half of a sum. Real links carry whole ones.
 */
final class SoftwareSums {
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_STXCSUM = 0x17;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int IFNAMSIZ = 16;

    private SoftwareSums() {
    }

    /** @param args the interface */
    @SuppressWarnings("restricted")
    public static void main(String[] args) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle socket = linker.downcallHandle(linker.defaultLookup().findOrThrow("socket"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        MethodHandle ioctl = linker.downcallHandle(linker.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8); // struct ethtool_value: command, 0 for off
            value.set(JAVA_INT, 0, ETHTOOL_STXCSUM);
            MemorySegment request = arena.allocate(40, 8); // struct ifreq
            byte[] name = args[0].getBytes(StandardCharsets.US_ASCII);
            MemorySegment.copy(name, 0, request, JAVA_BYTE, 0, Math.min(name.length, IFNAMSIZ - 1));
            request.set(JAVA_LONG, IFNAMSIZ, value.address());
            int fd = (int) socket.invokeExact(AF_INET, SOCK_DGRAM, 0);
            if ((int) ioctl.invokeExact(fd, (long) SIOCETHTOOL, request.address()) != 0)
                throw new IOException("no such switch at " + args[0]);
        }
    }
}
