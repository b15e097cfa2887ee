package org.schiltron.dht;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what strangers send: BEP 3, "bencoding". Strings become byte[], numbers Long, lists List, dictionaries Map with
 * their keys as ISO 8859-1. The order of keys is not looked at.
 */
final class Bencode {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DIGITS = 20;

    private final byte[] bytes;
    private int at;

    private Bencode(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Null if it is anything but one dictionary. */
    static @Nullable Map<?, ?> dictionary(byte[] bytes) {
        try {
            Bencode in = new Bencode(bytes);
            return in.value(0) instanceof Map<?, ?> map && in.at == bytes.length ? map : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Object value(int depth) {
        if (depth > MAX_DEPTH)
            throw new IllegalArgumentException("nested too deep");
        return switch (peek()) {
            case 'd' -> dictionary(depth);
            case 'l' -> list(depth);
            case 'i' -> {
                at++;
                yield number('e');
            }
            default -> string();
        };
    }

    private Map<String, Object> dictionary(int depth) {
        at++;
        Map<String, Object> map = new LinkedHashMap<>();
        while (peek() != 'e') {
            String key = new String(string(), StandardCharsets.ISO_8859_1);
            map.put(key, value(depth + 1));
        }
        at++;
        return map;
    }

    private List<Object> list(int depth) {
        at++;
        List<Object> list = new ArrayList<>();
        while (peek() != 'e')
            list.add(value(depth + 1));
        at++;
        return list;
    }

    private byte[] string() {
        long length = number(':');
        if (length < 0 || length > bytes.length - at)
            throw new IllegalArgumentException("cut off");
        byte[] string = new byte[(int) length];
        System.arraycopy(bytes, at, string, 0, string.length);
        at += string.length;
        return string;
    }

    private long number(char end) {
        int from = at;
        while (peek() != end) {
            at++;
            if (at - from > MAX_DIGITS)
                throw new IllegalArgumentException("not a number");
        }
        at++;
        return Long.parseLong(new String(bytes, from, at - 1 - from, StandardCharsets.US_ASCII));
    }

    private int peek() {
        if (at >= bytes.length)
            throw new IllegalArgumentException("cut off");
        return bytes[at];
    }
}
