package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of one message's body (RFC 9112, sections 6 and 7). Bytes of data pass as they come; the line of a
 * chunk's size and each trailer pass whole, so that nobody gets half of one that turns out to be wrong.
 *
 * <pre>
 * chunk     size in hexadecimal, CR LF, data, CR LF
 * last      0, CR LF, trailers, CR LF
 * </pre>
 *
 * <p>Of a client no extension of a chunk is taken (section 7.1.1 says to ignore what one does not know; readers that
 * ended their line differently have been misled by one), of a backend a short one.
 */
final class HttpBody {
    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_EXTENSION = 256;
    /** Bytes and fields of all trailers. */
    private static final int MAX_TRAILERS = 4 * 1024;
    /** What frames, routes or lets in a message may not come after it (RFC 9110, section 6.5.1). */
    private static final String FORBIDDEN_TRAILERS = " content-length transfer-encoding host connection content-encoding "
            + "content-type content-range trailer authorization cookie set-cookie expect upgrade te cache-control ";

    private record Trailers(HttpLines lines, HttpFields fields) {
    }

    private enum Next {
        DATA, SIZE, END_OF_CHUNK, TRAILERS, DONE, REFUSED
    }

    private final HttpHead.Framing framing;
    private final boolean extensions;
    private Next next;
    /** Of the chunk or of the body, bytes still to come. */
    private long left;
    private @Nullable Trailers trailers;
    private @Nullable Refusal refusal;

    /**
     * @param length     of {@link HttpHead.Framing#LENGTH}
     * @param extensions whether a chunk may have some
     */
    HttpBody(HttpHead.Framing framing, long length, boolean extensions) {
        this.framing = framing;
        this.extensions = extensions;
        left = framing == HttpHead.Framing.UNTIL_CLOSE ? Long.MAX_VALUE : length;
        next = switch (framing) {
            case NONE -> Next.DONE;
            case LENGTH, UNTIL_CLOSE -> Next.DATA;
            case CHUNKED -> Next.SIZE;
        };
    }

    boolean done() {
        return next == Next.DONE;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /**
     * How many bytes from the position on belong to the body and may pass; they are taken as passed. 0: the body is
     * over, refused, or more is needed.
     */
    int take(ByteBuffer bytes) {
        int taken = 0;
        int step;
        do {
            step = switch (next) {
                case DATA -> data(bytes.remaining() - taken);
                case SIZE -> size(bytes, taken);
                case END_OF_CHUNK -> endOfChunk(bytes, taken);
                case TRAILERS -> trailers(bytes, taken);
                case DONE, REFUSED -> 0;
            };
            taken += step;
        } while (step > 0);
        return taken;
    }

    private int data(int available) {
        int step = (int) Math.min(left, available);
        if (framing != HttpHead.Framing.UNTIL_CLOSE)
            left -= step;
        if (left == 0)
            next = framing == HttpHead.Framing.CHUNKED ? Next.END_OF_CHUNK : Next.DONE;
        return step;
    }

    private int size(ByteBuffer bytes, int from) {
        int max = MAX_SIZE_DIGITS + (extensions ? MAX_EXTENSION : 0);
        long size = 0;
        int digits = 0;
        for (int at = 0; bytes.position() + from + at < bytes.limit(); at++) {
            char c = (char) (bytes.get(bytes.position() + from + at) & 0xff);
            if (c == '\r' && digits > 0)
                return afterCr(bytes, from + at, size) ? at + 2 : 0;
            int digit = at == digits && digits < MAX_SIZE_DIGITS && c < 0x7f ? Character.digit(c, 16) : -1;
            if (digit >= 0) {
                size = size << 4 | digit;
                digits++;
            } else if (!extensions || at >= max || digits == 0 || at == digits && " \t;".indexOf(c) < 0
                    || c < ' ' && c != '\t') {
                refuse(Refusal.HTTP_CHUNK);
                return 0;
            }
        }
        return 0;
    }

    /** Whether the line feed is there too; then the chunk's data comes next. */
    private boolean afterCr(ByteBuffer bytes, int at, long size) {
        int lineFeed = bytes.position() + at + 1;
        if (lineFeed >= bytes.limit())
            return false;
        if (bytes.get(lineFeed) != '\n') {
            refuse(Refusal.HTTP_CHUNK);
            return false;
        }
        left = size;
        next = size == 0 ? Next.TRAILERS : Next.DATA;
        if (size == 0)
            trailers = new Trailers(new HttpLines(MAX_TRAILERS), new HttpFields());
        return true;
    }

    private int endOfChunk(ByteBuffer bytes, int from) {
        int at = bytes.position() + from;
        int available = bytes.limit() - at;
        if (available > 0 && bytes.get(at) != '\r' || available > 1 && bytes.get(at + 1) != '\n')
            refuse(Refusal.HTTP_CHUNK);
        if (refusal != null || available < 2)
            return 0;
        next = Next.SIZE;
        return 2;
    }

    /** All trailers at once, with the empty line behind them. */
    private int trailers(ByteBuffer bytes, int from) {
        if (trailers == null)
            throw new IllegalStateException("trailers come after the last chunk");
        HttpLines lines = trailers.lines;
        HttpFields fields = trailers.fields;
        for (String line = lines.next(bytes, from); line != null; line = lines.next(bytes, from)) {
            if (line.isEmpty()) {
                next = Next.DONE;
                return lines.length();
            }
            if (!fields.add(line) || FORBIDDEN_TRAILERS.contains(" " + fields.name(fields.size() - 1) + " ")) {
                refuse(Refusal.HTTP_TRAILER);
                return 0;
            }
        }
        if (lines.broken() || lines.tooLong())
            refuse(Refusal.HTTP_TRAILER);
        return 0;
    }

    private void refuse(Refusal why) {
        refusal = why;
        next = Next.REFUSED;
    }
}
