package org.schiltron.internet;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The lines of a data file that is plain, bzip2 or xz, as its first bytes say. One line at a time in a buffer that is
 * used again; whatever is wrong with the file is a {@link BadDataException} with the line reached.
 */
final class DataLines implements Closeable {
    /** A longer line is no line of data. */
    static final int MAX_LINE_BYTES = 1 << 20;
    /** More than any of these files hold by a factor of twenty; a compressed file of zeros ends here. */
    static final long MAX_BYTES = 1L << 30;
    private static final int XZ_MEMORY_KIB = 256 << 10;
    private static final int XZ_MAGIC = 0xFD;

    private final String file;
    private final InputStream in;
    private final byte[] chunk = new byte[1 << 16];
    private int from;
    private int to;
    private long read;
    private long number;
    private boolean last;
    private boolean unended;
    private byte[] line = new byte[256];
    private int length;

    DataLines(Path path) throws IOException {
        file = path.toString();
        try {
            InputStream raw = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
            in = decompressed(raw);
        } catch (NoSuchFileException e) {
            throw new BadDataException(file, 0, "there is no such file");
        } catch (BadDataException e) {
            throw e;
        } catch (IOException e) {
            throw new BadDataException(file, 0, "cannot be read: " + reason(e));
        }
    }

    private InputStream decompressed(InputStream raw) throws IOException {
        raw.mark(8);
        int first = raw.read();
        int second = raw.read();
        raw.reset();
        try {
            if (first == 'B' && second == 'Z')
                return new BZip2CompressorInputStream(raw, true);
            if (first == XZ_MAGIC && second == '7')
                return new XZInputStream(raw, XZ_MEMORY_KIB);
        } catch (EOFException e) {
            raw.close();
            throw new BadDataException(file, 0, "ends within its compressed data: it is truncated");
        }
        return raw;
    }

    /** The next line, without its end; false after the last. */
    boolean next() throws IOException {
        length = 0;
        if (last)
            return false;
        number++;
        for (;;) {
            if (from == to && !fill()) {
                last = true;
                unended = length > 0;
                return length > 0;
            }
            int end = from;
            while (end < to && chunk[end] != '\n')
                end++;
            append(end);
            if (end < to) {
                from = end + 1;
                if (length > 0 && line[length - 1] == '\r')
                    length--;
                return true;
            }
            from = end;
        }
    }

    private void append(int end) throws BadDataException {
        int more = end - from;
        if (length + more > MAX_LINE_BYTES)
            throw bad("a line longer than " + MAX_LINE_BYTES + " bytes: this is another kind of file");
        if (length + more > line.length)
            line = Arrays.copyOf(line, Math.max(2 * line.length, length + more));
        System.arraycopy(chunk, from, line, length, more);
        length += more;
    }

    private boolean fill() throws IOException {
        from = 0;
        try {
            to = Math.max(in.read(chunk), 0);
        } catch (IOException | RuntimeException e) { // the decoders throw both on garbage
            to = 0;
            throw bad(e instanceof EOFException || String.valueOf(e.getMessage()).contains("nexpected end of")
                    ? "the file ends within its compressed data: it is truncated"
                    : "its compressed data is broken: " + reason(e));
        }
        read += to;
        if (read > MAX_BYTES)
            throw bad("more than " + MAX_BYTES + " bytes: this is another kind of file");
        return to > 0;
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Counted from 1; of the line that {@link #next} gave. */
    long number() {
        return number;
    }

    /** Whether the line that {@link #next} gave is the last and has no line end: it may be cut. */
    boolean unended() {
        return unended;
    }

    int length() {
        return length;
    }

    byte at(int index) {
        return line[index];
    }

    boolean isBlankOrComment() {
        return length == 0 || line[0] == '#';
    }

    /** The line as text, ASCII. */
    String text() {
        return new String(line, 0, length, java.nio.charset.StandardCharsets.UTF_8);
    }

    BadDataException bad(String reason) {
        return new BadDataException(file, number, reason);
    }

    BadDataException bad(long at, String reason) {
        return new BadDataException(file, at, reason);
    }

    String file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
