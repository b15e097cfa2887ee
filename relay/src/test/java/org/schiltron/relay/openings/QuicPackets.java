package org.schiltron.relay.openings;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What a QUIC client and a server send first (RFC 9000 and 9001, version 1). */
final class QuicPackets {
    private static final byte[] SALT = HexFormat.of().parseHex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
    private static final byte[] CLIENT = {9, 8, 7, 6, 5};
    private static final int NUMBER_AND_TAG = 4 + 16;

    private QuicPackets() {
    }

    /** The hello of a client that asks for the name, as a handshake message. */
    static byte[] hello(String name) {
        byte[] host = name.getBytes(StandardCharsets.US_ASCII);
        byte[] extensions = concat(extension(0, concat(u16(host.length + 3), new byte[1], u16(host.length), host)),
                extension(43, new byte[]{2, 3, 4}), extension(57, new byte[20]));
        byte[] body = concat(u16(0x0303), new byte[32], new byte[]{0}, u16(2), u16(0x1301), new byte[]{1, 0},
                u16(extensions.length), extensions);
        return concat(new byte[]{1, 0}, u16(body.length), body);
    }

    private static byte[] extension(int type, byte[] data) {
        return concat(u16(type), u16(data.length), data);
    }

    /** A CRYPTO frame with a part of it. */
    static byte[] crypto(byte[] hello, int from, int to) {
        return concat(new byte[]{6}, varint(from), varint(to - from), Arrays.copyOfRange(hello, from, to));
    }

    /** A client's Initial in a datagram of 1,200 bytes, protected by keys of the id it chose. */
    static byte[] initial(byte[] destination, int number, byte[] frames) throws GeneralSecurityException {
        byte[] beforeLength = concat(new byte[]{(byte) 0xc3}, new byte[]{0, 0, 0, 1}, vector(destination),
                vector(CLIENT), varint(0));
        byte[] payload = Arrays.copyOf(frames, 1_200 - beforeLength.length - 4 - NUMBER_AND_TAG);
        byte[] header = concat(beforeLength, varint(payload.length + NUMBER_AND_TAG),
                ByteBuffer.allocate(4).putInt(number).array());
        byte[] secret = expand(hmac(SALT, destination), "client in", 32);
        byte[] iv = expand(secret, "quic iv", 12);
        iv[11] ^= (byte) number;
        Cipher sealing = Cipher.getInstance("AES/GCM/NoPadding");
        sealing.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(expand(secret, "quic key", 16), "AES"),
                new GCMParameterSpec(128, iv));
        sealing.updateAAD(header);
        byte[] sealed = sealing.doFinal(payload);
        Cipher masking = Cipher.getInstance("AES/ECB/NoPadding");
        masking.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(expand(secret, "quic hp", 16), "AES"));
        byte[] mask = masking.doFinal(Arrays.copyOf(sealed, 16));
        header[0] ^= (byte) (mask[0] & 0x0f);
        for (int i = 0; i < 4; i++)
            header[header.length - 4 + i] ^= mask[1 + i];
        return concat(header, sealed);
    }

    /** A packet with a long header that nobody on the way reads: type 0 is Initial, 2 is Handshake. */
    static byte[] sealed(int type, byte[] destination, byte[] source, int size) {
        byte[] header = concat(new byte[]{(byte) (0xc0 | type << 4)}, new byte[]{0, 0, 0, 1}, vector(destination),
                vector(source), type == 0 ? varint(0) : new byte[0]);
        return concat(header, varint(size - header.length - 4), new byte[size - header.length - 4]);
    }

    /** What a server answers to a client's Initial: an Initial of its own. */
    static byte[] serverInitial(byte[] chosen, int size) {
        return sealed(0, CLIENT, chosen, size);
    }

    /** A packet with a short header. */
    static byte[] later(byte[] destination, int size) {
        return Arrays.copyOf(concat(new byte[]{0x41}, destination), size);
    }

    private static byte[] vector(byte[] id) {
        return concat(new byte[]{(byte) id.length}, id);
    }

    private static byte[] u16(int value) {
        return new byte[]{(byte) (value >> 8), (byte) value};
    }

    private static byte[] varint(int value) {
        return new byte[]{(byte) (0x80 | value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts)
            out.writeBytes(part);
        return out.toByteArray();
    }

    /** HKDF-Expand-Label (RFC 8446, section 7.1). */
    private static byte[] expand(byte[] secret, String label, int length) throws GeneralSecurityException {
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(hmac(secret, concat(u16(length), vector(name), new byte[]{0, 1})), length);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }
}
