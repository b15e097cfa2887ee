package org.schiltron.relay.openings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests as careless servers do, with each of the habits that have let requests be smuggled: what an edge lets
 * through has to mean to this what it means to the edge.
 */
final class LooseRequests {
    /** One request that came whole. */
    record Seen(String method, String target, String body) {
    }

    private final InputStream in;
    private final boolean bareLineFeeds;
    private final boolean lengthFirst;
    final Map<String, String> fields = new TreeMap<>();

    /**
     * @param bareLineFeeds whether a line feed alone ends a line
     * @param lengthFirst   whether Content-Length counts before Transfer-Encoding, and the first of two
     */
    LooseRequests(InputStream in, boolean bareLineFeeds, boolean lengthFirst) {
        this.in = in;
        this.bareLineFeeds = bareLineFeeds;
        this.lengthFirst = lengthFirst;
    }

    /** What is asked before a body is read. */
    @FunctionalInterface
    interface BeforeBody {
        void run() throws IOException;
    }

    /** The next; null if there is none that is whole. */
    @Nullable
    Seen next(BeforeBody beforeBody) throws IOException {
        String line = line();
        while (line != null && line.isEmpty())
            line = line();
        if (line == null || !fields())
            return null;
        beforeBody.run();
        String body = body();
        int space = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        return body == null || space < 0
                ? null
                : new Seen(line.substring(0, space), line.substring(space, last).strip(), body);
    }

    private boolean fields() throws IOException {
        fields.clear();
        String name = "";
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty())
                return true;
            boolean goesOn = line.startsWith(" ") || line.startsWith("\t");
            int colon = line.indexOf(':');
            if (!goesOn && colon < 0)
                continue;
            name = goesOn ? name : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = goesOn ? fields.getOrDefault(name, "") + line : line.substring(colon + 1).strip();
            if (lengthFirst)
                fields.putIfAbsent(name, value);
            else
                fields.put(name, value);
        }
        return false;
    }

    private @Nullable String body() throws IOException {
        String length = fields.get("content-length");
        boolean chunked = fields.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).contains("chunked");
        if (chunked && (length == null || !lengthFirst))
            return chunks();
        return length == null ? "" : take(number(length, 10));
    }

    private @Nullable String chunks() throws IOException {
        StringBuilder all = new StringBuilder();
        while (true) {
            String size = line();
            if (size == null)
                return null;
            long bytes = number(size, 16);
            if (bytes == 0)
                break;
            String data = take(bytes);
            if (data == null || line() == null)
                return null;
            all.append(data);
        }
        for (String trailer = line(); trailer != null; trailer = line())
            if (trailer.isEmpty())
                return all.toString();
        return null;
    }

    /** As much of it as is one. */
    private static long number(String text, int radix) {
        long number = 0;
        for (char c : text.strip().toCharArray()) {
            if (Character.digit(c, radix) < 0)
                break;
            number = number * radix + Character.digit(c, radix);
        }
        return number;
    }

    private @Nullable String take(long bytes) throws IOException {
        byte[] taken = in.readNBytes((int) Math.min(bytes, 1 << 24));
        return taken.length < bytes ? null : new String(taken, StandardCharsets.ISO_8859_1);
    }

    private @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int before = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n' && (bareLineFeeds || before == '\r')) {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(b);
            before = b;
        }
        return null;
    }
}
