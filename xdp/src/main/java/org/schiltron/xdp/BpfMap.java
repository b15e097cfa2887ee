package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A map in the kernel; gone when its descriptor and all programs that use it are. */
final class BpfMap implements AutoCloseable {
    private static final int ENTRIES_A_CALL = 4_096;
    private static final int ARRAY = 2;
    /** Each is a file descriptor until it is in. */
    private static final int ARRAYS_A_CALL = 128;

    private final Bpf bpf;
    private final int fd;
    private final int keyBytes;
    private final int valueBytes;

    BpfMap(Bpf bpf, BpfObject.MapDefinition definition, int entries) throws IOException {
        this.bpf = bpf;
        keyBytes = definition.keyBytes();
        valueBytes = definition.valueBytes();
        fd = bpf.createMap(definition.name(), definition.type(), keyBytes, valueBytes, entries, definition.flags());
    }

    /** An array of arrays, each of one value of {@code innerBytes}: they go with it. */
    static BpfMap ofArrays(Bpf bpf, BpfObject.MapDefinition definition, int entries, int innerBytes)
            throws IOException {
        int like = bpf.createMap(definition.name(), ARRAY, Integer.BYTES, innerBytes, 1, 0);
        try {
            BpfMap map = new BpfMap(bpf, bpf.createMapOfMaps(definition.name(), definition.type(), entries, like));
            try {
                for (int from = 0; from < entries; from += ARRAYS_A_CALL)
                    map.addArrays(definition.name(), from, Math.min(entries, from + ARRAYS_A_CALL), innerBytes);
                return map;
            } catch (IOException e) {
                map.close();
                throw e;
            }
        } finally {
            Bpf.close(like);
        }
    }

    /** The kernel waits for all processors after each call: many arrays a call, then. */
    private void addArrays(String name, int from, int to, int innerBytes) throws IOException {
        List<Integer> arrays = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(JAVA_INT, to - from);
            MemorySegment values = arena.allocate(JAVA_INT, to - from);
            for (int i = 0; i < to - from; i++) {
                arrays.add(bpf.createMap(name, ARRAY, Integer.BYTES, innerBytes, 1, 0));
                keys.setAtIndex(JAVA_INT, i, from + i);
                values.setAtIndex(JAVA_INT, i, arrays.getLast());
            }
            try {
                bpf.updateMap(fd, keys, values, to - from);
            } catch (Bpf.BpfException e) {
                if (e.errno != Bpf.ENOTSUPP)
                    throw e;
                for (int i = 0; i < to - from; i++) // before Linux 5.19 arrays go into arrays singly, and that takes a while
                    bpf.updateMap(fd, keys.asSlice(4L * i, 4), values.asSlice(4L * i, 4));
            }
        } finally {
            arrays.forEach(Bpf::close);
        }
    }

    private BpfMap(Bpf bpf, int mapOfMaps) {
        this.bpf = bpf;
        keyBytes = Integer.BYTES;
        valueBytes = Integer.BYTES;
        fd = mapOfMaps;
    }

    int fd() {
        return fd;
    }

    /** Writes one key and its value. */
    interface Entry {
        void write(int number, MemorySegment key, MemorySegment value);
    }

    void fill(int count, Entry entry) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate((long) keyBytes * ENTRIES_A_CALL, 8);
            MemorySegment values = arena.allocate((long) valueBytes * ENTRIES_A_CALL, 8);
            for (int from = 0; from < count; from += ENTRIES_A_CALL) {
                int now = Math.min(ENTRIES_A_CALL, count - from);
                for (int i = 0; i < now; i++)
                    entry.write(from + i, keys.asSlice((long) i * keyBytes, keyBytes),
                            values.asSlice((long) i * valueBytes, valueBytes).fill((byte) 0));
                bpf.updateMap(fd, keys, values, now);
            }
        }
    }

    /** One of an array. */
    void put(int index, java.util.function.Consumer<MemorySegment> value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            key.set(JAVA_INT, 0, index);
            MemorySegment segment = arena.allocate(valueBytes, 8);
            value.accept(segment);
            bpf.updateMap(fd, key, segment);
        }
    }

    /** Sets one of an array of counters back. */
    void clearCounter(int index) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            key.set(JAVA_INT, 0, index);
            bpf.updateMap(fd, key, arena.allocate(8L * possibleProcessors(), 8));
        }
    }

    /** The sums over all processors of some of an array of counters. */
    long[] sums(int... indices) throws IOException {
        int processors = possibleProcessors();
        long[] sums = new long[indices.length];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment values = arena.allocate(8L * processors, 8);
            for (int i = 0; i < indices.length; i++) {
                key.set(JAVA_INT, 0, indices[i]);
                bpf.lookUpMap(fd, key, values);
                for (int p = 0; p < processors; p++)
                    sums[i] += values.getAtIndex(JAVA_LONG, p);
            }
        }
        return sums;
    }

    /** The kernel keeps a value for each that could ever be there, such as {@code 0-7}. */
    private static int possibleProcessors() throws IOException {
        String list = Files.readString(Path.of("/sys/devices/system/cpu/possible")).strip();
        String last = list.substring(Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1);
        return Integer.parseInt(last) + 1;
    }

    @Override
    public void close() {
        Bpf.close(fd);
    }
}
