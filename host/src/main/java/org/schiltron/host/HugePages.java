package org.schiltron.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Zeroed memory in 2 MiB pages where Linux grants them ({@code madvise(2)}, MADV_HUGEPAGE; "transparent_hugepage" at
 * {@code always} or {@code madvise}), in ordinary pages everywhere else. A table read at random misses the translation
 * buffer at nearly every access in 4 KiB pages once it is larger than some MiB.
 */
@SuppressWarnings("restricted")
public final class HugePages implements SegmentAllocator {
    private static final long PAGE_BYTES = 2L << 20;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;

    private final Arena arena;

    /** Memory lives as long as {@code arena}. */
    public HugePages(Arena arena) {
        this.arena = arena;
    }

    /** Less than a huge page comes from the arena itself. */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        boolean linux = "Linux".equals(System.getProperty("os.name"));
        if (!linux || byteSize < PAGE_BYTES || byteAlignment > PAGE_BYTES)
            return arena.allocate(byteSize, byteAlignment);
        // The kernel promises 4 KiB alignment only; a page more leaves room for an aligned start.
        long mappedBytes = (byteSize + 2 * PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        MemorySegment mapped = Native.map(mappedBytes);
        if (mapped.address() == MAP_FAILED)
            return arena.allocate(byteSize, byteAlignment);
        mapped = mapped.reinterpret(mappedBytes, arena, segment -> Native.unmap(segment, mappedBytes));
        long start = -mapped.address() & PAGE_BYTES - 1;
        MemorySegment aligned = mapped.asSlice(start, byteSize);
        Native.adviseHugePages(aligned);
        return aligned;
    }

    /** Bound on first use, so that only Linux ever looks these up. */
    private static final class Native {
        private static final MethodHandle MMAP = bind("mmap", FunctionDescriptor.of(ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        private static final MethodHandle MUNMAP = bind("munmap",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        private static final MethodHandle MADVISE = bind("madvise", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
        }

        static MemorySegment map(long bytes) {
            try {
                return (MemorySegment) MMAP.invokeExact(MemorySegment.NULL, bytes, PROT_READ_WRITE,
                        MAP_PRIVATE_ANONYMOUS, -1, 0L);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        static void unmap(MemorySegment start, long bytes) {
            try {
                int ignored = (int) MUNMAP.invokeExact(start, bytes);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        /** A refusal leaves ordinary pages, which work as well, more slowly. */
        static void adviseHugePages(MemorySegment segment) {
            try {
                int ignored = (int) MADVISE.invokeExact(segment, segment.byteSize(), MADV_HUGEPAGE);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
