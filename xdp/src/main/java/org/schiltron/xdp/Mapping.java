package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory that the kernel shares by a descriptor: mmap(2). Nobody may touch it once it is closed. */
@SuppressWarnings("restricted")
final class Mapping implements AutoCloseable {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MMAP = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("munmap"),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle GETPAGESIZE = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("getpagesize"),
            FunctionDescriptor.of(JAVA_INT));

    private final MemorySegment memory;

    Mapping(int fd, long offset, long bytes, boolean writable) throws IOException {
        long address;
        try {
            address = (long) MMAP.invokeExact(0L, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd,
                    offset);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
        if (address == -1)
            throw new IOException("the kernel does not share the memory of a map");
        memory = MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    static int pageBytes() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    MemorySegment memory() {
        return memory;
    }

    @Override
    public void close() {
        try {
            int ignored = (int) MUNMAP.invokeExact(memory.address(), memory.byteSize());
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
