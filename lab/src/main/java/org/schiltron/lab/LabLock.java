package org.schiltron.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** That one lab at a time is up: a lock that the kernel takes back from a process that ends, however it does. Its file has the process id. */
final class LabLock implements AutoCloseable {
    private static final Path FILE = Path.of("/run/schiltron-lab.pid");

    private final FileChannel channel;
    private final FileLock lock;

    private LabLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Null if another process has it. */
    static @Nullable LabLock tryTake() throws IOException {
        FileChannel channel = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return null;
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return new LabLock(channel, lock);
    }

    /** Of the process that has it. */
    static OptionalLong owner() throws IOException {
        if (!Files.exists(FILE))
            return OptionalLong.empty();
        try (FileChannel channel = FileChannel.open(FILE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null)
                return OptionalLong.empty();
        }
        String text = Files.readString(FILE, StandardCharsets.US_ASCII).strip();
        return text.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    @Override
    public void close() throws IOException {
        channel.truncate(0); // not removed: another may have opened it already, and would lock what nobody else sees
        lock.release();
        channel.close();
    }
}
