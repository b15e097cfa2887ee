package org.schiltron.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A guard that knows just enough HTTP for tests: requests without a body, answers with {@code Content-Length}. Requests
 * for {@code /here} are answered here, those for {@code /no} refused.
 */
final class PageGuard implements ExchangeGuard {
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d{1,9})\r\n");

    private int unanswered;
    private final StringBuilder answerHead = new StringBuilder();
    private long answerBody;
    private ByteBuffer answer = ByteBuffer.allocate(0);

    @Override
    public Step onRequest(ByteBuffer bytes, boolean mayBegin) {
        int end = endOfHead(bytes);
        if (end < 0)
            return Step.MORE;
        if (!mayBegin)
            return Step.HOLD;
        String head = StandardCharsets.ISO_8859_1.decode(bytes.slice(bytes.position(), end)).toString();
        if (head.startsWith("GET /no "))
            return refuse();
        if (head.startsWith("GET /here ")) {
            if (unanswered > 0)
                return Step.HOLD;
            answer = text("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere");
            bytes.position(bytes.position() + end);
            return Step.ANSWER;
        }
        unanswered++;
        bytes.position(bytes.position() + end);
        return Step.FORWARD;
    }

    private Step refuse() {
        answer = text("HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return Step.REFUSED;
    }

    /** How many bytes of the first request head there are, its end included; -1 if it has none yet. */
    private static int endOfHead(ByteBuffer bytes) {
        for (int i = bytes.position(); i + 3 < bytes.limit(); i++)
            if (bytes.getInt(i) == 0x0d0a0d0a)
                return i + 4 - bytes.position();
        return -1;
    }

    @Override
    public boolean onAnswer(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (answerBody > 0) {
                int count = (int) Math.min(answerBody, bytes.limit() - i);
                answerBody -= count;
                i += count - 1;
            } else {
                answerHead.append((char) bytes.get(i));
                if (!answerHead.toString().endsWith("\r\n\r\n"))
                    continue;
                answerBody = lengthIn(answerHead);
                answerHead.setLength(0);
            }
            if (answerBody == 0)
                unanswered--;
        }
        return unanswered >= 0;
    }

    /** The body's, by an answer's head. */
    static long lengthIn(CharSequence head) {
        Matcher length = LENGTH.matcher(head);
        return length.find() ? Long.parseLong(length.group(1)) : 0;
    }

    @Override
    public boolean between() {
        return unanswered == 0;
    }

    @Override
    public ByteBuffer answer() {
        return answer;
    }

    @Override
    public ByteBuffer onNoLeg(EdgeDrop reason) {
        return text("HTTP/1.1 502 " + reason.label() + "\r\nContent-Length: 0\r\n\r\n");
    }

    static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Lets everybody in to the service, with such a guard. */
    static Opening.Factory opening() {
        return _ -> new Opening() {
            @Override
            public Verdict look(ByteBuffer bytes) {
                return bytes.hasRemaining() ? Verdict.OK : Verdict.MORE;
            }

            @Override
            public String service() {
                return Edges.SERVICE;
            }

            @Override
            public ExchangeGuard guard() {
                return new PageGuard();
            }
        };
    }
}
