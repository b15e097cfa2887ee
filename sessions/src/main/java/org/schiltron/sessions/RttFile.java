package org.schiltron.sessions;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.StringTokenizer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A square matrix of round trips in milliseconds, plain or xz: a line for each host, numbers between blanks. The first line says
 * how many hosts there are; memory is what so many take, whatever follows.
 */
final class RttFile {
    /** Of a row of {@link RttMatrix#MOST_HOSTS}. */
    private static final int LONGEST_LINE_BYTES = 1 << 16;
    private static final int XZ_MEMORY_KIB = 128 << 10;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{0,20})?(e-?[0-9]{1,2})?",
            Pattern.CASE_INSENSITIVE);

    private final String file;
    private final InputStream in;
    private long line;

    private RttFile(String file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /** @throws BadMatrixException with file, line and reason */
    static RttMatrix load(Path path) throws IOException {
        String file = path.toString();
        RttFile reader = null;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            reader = new RttFile(file, decompressed(raw));
            return reader.matrix();
        } catch (NoSuchFileException e) {
            throw new BadMatrixException(file, 0, "there is no such file");
        } catch (BadMatrixException e) {
            throw e;
        } catch (EOFException e) {
            throw new BadMatrixException(file, reader == null ? 0 : reader.line,
                    "the file ends within its compressed data: it is truncated");
        } catch (IOException e) {
            throw new BadMatrixException(file, reader == null ? 0 : reader.line,
                    "cannot be read: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    private static InputStream decompressed(InputStream raw) throws IOException {
        raw.mark(8);
        boolean xz = raw.read() == 0xFD && raw.read() == '7';
        raw.reset();
        return xz ? new BufferedInputStream(new XZInputStream(raw, XZ_MEMORY_KIB), 1 << 16) : raw;
    }

    private RttMatrix matrix() throws IOException {
        StringTokenizer row = nextRow();
        int hosts = row == null ? 0 : row.countTokens();
        if (hosts < RttMatrix.LEAST_HOSTS || hosts > RttMatrix.MOST_HOSTS)
            throw bad(hosts + " round trips in a row: a matrix of " + RttMatrix.LEAST_HOSTS + " to "
                    + RttMatrix.MOST_HOSTS + " hosts is wanted");
        double[] ms = new double[hosts * hosts];
        for (int i = 0; i < hosts; i++) {
            if (row == null)
                throw bad("the file ends after " + i + " rows of " + hosts + ": it is truncated, or not square");
            if (row.countTokens() != hosts)
                throw bad("a row of " + row.countTokens() + " round trips; the first one has " + hosts);
            for (int j = 0; j < hosts; j++)
                ms[i * hosts + j] = number(row.nextToken(), j + 1);
            row = nextRow();
        }
        if (row != null)
            throw bad("more rows than the " + hosts + " columns: not square");
        return new RttMatrix(hosts, ms);
    }

    private double number(String word, int column) throws BadMatrixException {
        double ms = NUMBER.matcher(word).matches() ? Double.parseDouble(word) : Double.NaN;
        if (!(ms >= 0 && ms <= RttMatrix.MOST_MS))
            throw bad("column " + column + ": \"" + (word.length() <= 40 ? word : word.substring(0, 40) + "...")
                    + "\" is not a round trip in milliseconds (0 to 60000)");
        return ms;
    }

    /** The numbers of the next line that is not blank, null at the end. */
    private @Nullable StringTokenizer nextRow() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8_192);
        for (;;) {
            int next = in.read();
            if (next >= 0 && next != '\n') {
                if (bytes.size() == LONGEST_LINE_BYTES)
                    throw new BadMatrixException(file, line + 1,
                            "a line longer than " + LONGEST_LINE_BYTES + " bytes: this is another kind of file");
                bytes.write(next);
                continue;
            }
            if (next == '\n' || bytes.size() > 0)
                line++;
            StringTokenizer row = new StringTokenizer(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.reset();
            if (row.hasMoreTokens())
                return row;
            if (next < 0)
                return null;
        }
    }

    private BadMatrixException bad(String reason) {
        return new BadMatrixException(file, line, reason);
    }
}
