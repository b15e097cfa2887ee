package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What protects a client's Initial packets: keys that follow from the connection id it chose, so that everyone who
 * sees the packet can read it, but nothing that does not speak the version does by accident (RFC 9001, sections 5.2
 * to 5.4; version 2: RFC 9369, section 3.3).
 */
final class QuicKeys {
    private static final byte[] SALT_1 = HexFormat.of().parseHex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
    private static final byte[] SALT_2 = HexFormat.of().parseHex("0dede3def700a6db819381be6e269dcbf9bd2ed9");
    private static final int TAG = 16;

    private final SecretKeySpec key;
    private final byte[] iv;
    private final SecretKeySpec headerKey;

    /** @param side "client in" or "server in" */
    QuicKeys(int version, byte[] destinationId, String side) {
        boolean second = version == QuicPacket.VERSION_2;
        String prefix = second ? "quicv2 " : "quic ";
        byte[] secret = expand(hmac(second ? SALT_2 : SALT_1, destinationId), side, 32);
        key = new SecretKeySpec(expand(secret, prefix + "key", 16), "AES");
        iv = expand(secret, prefix + "iv", 12);
        headerKey = new SecretKeySpec(expand(secret, prefix + "hp", 16), "AES");
    }

    /** The payload of a packet in the clear, its number, and the reserved bits of its first byte. */
    record Opened(long number, int reservedBits, byte[] payload) {
    }

    /**
     * @param largest the largest packet number so far; -1 before the first
     * @return null if it is not what these keys protected
     */
    @Nullable
    Opened open(ByteBuffer datagram, QuicPacket packet, long largest) {
        byte[] bytes = QuicPacket.bytes(datagram, packet.start, packet.end - packet.start);
        int numberAt = packet.numberAt - packet.start;
        byte[] mask = mask(Arrays.copyOfRange(bytes, numberAt + 4, numberAt + 4 + TAG));
        bytes[0] ^= (byte) (mask[0] & 0x0f);
        int numberLength = (bytes[0] & 3) + 1;
        long truncated = 0;
        for (int i = 0; i < numberLength; i++) {
            bytes[numberAt + i] ^= mask[1 + i];
            truncated = truncated << 8 | bytes[numberAt + i] & 0xff;
        }
        long number = number(largest, truncated, 8 * numberLength);
        int payloadAt = numberAt + numberLength;
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG, nonce(number)));
            cipher.updateAAD(bytes, 0, payloadAt);
            return new Opened(number, bytes[0] >> 2 & 3, cipher.doFinal(bytes, payloadAt, bytes.length - payloadAt));
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    SecretKeySpec key() {
        return key;
    }

    /** RFC 9000, appendix A.3. */
    private static long number(long largest, long truncated, int bits) {
        long expected = largest + 1;
        long window = 1L << bits;
        long candidate = expected & -window | truncated;
        if (candidate <= expected - window / 2 && candidate < (1L << 62) - window)
            return candidate + window;
        return candidate > expected + window / 2 && candidate >= window ? candidate - window : candidate;
    }

    byte[] nonce(long number) {
        byte[] nonce = iv.clone();
        for (int i = 0; i < 8; i++)
            nonce[nonce.length - 1 - i] ^= (byte) (number >>> 8 * i);
        return nonce;
    }

    byte[] mask(byte[] sample) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, headerKey);
            return cipher.doFinal(sample);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** HKDF-Expand-Label (RFC 8446, section 7.1) without context, at most one block of SHA-256. */
    private static byte[] expand(byte[] secret, String label, int length) {
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(2 + 1 + name.length + 1 + 1).putShort((short) length).put((byte) name.length)
                .put(name).put((byte) 0).put((byte) 1).array();
        return Arrays.copyOf(hmac(secret, info), length);
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
