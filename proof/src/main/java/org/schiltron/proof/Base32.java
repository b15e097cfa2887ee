package org.schiltron.proof;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Base 32 of RFC 4648, section 6, in lower case and without padding: URL-safe, selected whole by a double click, and
 * easy to read out. Both cases are read. Bits that fill up the last character are zero, so that each value has one text.
 */
final class Base32 {
    static final int CHECKSUM = 3;

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private Base32() {
    }

    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder(characters(bytes.length));
        int window = 0;
        int bits = 0;
        for (byte b : bytes) {
            window = window << 8 | b & 0xff;
            for (bits += 8; bits >= 5; bits -= 5)
                text.append(ALPHABET.charAt(window >>> bits - 5 & 31));
        }
        if (bits > 0)
            text.append(ALPHABET.charAt(window << 5 - bits & 31));
        return text.toString();
    }

    /** Of a text for {@code bytes} bytes. */
    static int characters(int bytes) {
        return (bytes * 8 + 4) / 5;
    }

    /**
     * @param what   names the text in the message of an error
     * @param length the bytes it must hold
     */
    static byte[] decode(String what, String text, int length) {
        int expected = characters(length);
        if (text.length() != expected)
            throw new IllegalArgumentException(
                    what + " has " + expected + " characters, this has " + text.length());
        byte[] bytes = new byte[length];
        int window = 0;
        int bits = 0;
        int at = 0;
        for (int i = 0; i < expected; i++) {
            int value = value(text.charAt(i));
            if (value < 0)
                throw new IllegalArgumentException(what + ": character " + (i + 1) + " is not one of a-z, 2-7");
            window = window << 5 | value;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[at++] = (byte) (window >>> bits);
            }
        }
        if ((window & (1 << bits) - 1) != 0)
            throw new IllegalArgumentException(what + " has a typing error: its last character cannot stand there");
        return bytes;
    }

    /** The bytes and three of a hash of them under {@code domain}; 56 characters for a key. */
    static String encodeChecked(String domain, byte[] value) {
        byte[] bytes = Arrays.copyOf(value, value.length + CHECKSUM);
        System.arraycopy(checksum(domain, value), 0, bytes, value.length, CHECKSUM);
        return encode(bytes);
    }

    /** Of a key. */
    static byte[] decodeChecked(String domain, String what, String text) {
        return decodeChecked(domain, what, text, Primitives.KEY);
    }

    /** @param length the bytes it must hold beside the checksum */
    static byte[] decodeChecked(String domain, String what, String text, int length) {
        byte[] bytes = decode(what, text, length + CHECKSUM);
        byte[] value = Arrays.copyOf(bytes, length);
        if (!Arrays.equals(checksum(domain, value), Arrays.copyOfRange(bytes, length, bytes.length)))
            throw new IllegalArgumentException(what + " has a typing error: its checksum does not match");
        return value;
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
