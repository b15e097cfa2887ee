package org.schiltron.proof;

import java.nio.charset.StandardCharsets;

/**
 * Who a client is to a service, as long as it keeps its key: the first ten bytes of SHA-256("schiltron client" ||
 * X25519 public key), 16 characters of text. Two clients share one with probability 2^-80; making a second key with a
 * given id takes 2^80 tries.
 *
 * @param high the first eight bytes, big-endian
 * @param low  the last two, 0 to 65,535
 */
public record ClientId(long high, int low) {
    private static final byte[] DOMAIN = "schiltron client".getBytes(StandardCharsets.UTF_8);
    private static final int BYTES = 10;

    public ClientId {
        if (low < 0 || low > 0xffff)
            throw new IllegalArgumentException("low: " + low);
    }

    /** @param x25519 the client's key as the handshake proved it, 32 bytes */
    public static ClientId of(byte[] x25519) {
        if (x25519.length != Primitives.KEY)
            throw new IllegalArgumentException("an X25519 key has 32 bytes, this has " + x25519.length);
        return ofBytes(Primitives.sha256(DOMAIN, x25519));
    }

    /** Reads {@link #text}. */
    public static ClientId parse(String text) {
        return ofBytes(Base32.decode("a client id", text, BYTES));
    }

    /** 16 characters of a-z and 2-7. */
    public String text() {
        return Base32.encode(bytes());
    }

    /** Ten bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < 8; i++)
            bytes[i] = (byte) (high >>> (56 - 8 * i));
        bytes[8] = (byte) (low >>> 8);
        bytes[9] = (byte) low;
        return bytes;
    }

    @Override
    public String toString() {
        return text();
    }

    /** Reads {@link #bytes}. */
    public static ClientId ofBytes(byte[] bytes) {
        long high = 0;
        for (int i = 0; i < 8; i++)
            high = high << 8 | bytes[i] & 0xff;
        return new ClientId(high, (bytes[8] & 0xff) << 8 | bytes[9] & 0xff);
    }
}
