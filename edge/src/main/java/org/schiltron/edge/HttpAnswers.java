package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows what the backend answers on one connection, as far as knowing when an exchange is over: used as
 * {@link HttpStream} is, beside it. The backend is not suspected of attacks, but an answer that could end in two places
 * would give one client another's, so framing is read as strictly here.
 *
 * <p>The two directions may be read by two threads: what they share is here, and every method takes the object's lock.
 */
public final class HttpAnswers {
    /** Requests without an answer, to one client; {@link HttpStream} waits with the next. */
    public static final int MAX_OUTSTANDING = 16;
    public static final int MAX_HEAD = 16 * 1024;

    /** Of informational answers to one request (RFC 9110, section 15.2). */
    private static final int MAX_INTERIM = 32;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?");

    private record Asked(boolean head, boolean upgrade) {
    }

    private final ArrayDeque<Asked> asked = new ArrayDeque<>();
    private AnswerHead head = new AnswerHead();
    private HttpBody body = new HttpBody(HttpHead.Framing.NONE, 0, true);
    private boolean untilClose;
    private boolean under;
    private boolean over;
    private boolean tunnel;
    private boolean closes;
    private int interim;
    private int status;
    private int length;
    private @Nullable Refusal refusal;

    synchronized void asked(HttpHead request) {
        asked.add(new Asked(request.method().equals("HEAD"), request.upgrade()));
    }

    /** Requests whose answers are not over. */
    public synchronized int outstanding() {
        return asked.size();
    }

    /** What stands at the buffer's position. */
    public synchronized HttpPart read(ByteBuffer bytes) {
        length = 0;
        if (refusal != null)
            return HttpPart.REFUSED;
        if (!bytes.hasRemaining())
            return HttpPart.MORE;
        if (tunnel) {
            length = bytes.remaining();
            return HttpPart.TUNNEL;
        }
        return under ? body(bytes) : head(bytes);
    }

    /** How many bytes of the buffer the part takes. */
    public synchronized int length() {
        return length;
    }

    /** Whether the answer ends with the part that was read last. */
    public synchronized boolean over() {
        return over;
    }

    /** Of the last head, 100 to 599; 0 before the first. */
    public synchronized int status() {
        return status;
    }

    /** Whether the connection has become another protocol's, both ways. */
    public synchronized boolean tunnel() {
        return tunnel;
    }

    /** Whether the backend will take no request after the last answer read. */
    public synchronized boolean closes() {
        return closes;
    }

    /**
     * The backend has closed.
     *
     * @return whether it could: an answer that lasts as long as the connection is over now, and nothing else is cut off
     */
    public synchronized boolean closed() {
        if (under && untilClose)
            finish();
        return asked.isEmpty();
    }

    public synchronized @Nullable Refusal refusal() {
        return refusal;
    }

    private HttpPart head(ByteBuffer bytes) {
        Asked request = asked.peek();
        if (request == null)
            return refuse(Refusal.HTTP_UNASKED);
        switch (head.read(bytes)) {
            case MORE -> {
                return HttpPart.MORE;
            }
            case REFUSED -> {
                return refuse(Refusal.HTTP_ANSWER);
            }
            case OK -> length = head.length();
        }
        AnswerHead complete = head;
        head = new AnswerHead();
        status = complete.status();
        over = false;
        if (status == 101)
            return upgraded(request);
        if (status < 200)
            return ++interim > MAX_INTERIM ? refuse(Refusal.HTTP_ANSWER) : HttpPart.HEAD;
        boolean empty = request.head() || status == 204 || status == 304;
        HttpHead.Framing framing = empty ? HttpHead.Framing.NONE : complete.framing();
        body = new HttpBody(framing, complete.contentLength(), true);
        untilClose = framing == HttpHead.Framing.UNTIL_CLOSE;
        closes = untilClose || !complete.keepAlive();
        interim = 0;
        if (body.done())
            finish();
        else
            under = true;
        return HttpPart.HEAD;
    }

    private HttpPart upgraded(Asked request) {
        if (!request.upgrade() || asked.size() > 1)
            return refuse(Refusal.HTTP_ANSWER);
        tunnel = true;
        finish();
        return HttpPart.HEAD;
    }

    private HttpPart body(ByteBuffer bytes) {
        length = body.take(bytes);
        if (body.done())
            finish();
        if (length > 0)
            return HttpPart.BODY;
        return body.refusal() == null ? HttpPart.MORE : refuse(Refusal.HTTP_ANSWER);
    }

    private void finish() {
        under = false;
        over = true;
        asked.poll();
    }

    private HttpPart refuse(Refusal why) {
        refusal = why;
        length = 0;
        return HttpPart.REFUSED;
    }

    /** The head of one answer (RFC 9112, sections 4 and 6). */
    private static final class AnswerHead {
        private final HttpLines lines = new HttpLines(MAX_HEAD);
        private final HttpFields fields = new HttpFields();
        private boolean wrong;
        private boolean complete;
        private int minor;
        private int status;
        private HttpHead.Framing framing = HttpHead.Framing.UNTIL_CLOSE;
        private long contentLength;

        Reading read(ByteBuffer bytes) {
            while (!wrong && !complete) {
                String line = lines.next(bytes, 0);
                if (line == null) {
                    wrong = lines.broken() || lines.tooLong();
                    return wrong ? Reading.REFUSED : Reading.MORE;
                }
                if (status == 0)
                    statusLine(line);
                else if (line.isEmpty())
                    complete();
                else
                    wrong = !fields.add(line);
            }
            return wrong ? Reading.REFUSED : Reading.OK;
        }

        int length() {
            return lines.length();
        }

        int status() {
            return status;
        }

        HttpHead.Framing framing() {
            return framing;
        }

        long contentLength() {
            return contentLength;
        }

        boolean keepAlive() {
            List<String> options = fields.members("connection");
            return !options.contains("close") && (minor == 1 || options.contains("keep-alive"));
        }

        /** {@code HTTP/1.x SP status [SP reason]}. */
        private void statusLine(String line) {
            wrong = !STATUS_LINE.matcher(line).matches();
            if (!wrong) {
                minor = line.charAt(7) - '0';
                status = Integer.parseInt(line.substring(9, 12));
            }
        }

        private void complete() {
            complete = true;
            List<String> codings = fields.members("transfer-encoding");
            String length = fields.first("content-length");
            if (!codings.isEmpty()) {
                // section 6.3: chunked last, or the answer lasts as long as the connection
                boolean last = codings.getLast().equals("chunked");
                int first = codings.indexOf("chunked");
                wrong = length != null || first >= 0 && first < codings.size() - 1;
                framing = last ? HttpHead.Framing.CHUNKED : HttpHead.Framing.UNTIL_CLOSE;
            } else if (length != null) {
                contentLength = HttpHead.number(length);
                framing = contentLength > 0 ? HttpHead.Framing.LENGTH : HttpHead.Framing.NONE;
                wrong = contentLength < 0 || fields.count("content-length") > 1;
            }
        }
    }
}
