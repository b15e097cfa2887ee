package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.wire.Wire;

/** One packet being filled with frames: its plaintext, and those of its frames that must arrive. */
final class PacketBuilder {
    /** AEAD tag, bytes. */
    static final int TAG = 16;
    /** Longest plaintext: 1,136 bytes. */
    static final int MAX_PLAIN = Wire.MAX_BODY - TAG;

    private final byte[] plain = new byte[MAX_PLAIN];
    private int limit;
    private int length;
    private List<SentFrame> frames = new ArrayList<>(4);
    private boolean eliciting;
    private boolean waking;

    void start(int maxPlain) {
        limit = maxPlain;
        length = 0;
        eliciting = false;
        waking = false;
        frames = new ArrayList<>(4);
    }

    byte[] plain() {
        return plain;
    }

    int length() {
        return length;
    }

    int room() {
        return limit - length;
    }

    /** Whether the peer has to acknowledge it. */
    boolean eliciting() {
        return eliciting;
    }

    /** Whether it carries more than acknowledgements and a ping: an idle receiver gets ready for more to come. */
    boolean waking() {
        return waking;
    }

    List<SentFrame> frames() {
        return frames;
    }

    void ping() {
        plain[length++] = Frames.PING;
        eliciting = true;
    }

    /** A whole encoded frame that asks for an acknowledgement. */
    void frame(byte[] encoded, SentFrame fate) {
        System.arraycopy(encoded, 0, plain, length, encoded.length);
        length += encoded.length;
        frames.add(fate);
        eliciting = true;
        waking = true;
    }

    void stream(Streams streams, Stream stream, long offset, int bytes) {
        int typeAt = length;
        length = Varint.write(plain, Varint.write(plain, length + 1, stream.id), offset);
        boolean fin = stream.out.takePiece(offset, bytes, plain, length + 2);
        plain[typeAt] = Frames.STREAM;
        int lengthField = bytes | (fin ? 0x8000 : 0);
        plain[length] = (byte) (lengthField >>> 8);
        plain[length + 1] = (byte) lengthField;
        length += 2 + bytes;
        frames.add(new Stream.Piece(streams, stream, offset, bytes, fin));
        eliciting = true;
        waking = true;
    }

    /** An encoded frame that is not repeated if lost but asks for an acknowledgement. */
    void unreliable(byte[] encoded) {
        System.arraycopy(encoded, 0, plain, length, encoded.length);
        length += encoded.length;
        eliciting = true;
        waking = true;
    }

    /** For frames written in place that need no acknowledgement: ACK. */
    void advance(int newLength) {
        length = newLength;
    }
}
