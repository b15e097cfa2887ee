package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a head into lines, each looked at once however small the pieces that came. A line ends with CR LF
 * and with nothing else (RFC 9112, section 2.2, lets a recipient take a bare LF; two that decide differently see two
 * different requests); no other control character but the tab may stand in it.
 */
final class HttpLines {
    private final int maxBytes;
    private int lineStart;
    private int scanned;
    private boolean broken;
    private boolean tooLong;

    /** @param maxBytes of all lines together */
    HttpLines(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * The next line without its end, each byte one character; null where it is not there yet, or the input is refused.
     *
     * @param bytes all so far from its position on
     * @param from  where the first line began, after the position
     */
    @Nullable
    String next(ByteBuffer bytes, int from) {
        int start = bytes.position() + from;
        int end = Math.min(bytes.limit() - start, maxBytes);
        int at = scanned;
        boolean afterCr = at > lineStart && bytes.get(start + at - 1) == '\r';
        while (at < end && !broken) {
            byte b = bytes.get(start + at++);
            if (afterCr && b == '\n') {
                byte[] line = new byte[at - 2 - lineStart];
                bytes.get(start + lineStart, line);
                lineStart = at;
                scanned = at;
                return new String(line, StandardCharsets.ISO_8859_1);
            }
            broken = afterCr || b < ' ' && b >= 0 && b != '\r' && b != '\t' || b == 0x7f;
            afterCr = b == '\r';
        }
        scanned = at;
        tooLong = at == maxBytes && bytes.limit() - start > maxBytes;
        return null;
    }

    /** Something that cannot stand in a line. */
    boolean broken() {
        return broken;
    }

    boolean tooLong() {
        return tooLong;
    }

    /** How many bytes the lines given so far took. */
    int length() {
        return lineStart;
    }
}
