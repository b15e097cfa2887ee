package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Follows what a client sends on one connection: where each request begins and ends, so that each head can be looked
 * at, and so that it is known when nothing is under way and the leg behind may be changed.
 *
 * <pre>
 * while (true)
 *     switch (stream.read(in)) {
 *         case HEAD -&gt; look at stream.head(), then pass on stream.length() bytes
 *         case BODY, TUNNEL -&gt; pass on stream.length() bytes
 *         case MORE, WAIT -&gt; return until more came from the client, or from the backend
 *         case REFUSED -&gt; once the answers so far are over: say stream.refusal(), close
 *     }
 * </pre>
 *
 * The bytes are those that were not passed on yet, from the buffer's position on; who calls moves the position by
 * {@link #length} before the next call. Who answers a request himself does so when {@link HttpAnswers#outstanding} is
 * 1, and closes: the backend knows nothing of it.
 */
public final class HttpStream {
    private final HttpAnswers answers;
    private @Nullable HttpHead head;
    private HttpHead next = new HttpHead();
    private HttpBody body = new HttpBody(HttpHead.Framing.NONE, 0, false);
    private int length;
    private @Nullable Refusal refusal;

    /** @param answers to the same client; it is told of each request */
    public HttpStream(HttpAnswers answers) {
        this.answers = answers;
    }

    /** What stands at the buffer's position. */
    public HttpPart read(ByteBuffer bytes) {
        length = 0;
        if (refusal != null)
            return HttpPart.REFUSED;
        if (!bytes.hasRemaining())
            return HttpPart.MORE;
        if (!body.done())
            return body(bytes);
        HttpHead last = head;
        if (last != null && last.upgrade()) {
            if (answers.outstanding() > 0)
                return HttpPart.WAIT; // if it is upgraded, these bytes are no request
            if (answers.tunnel()) {
                length = bytes.remaining();
                return HttpPart.TUNNEL;
            }
        }
        if (last != null && !last.keepAlive())
            return refuse(Refusal.HTTP_AFTER_CLOSE);
        return next(bytes);
    }

    /** How many bytes of the buffer the part takes. */
    public int length() {
        return length;
    }

    /** Of the request that is under way, or was last. */
    public @Nullable HttpHead head() {
        return head;
    }

    /** Whether the request ends with the part that was read last. */
    public boolean over() {
        return body.done();
    }

    /**
     * Whether no request is under way and all are answered: the leg may be changed now. Of bytes not read nothing is
     * known.
     */
    public boolean idle() {
        return body.done() && answers.outstanding() == 0 && !answers.tunnel();
    }

    public @Nullable Refusal refusal() {
        return refusal;
    }

    private HttpPart next(ByteBuffer bytes) {
        if (answers.outstanding() == HttpAnswers.MAX_OUTSTANDING)
            return HttpPart.WAIT;
        Reading reading = next.read(bytes);
        Refusal why = next.refusal();
        if (why != null)
            return refuse(why);
        if (reading == Reading.MORE)
            return HttpPart.MORE;
        HttpHead complete = next;
        head = complete;
        next = new HttpHead();
        body = new HttpBody(complete.framing(), complete.contentLength(), false);
        answers.asked(complete);
        length = complete.length();
        return HttpPart.HEAD;
    }

    private HttpPart body(ByteBuffer bytes) {
        length = body.take(bytes);
        Refusal why = body.refusal();
        if (length > 0)
            return HttpPart.BODY; // what was right before the fault passes; the next call tells of it
        return why == null ? HttpPart.MORE : refuse(why);
    }

    private HttpPart refuse(Refusal why) {
        refusal = why;
        return HttpPart.REFUSED;
    }
}
