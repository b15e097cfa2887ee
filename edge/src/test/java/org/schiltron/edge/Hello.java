package org.schiltron.edge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds client hellos, right and wrong ones. */
final class Hello {
    private final List<byte[]> extensions = new ArrayList<>();
    private int version = 0x0303;
    private byte[] compressions = {0};
    private byte[] session = new byte[32];
    private byte[] suites = {0x13, 0x01, 0x13, 0x03};

    static Hello to(String name) {
        return new Hello().serverName(name).versions(0x0304, 0x0303).alpn("h2", "http/1.1");
    }

    Hello version(int newVersion) {
        version = newVersion;
        return this;
    }

    Hello session(byte... id) {
        session = id;
        return this;
    }

    Hello suites(byte... ids) {
        suites = ids;
        return this;
    }

    Hello compressions(byte... methods) {
        compressions = methods;
        return this;
    }

    Hello extension(int type, byte[] data) {
        extensions.add(concat(u16(type), u16(data.length), data));
        return this;
    }

    Hello serverName(String name) {
        return extension(0, vector16(concat(new byte[]{0}, vector16(name.getBytes(StandardCharsets.ISO_8859_1)))));
    }

    Hello alpn(String... names) {
        byte[] all = {};
        for (String name : names)
            all = concat(all, vector8(name.getBytes(StandardCharsets.ISO_8859_1)));
        return extension(16, vector16(all));
    }

    Hello versions(int... offered) {
        byte[] all = {};
        for (int v : offered)
            all = concat(all, u16(v));
        return extension(43, vector8(all));
    }

    /** The handshake message. */
    byte[] message() {
        byte[] all = {};
        for (byte[] extension : extensions)
            all = concat(all, extension);
        byte[] body = concat(u16(version), new byte[32], vector8(session), vector16(suites), vector8(compressions),
                extensions.isEmpty() ? all : vector16(all));
        return concat(new byte[]{1, (byte) (body.length >> 16), (byte) (body.length >> 8), (byte) body.length}, body);
    }

    /** In records of at most so many bytes each. */
    byte[] records(int fragment) {
        byte[] message = message();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += fragment) {
            int length = Math.min(fragment, message.length - at);
            out.writeBytes(concat(new byte[]{22, 3, 1}, u16(length)));
            out.write(message, at, length);
        }
        return out.toByteArray();
    }

    byte[] record() {
        return records(1 << 14);
    }

    static byte[] u16(int value) {
        return new byte[]{(byte) (value >> 8), (byte) value};
    }

    static byte[] vector8(byte[] data) {
        return concat(new byte[]{(byte) data.length}, data);
    }

    static byte[] vector16(byte[] data) {
        return concat(u16(data.length), data);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts)
            out.writeBytes(part);
        return out.toByteArray();
    }
}
