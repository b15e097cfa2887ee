package org.schiltron.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of one message, in their order, names in lower case (RFC 9112, section 5). At most
 * {@value #MAX_FIELDS}.
 */
public final class HttpFields {
    public static final int MAX_FIELDS = 100;

    private static final String SYMBOLS = "!#$%&'*+-.^_`|~";
    /** What frames or routes a message: no other spelling of these is let pass, since CGI makes them the same. */
    private static final List<String> CRITICAL = List.of("content-length", "transfer-encoding", "host", "connection");

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    HttpFields() {
    }

    public int size() {
        return names.size();
    }

    /** In lower case. */
    public String name(int index) {
        return names.get(index);
    }

    /** Without white space around it. */
    public String value(int index) {
        return values.get(index);
    }

    /** The value of the first field of that name, which is given in lower case; null if there is none. */
    public @Nullable String first(String name) {
        int at = names.indexOf(name);
        return at < 0 ? null : values.get(at);
    }

    public int count(String name) {
        int count = 0;
        for (String other : names)
            if (other.equals(name))
                count++;
        return count;
    }

    /** The members of all fields of that name, which are lists with commas (RFC 9110, section 5.6.1), in lower case. */
    List<String> members(String name) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).equals(name))
                continue;
            for (String member : values.get(i).split(",", -1)) {
                String trimmed = lower(trim(member));
                if (!trimmed.isEmpty())
                    members.add(trimmed);
            }
        }
        return members;
    }

    /**
     * Adds the field of a line; false if it is none. No space before the colon, no line that goes on with the one
     * before.
     */
    boolean add(String line) {
        int colon = line.indexOf(':');
        if (colon < 1 || names.size() == MAX_FIELDS || !isToken(line.substring(0, colon)))
            return false;
        String name = lower(line.substring(0, colon));
        for (String critical : CRITICAL) {
            boolean same = name.equals(critical);
            if (same ? line.indexOf('\t') >= 0 : looksLike(name, critical))
                return false; // a tab is not everybody's white space
        }
        names.add(name);
        values.add(trim(line.substring(colon + 1)));
        return true;
    }

    /** Whether both have the same letters and digits. */
    private static boolean looksLike(String name, String critical) {
        int at = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9'))
                continue;
            if (at < critical.length() && critical.charAt(at) == '-')
                at++;
            if (at == critical.length() || critical.charAt(at++) != c)
                return false;
        }
        return at == critical.length();
    }

    boolean full() {
        return names.size() == MAX_FIELDS;
    }

    /** RFC 9110, section 5.6.2. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || SYMBOLS.indexOf(c) >= 0))
                return false;
        }
        return !text.isEmpty();
    }

    /** Of ASCII alone; each character was one byte. */
    static String lower(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++)
            bytes[i] = (byte) HostName.lower((char) (bytes[i] & 0xff));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Without the spaces and tabs at both ends. */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from)))
            from++;
        while (to > from && isBlank(text.charAt(to - 1)))
            to--;
        return text.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
