package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The system call bpf(2), for 64-bit Linux. One object per thread at a time; errors are exceptions with the kernel's reason. */
@SuppressWarnings("restricted")
final class Bpf {
    static final int PROG_TYPE_XDP = 6;
    private static final int MAP_CREATE = 0;
    private static final int MAP_LOOKUP = 1;
    private static final int MAP_UPDATE = 2;
    private static final int MAP_DELETE = 3;
    private static final int PROG_LOAD = 5;
    private static final int OBJ_PIN = 6;
    private static final int OBJ_GET = 7;
    private static final int TEST_RUN = 10;
    private static final int PROG_GET_FD_BY_ID = 13;
    private static final int OBJ_GET_INFO = 15;
    private static final int MAP_UPDATE_BATCH = 26;
    private static final int LINK_CREATE = 28;
    private static final int LINK_UPDATE = 29;
    private static final int ATTACH_XDP = 37;
    private static final int F_REPLACE = 4;
    /** Of struct bpf_link_info and bpf_prog_info, as much as is read of them. */
    private static final int INFO_BYTES = 24;
    /** Of union bpf_attr, more than any command here uses. */
    private static final int ATTR_BYTES = 128;
    private static final int LOG_BYTES = 1 << 20;
    private static final int NAME_BYTES = 15;
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int EOPNOTSUPP = 95;
    /** Of an XDP link: its interface is gone. */
    static final int ENOLINK = 67;
    static final int EBUSY = 16;
    /** The kernel's own, which no C library names: this kind of map cannot do that. */
    static final int ENOTSUPP = 524;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURED.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final long BPF = System.getProperty("os.arch").equals("amd64") ? 321 : 280;
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));
    private static final MethodHandle CLOSE = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("close"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle IF_INDEX = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("if_nametoindex"),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

    private final MemorySegment captured = Arena.ofAuto().allocate(CAPTURED);
    private final MemorySegment attr = Arena.ofAuto().allocate(ATTR_BYTES, 8);

    /** What the kernel refused, with its number for it. */
    static final class BpfException extends IOException {
        private static final long serialVersionUID = 1;
        final int errno;

        BpfException(String message, int errno) {
            super(message);
            this.errno = errno;
        }
    }

    private int call(int command, String what) throws BpfException {
        long result;
        try {
            result = (long) SYSCALL.invokeExact(captured, BPF, (long) command, attr.address(), (long) ATTR_BYTES);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
        if (result < 0)
            throw refused(what);
        return (int) result;
    }

    private BpfException refused(String what) {
        int errno = captured.get(JAVA_INT, ERRNO);
        String hint = errno == EPERM ? " (needs root, or CAP_BPF and CAP_NET_ADMIN)" : "";
        return new BpfException(what + ": " + reason(errno) + hint, errno);
    }

    private static String reason(int errno) {
        try {
            long text = (long) STRERROR.invokeExact(errno);
            return MemorySegment.ofAddress(text).reinterpret(256).getString(0).toLowerCase(Locale.ROOT);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private void clear() {
        attr.fill((byte) 0);
    }

    private void name(long offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < Math.min(bytes.length, NAME_BYTES); i++)
            attr.set(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + i, bytes[i]);
    }

    /** @return its file descriptor */
    int createMap(String name, int type, int keyBytes, int valueBytes, int entries, int flags) throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, type);
        attr.set(JAVA_INT, 4, keyBytes);
        attr.set(JAVA_INT, 8, valueBytes);
        attr.set(JAVA_INT, 12, entries);
        attr.set(JAVA_INT, 16, flags);
        name(28, name);
        return call(MAP_CREATE, "map " + name + " of " + entries + " entries");
    }

    /**
     * @param like descriptor of a map as all its maps are to be
     * @return its file descriptor
     */
    int createMapOfMaps(String name, int type, int entries, int like) throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, type);
        attr.set(JAVA_INT, 4, 4);
        attr.set(JAVA_INT, 8, 4);
        attr.set(JAVA_INT, 12, entries);
        attr.set(JAVA_INT, 20, like);
        name(28, name);
        return call(MAP_CREATE, "map " + name + " of " + entries + " maps");
    }

    void updateMap(int map, MemorySegment key, MemorySegment value) throws BpfException {
        element(map, key, value);
        call(MAP_UPDATE, "updating a map");
    }

    void lookUpMap(int map, MemorySegment key, MemorySegment value) throws BpfException {
        element(map, key, value);
        call(MAP_LOOKUP, "reading a map");
    }

    void deleteFromMap(int map, MemorySegment key) throws BpfException {
        element(map, key, MemorySegment.NULL);
        call(MAP_DELETE, "deleting from a map");
    }

    private void element(int map, MemorySegment key, MemorySegment value) {
        clear();
        attr.set(JAVA_INT, 0, map);
        attr.set(JAVA_LONG, 8, key.address());
        attr.set(JAVA_LONG, 16, value.address());
    }

    /** Many entries in one call, keys and values packed one behind the other. */
    void updateMap(int map, MemorySegment keys, MemorySegment values, int count) throws BpfException {
        clear();
        attr.set(JAVA_LONG, 16, keys.address());
        attr.set(JAVA_LONG, 24, values.address());
        attr.set(JAVA_INT, 32, count);
        attr.set(JAVA_INT, 36, map);
        call(MAP_UPDATE_BATCH, "updating a map with " + count + " entries");
    }

    /**
     * Has the kernel check a program of type XDP and keep it.
     *
     * @return its file descriptor
     * @throws BpfException with the end of the verifier's log, if it is the verifier who refuses
     */
    int loadProgram(String name, MemorySegment instructions, String license) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            try {
                return loadProgram(arena, name, instructions, license, MemorySegment.NULL);
            } catch (BpfException e) {
                if (e.errno == EPERM)
                    throw e;
                MemorySegment log = arena.allocate(LOG_BYTES);
                try {
                    return loadProgram(arena, name, instructions, license, log);
                } catch (BpfException again) {
                    String text = log.getString(0);
                    throw new BpfException(
                            again.getMessage() + "\n" + text.substring(Math.max(0, text.length() - 2_000)),
                            again.errno);
                }
            }
        }
    }

    private int loadProgram(Arena arena, String name, MemorySegment instructions, String license, MemorySegment log)
            throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, PROG_TYPE_XDP);
        attr.set(JAVA_INT, 4, (int) (instructions.byteSize() / BpfObject.INSTRUCTION));
        attr.set(JAVA_LONG, 8, instructions.address());
        attr.set(JAVA_LONG, 16, arena.allocateFrom(license).address());
        if (log.byteSize() > 0) {
            attr.set(JAVA_INT, 24, 1);
            attr.set(JAVA_INT, 28, (int) log.byteSize());
            attr.set(JAVA_LONG, 32, log.address());
        }
        name(48, name);
        return call(PROG_LOAD, "program " + name);
    }

    /**
     * @param retval of the program
     * @param durationNs of one run, the mean of {@code repeat}
     */
    record TestRun(int retval, int durationNs) {
    }

    TestRun testRun(int program, MemorySegment frame, int repeat) throws BpfException {
        return testRun(program, frame, repeat, MemorySegment.NULL);
    }

    /** @param left where the frame goes as the program left it, {@code frame} itself if that is wanted; none with no room */
    TestRun testRun(int program, MemorySegment frame, int repeat, MemorySegment left) throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, program);
        attr.set(JAVA_INT, 8, (int) frame.byteSize());
        attr.set(JAVA_INT, 12, (int) left.byteSize());
        attr.set(JAVA_LONG, 16, frame.address());
        attr.set(JAVA_LONG, 24, left.address());
        attr.set(JAVA_INT, 32, repeat);
        call(TEST_RUN, "test run");
        return new TestRun(attr.get(JAVA_INT, 4), attr.get(JAVA_INT, 36));
    }

    /**
     * Puts a program on an interface. When the last descriptor of the link is closed, it is gone.
     *
     * @param flags XDP_FLAGS_*: 0 lets the kernel choose
     * @return the link's file descriptor
     */
    int attach(int program, int interfaceIndex, int flags, String interfaceName) throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, program);
        attr.set(JAVA_INT, 4, interfaceIndex);
        attr.set(JAVA_INT, 8, ATTACH_XDP);
        attr.set(JAVA_INT, 12, flags);
        return call(LINK_CREATE, "XDP on " + interfaceName);
    }

    /** Puts another program in the place of a link's, with no packet in between. {@link #EPERM} if {@code old} is not what hangs there. */
    void replace(int link, int program, int old) throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, link);
        attr.set(JAVA_INT, 4, program);
        attr.set(JAVA_INT, 8, F_REPLACE);
        attr.set(JAVA_INT, 12, old);
        call(LINK_UPDATE, "replacing an XDP program");
    }

    /** Keeps an object beyond this process, under a name in a BPF file system. */
    void pin(int fd, String path) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            clear();
            attr.set(JAVA_LONG, 0, arena.allocateFrom(path).address());
            attr.set(JAVA_INT, 8, fd);
            call(OBJ_PIN, "pinning to " + path);
        } catch (BpfException e) {
            throw e.errno == EPERM
                    ? new BpfException(e.getMessage() + "; and a directory in a BPF file system: mount -t bpf none DIR",
                            EPERM)
                    : e;
        }
    }

    /** @return a descriptor of what is pinned under a name, or -1 if nothing is */
    int pinned(String path) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            clear();
            attr.set(JAVA_LONG, 0, arena.allocateFrom(path).address());
            return call(OBJ_GET, path);
        } catch (BpfException e) {
            if (e.errno == ENOENT)
                return -1;
            throw e;
        }
    }

    /** @param interfaceIndex 0 if the interface is gone */
    record XdpLink(int programId, int interfaceIndex) {
    }

    /** @return null if it is a descriptor of something else */
    @Nullable
    XdpLink xdpLink(int link) throws IOException {
        // The numbers of types of links are those of programs and maps too.
        if (!Files.readString(Path.of("/proc/self/fdinfo/" + link)).contains("link_type:\txdp\n"))
            return null;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena, link);
            return new XdpLink(info.get(JAVA_INT, 8), info.get(JAVA_INT, 16));
        }
    }

    /** The kernel's number for a program. */
    int programId(int program) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            return info(arena, program).get(JAVA_INT, 4);
        }
    }

    private MemorySegment info(Arena arena, int fd) throws BpfException {
        MemorySegment info = arena.allocate(INFO_BYTES, 8);
        clear();
        attr.set(JAVA_INT, 0, fd);
        attr.set(JAVA_INT, 4, INFO_BYTES);
        attr.set(JAVA_LONG, 8, info.address());
        call(OBJ_GET_INFO, "what hangs on a link");
        return info;
    }

    /** @return a descriptor of the program that hangs on it */
    int programOf(XdpLink link) throws BpfException {
        clear();
        attr.set(JAVA_INT, 0, link.programId);
        try {
            return call(PROG_GET_FD_BY_ID, "program " + link.programId);
        } catch (BpfException e) {
            throw e.errno == EPERM
                    ? new BpfException("taking over what an earlier ring has pinned needs root, or CAP_SYS_ADMIN",
                            EPERM)
                    : e;
        }
    }

    /** 0 if there is none of that name. */
    static int interfaceIndex(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) IF_INDEX.invokeExact(arena.allocateFrom(name).address());
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
