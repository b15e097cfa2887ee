package org.schiltron.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;

/** Signed objects as text in files that hold no secret: tokens, delegations, records. Lines that begin with # are comments. */
final class TextFiles {
    /** A longer file is refused: it is another one. */
    static final int MAX_BYTES = 16 << 10;

    private TextFiles() {
    }

    /**
     * What a command's argument means: the object's own text, or a file that holds it.
     *
     * @param prefix how the text of such objects begins
     * @param parse  may throw an IllegalArgumentException, which becomes a {@link Failure}
     */
    static <T> T read(String textOrFile, String prefix, Function<String, T> parse) {
        if (textOrFile.startsWith(prefix))
            return parse(prefix, Exit.USAGE, textOrFile, parse);
        try {
            return read(Path.of(textOrFile), parse);
        } catch (InvalidPathException e) {
            throw new Failure(Exit.USAGE, "neither " + prefix + "... nor the name of a file: " + e.getReason(), e);
        }
    }

    static <T> T read(Path file, Function<String, T> parse) {
        List<String> lines = lines(file);
        if (lines.size() != 1)
            throw new Failure(Exit.FILE, file + ": " + lines.size() + " lines that are no comment, one is expected");
        return parse(file.toString(), Exit.FILE, lines.getFirst(), parse);
    }

    /** Stripped, without empty ones and comments. */
    static List<String> lines(Path file) {
        return lines(new String(bytes(file, MAX_BYTES), StandardCharsets.UTF_8));
    }

    static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    }

    static byte[] bytes(Path file, int most) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most)
                throw new Failure(Exit.FILE, file + ": longer than the " + most + " bytes that it may have");
            return bytes;
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private static <T> T parse(String where, Exit exit, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(exit, where + ": " + e.getMessage(), e);
        }
    }

    /** Replaces the file in one step: who reads it meanwhile sees the old or the new one. */
    static void write(Path file, byte[] bytes) {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(next, bytes);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be written: " + Reason.of(e), e);
        }
    }

    static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
