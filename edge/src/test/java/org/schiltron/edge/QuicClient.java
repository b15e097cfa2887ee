package org.schiltron.edge;

import static org.schiltron.edge.Hello.concat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** Builds a client's Initial packets, right and wrong ones: the other half of what {@link QuicKeys} opens. */
final class QuicClient {
    private final int version;
    private final byte[] destination;
    private final byte[] source = {9, 8, 7, 6, 5};
    private byte[] token = {};
    private int number;
    private int reserved;
    private boolean fixedBit = true;

    QuicClient(int version, byte[] destination) {
        this.version = version;
        this.destination = destination;
    }

    QuicClient token(byte... shown) {
        token = shown;
        return this;
    }

    QuicClient reservedBits(int bits) {
        reserved = bits;
        return this;
    }

    QuicClient withoutFixedBit() {
        fixedBit = false;
        return this;
    }

    /** Handshake message of a QUIC client. */
    static byte[] hello(String name) {
        return Hello.to(name).extension(57, new byte[20]).message();
    }

    static byte[] crypto(int offset, byte[] data) {
        return concat(new byte[]{6}, varint(offset), varint(data.length), data);
    }

    static byte[] varint(int value) {
        return new byte[]{(byte) (0x80 | value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
    }

    /** In a datagram of 1,200 bytes. */
    byte[] initial(byte[]... frames) {
        return initial(1_200, frames);
    }

    byte[] initial(int size, byte[]... frames) {
        byte[] all = concat(frames);
        int head = 1 + 4 + 1 + destination.length + 1 + source.length + 4 + token.length + 4;
        byte[] padded = Arrays.copyOf(all, Math.max(all.length, size - head - 4 - 16));
        int type = version == QuicPacket.VERSION_2 ? 1 : 0;
        byte[] header = concat(new byte[]{(byte) ((fixedBit ? 0xc3 : 0x83) | type << 4 | reserved << 2)},
                ByteBuffer.allocate(4).putInt(version).array(), Hello.vector8(destination), Hello.vector8(source),
                varint(token.length), token, varint(4 + padded.length + 16),
                ByteBuffer.allocate(4).putInt(number).array());
        return protect(header, padded, number++);
    }

    private byte[] protect(byte[] header, byte[] payload, int number) {
        QuicKeys keys = new QuicKeys(version, destination, "client in");
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, keys.key(), new GCMParameterSpec(128, keys.nonce(number)));
            cipher.updateAAD(header);
            byte[] sealed = cipher.doFinal(payload);
            byte[] mask = keys.mask(Arrays.copyOf(sealed, 16));
            header[0] ^= (byte) (mask[0] & 0x0f);
            for (int i = 0; i < 4; i++)
                header[header.length - 4 + i] ^= mask[1 + i];
            return concat(header, sealed);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A packet with a long header that is not read: Handshake, 0-RTT. */
    static byte[] sealed(int version, int type, byte[] destination, byte[] source, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(concat(new byte[]{(byte) (0xc0 | type << 4)}, ByteBuffer.allocate(4).putInt(version).array(),
                Hello.vector8(destination), Hello.vector8(source), varint(length), new byte[length]));
        return out.toByteArray();
    }

    /** A packet with a short header. */
    static byte[] shortHeader(byte[] destination, int length) {
        return concat(new byte[]{0x41}, destination, new byte[length]);
    }
}
