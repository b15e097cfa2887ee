package org.schiltron.toml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Reads a file of TOML: not longer than it may be, in UTF-8 with or without a byte order mark. */
public final class TomlFile {
    private TomlFile() {
    }

    /**
     * @param maxBytes a longer file is refused: it is the wrong one
     * @param what     the kind of file, such as {@code a scenario}
     * @return the outermost table
     * @throws BadFileException if it is not TOML, with the first line that is wrong
     */
    public static Fields read(Path path, int maxBytes, String what) throws IOException {
        return of(path.toString(), text(path, maxBytes, what));
    }

    /**
     * What stands in no file.
     *
     * @param file what errors name
     */
    public static Fields of(String file, String text) throws BadFileException {
        TomlParseResult toml = Toml.parse(text);
        for (TomlParseError problem : toml.errors())
            throw new BadFileException(file, problem.position().line(), String.valueOf(problem.getMessage()));
        return new Fields(file, "", toml, 0);
    }

    private static String text(Path path, int maxBytes, String what) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(maxBytes + 1); // a device has no size
        }
        if (bytes.length > maxBytes)
            throw new BadFileException(path.toString(), 0,
                    "longer than " + what + " may be (" + Quantity.SIZE.show(maxBytes) + ")");
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++)
                line += bytes[i] == '\n' ? 1 : 0;
            throw new BadFileException(path.toString(), line, "not UTF-8: save the file in that encoding");
        }
        String text = out.flip().toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
