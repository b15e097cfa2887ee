package org.schiltron.sim;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.schiltron.machine.SeededRandom;

/** Frames of docs/PROTOCOL.md, "Packets", with numbers that nobody honest would write. */
final class HostileFrames {
    private static final long HUGE = (1L << 62) - 1;
    private static final int MAX_PLAIN = 1_136;

    private final SeededRandom random;
    private final ByteBuffer out = ByteBuffer.allocate(2 * MAX_PLAIN);

    HostileFrames(SeededRandom random) {
        this.random = random;
    }

    private HostileFrames varint(long value) {
        if (value < 1 << 6)
            out.put((byte) value);
        else if (value < 1 << 14)
            out.putShort((short) (value | 1 << 14));
        else if (value < 1 << 30)
            out.putInt((int) (value | 2L << 30));
        else
            out.putLong(value | 3L << 62);
        return this;
    }

    private byte[] taken() {
        byte[] bytes = new byte[Math.min(MAX_PLAIN, out.position())];
        out.flip().get(bytes);
        out.clear();
        return bytes;
    }

    private long number() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4);
            case 1 -> random.nextInt(100_000);
            case 2 -> HUGE - random.nextInt(4);
            default -> random.nextLong() >>> 2 + random.nextInt(60);
        };
    }

    /** A first acknowledgement of what came, with the most absurd of rates and windows. */
    private void ack(long highest, boolean absurd) {
        out.put((byte) 0x02);
        varint(0).varint(absurd ? HUGE : highest + 500).varint(absurd ? HUGE : 2_000).varint(absurd ? HUGE : 0);
        if (highest < 0)
            varint(0);
        else
            varint(1).varint(highest).varint(absurd ? highest : 0);
    }

    /** What an honest client would say, to be let go on. */
    byte[] honest(long highest) {
        ack(highest, false);
        out.put((byte) 0x01);
        return taken();
    }

    /** Streams that ask for much, boundless credit, an absurd rate and window, packets acknowledged that never came. */
    byte[] absurd(long highest, long stream) {
        ack(highest, true);
        out.put((byte) 0x04);
        varint(stream).string("hostile");
        out.put((byte) 0x03);
        varint(stream).varint(0);
        out.putShort((short) 0x8001).put((byte) 7);
        out.put((byte) 0x06);
        varint(random.nextInt(2) == 0 ? stream : number()).varint(HUGE);
        return taken();
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.put((byte) bytes.length).put(bytes);
    }

    /** A proposal of mailboxes that are far away, many or heavy, from an index of its choice. */
    byte[] set(long version, long highest, int mailboxes) {
        out.put((byte) 0x01).put((byte) 0x08);
        varint(version).varint(random.nextInt(2) == 0 ? highest + random.nextInt(40) : number());
        int count = 1 + random.nextInt(8);
        out.put((byte) count);
        int first = random.nextInt(3) == 0 ? random.nextInt(4_000) : random.nextInt(mailboxes);
        for (int i = 0; i < count; i++)
            varint(first + i).out.put((byte) (1 + random.nextInt(255)));
        return taken();
    }

    /** Frames of every type with random numbers, or bytes with no meaning. */
    byte[] random() {
        if (random.nextInt(3) == 0)
            return random.bytes(random.nextInt(MAX_PLAIN + 1));
        int frames = 1 + random.nextInt(4);
        for (int i = 0; i < frames; i++) {
            out.put((byte) random.nextInt(11));
            for (int numbers = random.nextInt(5); numbers > 0; numbers--)
                varint(number());
            if (random.nextInt(2) == 0) {
                byte[] bytes = random.bytes(random.nextInt(200));
                out.putShort((short) bytes.length).put(bytes);
            }
        }
        return taken();
    }

    /** Data at the end of the credit: the receiver must keep it until what lies before has come, which never comes. */
    byte[] hoarding(long stream) {
        out.put((byte) 0x03);
        int length = 500 + random.nextInt(500);
        varint(stream).varint((64 << 10) - length);
        out.putShort((short) length).put(random.bytes(length));
        return taken();
    }
}
