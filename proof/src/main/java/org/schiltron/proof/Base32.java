package org.schiltron.proof;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Base 32 of RFC 4648, section 6, in lower case and without padding: URL-safe, selected whole by a double click, and
 * easy to read out. Both cases are read. With a checksum it holds a whole number of 5-byte groups, so that each value
 * has one text.
 */
final class Base32 {
    static final int CHECKSUM = 3;

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private Base32() {
    }

    /** @param bytes a multiple of 5 */
    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length / 5 * 8);
        for (int i = 0; i < bytes.length; i += 5) {
            long group = 0;
            for (int j = 0; j < 5; j++)
                group = group << 8 | bytes[i + j] & 0xff;
            for (int shift = 35; shift >= 0; shift -= 5)
                text.append(ALPHABET.charAt((int) (group >>> shift) & 31));
        }
        return text.toString();
    }

    /**
     * @param what   names the text in the message of an error
     * @param length the bytes it must hold, a multiple of 5
     */
    static byte[] decode(String what, String text, int length) {
        int expected = length / 5 * 8;
        if (text.length() != expected)
            throw new IllegalArgumentException(
                    what + " has " + expected + " characters, this has " + text.length());
        byte[] bytes = new byte[length];
        for (int i = 0, at = 0; i < expected; i += 8) {
            long group = 0;
            for (int j = 0; j < 8; j++) {
                int value = value(text.charAt(i + j));
                if (value < 0)
                    throw new IllegalArgumentException(
                            what + ": character " + (i + j + 1) + " is not one of a-z, 2-7");
                group = group << 5 | value;
            }
            for (int shift = 32; shift >= 0; shift -= 8)
                bytes[at++] = (byte) (group >>> shift);
        }
        return bytes;
    }

    /** 32 bytes and three of a hash of them under {@code domain}, as 56 characters. */
    static String encodeChecked(String domain, byte[] key) {
        byte[] bytes = Arrays.copyOf(key, Primitives.KEY + CHECKSUM);
        System.arraycopy(checksum(domain, key), 0, bytes, Primitives.KEY, CHECKSUM);
        return encode(bytes);
    }

    static byte[] decodeChecked(String domain, String what, String text) {
        byte[] bytes = decode(what, text, Primitives.KEY + CHECKSUM);
        byte[] key = Arrays.copyOf(bytes, Primitives.KEY);
        if (!Arrays.equals(checksum(domain, key), Arrays.copyOfRange(bytes, Primitives.KEY, bytes.length)))
            throw new IllegalArgumentException(what + " has a typing error: its checksum does not match");
        return key;
    }

    private static byte[] checksum(String domain, byte[] key) {
        return Arrays.copyOf(Primitives.sha256(domain.getBytes(StandardCharsets.UTF_8), key), CHECKSUM);
    }

    private static int value(char c) {
        if (c >= 'a' && c <= 'z')
            return c - 'a';
        if (c >= 'A' && c <= 'Z')
            return c - 'A';
        return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
    }
}
