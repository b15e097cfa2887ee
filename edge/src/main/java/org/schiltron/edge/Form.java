package org.schiltron.edge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a form sent, or stands behind the question mark of a path ({@code application/x-www-form-urlencoded}). */
final class Form {
    private final String text;

    /** @param text one character a byte */
    Form(String text) {
        this.text = text;
    }

    /** What stands behind the question mark. */
    static Form ofQuery(String path) {
        int mark = path.indexOf('?');
        return new Form(mark < 0 ? "" : path.substring(mark + 1));
    }

    /** The first value of that name, decoded; "" if there is none. */
    String value(String name) {
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && decode(pair.substring(0, equals)).equals(name))
                return decode(pair.substring(equals + 1));
        }
        return "";
    }

    /** UTF-8; what is no escape stays as it is. */
    private static String decode(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int value = c == '%' && i + 2 < text.length()
                    ? Character.digit(text.charAt(i + 1), 16) << 4 | Character.digit(text.charAt(i + 2), 16)
                    : -1;
            if (value >= 0) {
                out.write(value);
                i += 2;
            } else {
                out.write(c == '+' ? ' ' : c);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** For a value in a query. */
    static String encode(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "/._-".indexOf(c) >= 0)
                out.append(c);
            else
                out.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
        }
        return out.toString();
    }

    /**
     * A path of the same origin to send somebody back to, or null: what a browser could take for another host's
     * ({@code //host}, {@code /\host}, a scheme) is none, nor is what would end a header field.
     */
    static @Nullable String safePath(String path) {
        if (!path.startsWith("/") || path.startsWith("//") || path.length() > 2_000)
            return null;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '\\')
                return null;
        }
        return path;
    }
}
