package org.schiltron.filter;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;

/** A list of prefixes, one a line, as blocklists are published: what follows {@code #} or {@code ;} is a comment. */
final class PrefixFile {
    private static final int MAX_LINE = 1_024;

    private PrefixFile() {
    }

    /** @param fields and {@code key} say who asks for it, for the error if it is not there */
    static List<Prefix> read(Path path, Fields fields, String key) throws IOException {
        List<Prefix> prefixes = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(path)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                String text = line.length() > MAX_LINE ? line : line.split("[#;]", 2)[0].strip();
                if (text.isEmpty())
                    continue;
                if (prefixes.size() == RuleSet.MAX_PREFIXES)
                    throw new BadFileException(path.toString(), number,
                            "more than " + RuleSet.MAX_PREFIXES + " prefixes");
                prefixes.add(prefix(path, number, text));
            }
        } catch (MalformedInputException e) {
            throw new BadFileException(path.toString(), number + 1, "not UTF-8");
        } catch (BadFileException e) {
            throw e;
        } catch (IOException e) {
            throw fields.wrong(key,
                    path + " cannot be read: " + (Files.exists(path) ? e.getMessage() : "there is no such file"));
        }
        if (prefixes.isEmpty())
            throw new BadFileException(path.toString(), 0,
                    "no prefix in it: a rule about nobody would be one about everybody");
        return prefixes;
    }

    private static Prefix prefix(Path path, int line, String text) throws BadFileException {
        try {
            return Prefix.parse(text.length() > 64 ? text.substring(0, 64) + "..." : text);
        } catch (IllegalArgumentException e) {
            throw new BadFileException(path.toString(), line, String.valueOf(e.getMessage()));
        }
    }
}
