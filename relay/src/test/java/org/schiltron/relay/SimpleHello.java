package org.schiltron.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the hello of a well-behaved client, in one record. */
final class SimpleHello implements HelloReader {
    private @Nullable String name;
    private final List<String> protocols = new ArrayList<>();

    @Override
    public Opening.Verdict read(ByteBuffer all) {
        ByteBuffer bytes = all.slice();
        if (bytes.get(0) != 22)
            return Opening.Verdict.REFUSED;
        if (bytes.remaining() < 5 || bytes.remaining() < 5 + (bytes.getShort(3) & 0xffff))
            return Opening.Verdict.MORE;
        bytes.position(5 + 4 + 2 + 32);
        skip(bytes, bytes.get() & 0xff);
        skip(bytes, bytes.getShort() & 0xffff);
        skip(bytes, bytes.get() & 0xff);
        bytes.getShort();
        while (bytes.hasRemaining()) {
            int type = bytes.getShort();
            int end = (bytes.getShort() & 0xffff) + bytes.position();
            if (type == 0) {
                bytes.position(bytes.position() + 3);
                name = text(bytes, bytes.getShort() & 0xffff);
            } else if (type == 16) {
                bytes.getShort();
                while (bytes.position() < end)
                    protocols.add(text(bytes, bytes.get() & 0xff));
            }
            bytes.position(end);
        }
        return Opening.Verdict.OK;
    }

    private static void skip(ByteBuffer bytes, int count) {
        bytes.position(bytes.position() + count);
    }

    private static String text(ByteBuffer bytes, int length) {
        byte[] text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    @Override
    public @Nullable String serverName() {
        return name;
    }

    @Override
    public List<String> protocols() {
        return protocols;
    }
}
