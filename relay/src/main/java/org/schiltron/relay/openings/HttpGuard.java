package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Doorkeeper;
import org.schiltron.edge.HttpAnswers;
import org.schiltron.edge.HttpHead;
import org.schiltron.edge.HttpPart;
import org.schiltron.edge.HttpReply;
import org.schiltron.edge.HttpStream;
import org.schiltron.edge.Refusal;
import org.schiltron.edge.Ruling;
import org.schiltron.edge.Visitor;
import org.schiltron.relay.Client;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.ExchangeGuard;
import org.schiltron.relay.TlsFacts;

/**
 * The requests of one connection: each is read strictly, judged at its door, and passed on as it came or answered here.
 *
 * <pre>
 * head read --ruling--> admitted: head and body pass
 *     |           `---> answered here, once earlier answers are over; the connection ends with it
 *     `---> not HTTP: likewise
 * </pre>
 *
 * Nothing is added to a request, so there is no field that a client could forge; the PROXY header tells the backend who
 * it is.
 */
final class HttpGuard implements ExchangeGuard {
    private static final int RETRY_SECONDS = 5;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final Client client;
    private final HttpDoors doors;
    private final Door door;
    private final HttpAnswers answers = new HttpAnswers();
    private final HttpStream stream = new HttpStream(answers);
    /** Of the backend's, passed on but not understood yet: part of a head, or of a line in a body. */
    private byte @Nullable [] partOfAnswer;
    /** Some bytes of the final answer to the oldest request have passed, and not all. */
    private boolean answering;
    /** The request that was read and is not ruled about, or waits for its answer from here; null if there is none. */
    private @Nullable HttpHead asked;
    private boolean deciding;
    private boolean told;
    private volatile @Nullable Ruling ruling;
    private EdgeDrop reason = EdgeDrop.EXCHANGE_REFUSED;
    private ByteBuffer answer = NOTHING;

    /** @param door what the first request's host is */
    HttpGuard(Client client, HttpDoors doors, Door door) {
        this.client = client;
        this.doors = doors;
        this.door = door;
    }

    @Override
    public Step onRequest(ByteBuffer bytes, boolean mayBegin) {
        HttpHead head = asked;
        if (head != null)
            return judge(head, bytes);
        if (stream.over() && !mayBegin && !answers.tunnel())
            return Step.HOLD;
        return switch (stream.read(bytes)) {
            case MORE -> Step.MORE;
            case WAIT -> Step.HOLD;
            case REFUSED -> refused();
            case BODY, TUNNEL -> {
                bytes.position(bytes.position() + stream.length());
                yield Step.FORWARD;
            }
            case HEAD -> {
                HttpHead read = Objects.requireNonNull(stream.head());
                asked = read;
                yield judge(read, bytes);
            }
        };
    }

    // Rulings

    private Step judge(HttpHead head, ByteBuffer bytes) {
        Ruling made = ruling;
        if (made == null) {
            if (deciding)
                return Step.LATER;
            Doorkeeper keeper = door.keeper();
            if (!sameDoor(head))
                made = new Ruling.Answer(HttpOpening.misdirected());
            else if (keeper == null)
                made = byAddress();
            else if (bytes.remaining() - head.length() < keeper.wantedBody(head))
                return waitForBody(head);
            else
                made = atDoor(keeper, head, bytes);
            if (made == null)
                return Step.LATER;
            ruling = made;
        }
        return switch (made) {
            case Ruling.Admit _ -> admitted(head, bytes);
            case Ruling.Answer own -> answered(own.reply(), head);
        };
    }

    /** A leg is one service's: who asks for another on the same connection is told to connect anew. */
    private boolean sameDoor(HttpHead head) {
        return door.equals(doors.byName().find(head.serverName()));
    }

    private Ruling byAddress() {
        return door.admits(client.remote(), doors.epochSeconds().getAsLong())
                ? new Ruling.Admit("")
                : new Ruling.Answer(HttpReply.text(403, "This address may not use " + door.service() + "."));
    }

    /** Null if it is made elsewhere. */
    private @Nullable Ruling atDoor(Doorkeeper keeper, HttpHead head, ByteBuffer bytes) {
        byte[] body = new byte[keeper.wantedBody(head)];
        bytes.get(bytes.position() + head.length(), body);
        long now = doors.epochSeconds().getAsLong();
        Visitor visitor = visitor();
        if (!keeper.takesLong(head, visitor, now))
            return keeper.rule(head, body, visitor, now);
        deciding = doors.slow().begin(() -> {
            Ruling made = unavailable("This could not be checked now.");
            try {
                made = keeper.rule(head, body, visitor, now);
            } finally {
                ruling = made;
                client.again();
            }
        });
        return deciding ? null : unavailable("Too many passwords are being checked now.");
    }

    private static Ruling.Answer unavailable(String why) {
        return new Ruling.Answer(HttpReply.unavailable(why, RETRY_SECONDS));
    }

    private Visitor visitor() {
        TlsFacts tls = client.tls();
        List<X509Certificate> shown = tls == null ? List.of() : tls.certificates();
        return new Visitor(Door.path(client.remote()), tls != null, shown.isEmpty() ? null : shown.getFirst());
    }

    /** Of a form of the edge's own. A client that asks whether to send it is told so (RFC 9110, section 10.1.1). */
    private Step waitForBody(HttpHead head) {
        if (told || head.minorVersion() == 0 || head.fields().first("expect") == null)
            return Step.MORE;
        if (answers.outstanding() > 1)
            return Step.HOLD;
        told = true;
        answer = ByteBuffer.wrap(CONTINUE);
        return Step.ANSWER;
    }

    /** The head, and what is there of its body. */
    private Step admitted(HttpHead head, ByteBuffer bytes) {
        asked = null;
        ruling = null;
        deciding = false;
        bytes.position(bytes.position() + head.length());
        while (!stream.over() && stream.read(bytes) == HttpPart.BODY)
            bytes.position(bytes.position() + stream.length());
        return Step.FORWARD;
    }

    private Step answered(HttpReply reply, HttpHead head) {
        if (answers.outstanding() > 1)
            return Step.HOLD;
        reason = EdgeDrop.ANSWERED_HERE;
        answer = HttpOpening.words(reply, head);
        return Step.REFUSED;
    }

    /** Says so in the place of an answer; where that is taken already, nothing can be said. */
    private Step refused() {
        boolean inBody = !stream.over();
        int unanswered = answers.outstanding();
        if (unanswered > (inBody ? 1 : 0))
            return Step.HOLD;
        boolean taken = inBody && (unanswered == 0 || answering || partOfAnswer != null);
        Refusal why = stream.refusal();
        answer = taken || why == null ? NOTHING : HttpOpening.words(HttpReply.refusal(why), null);
        return Step.REFUSED;
    }

    // Answers

    @Override
    public boolean onAnswer(ByteBuffer bytes) {
        ByteBuffer all = bytes.duplicate();
        byte[] before = partOfAnswer;
        if (before != null) // read from its beginning, as the head was
            all = ByteBuffer.allocate(before.length + bytes.remaining()).put(before).put(all).flip();
        while (true) {
            switch (answers.read(all)) {
                case HEAD -> answering = answers.status() >= 200 && !answers.over();
                case BODY -> answering = !answers.over();
                case TUNNEL -> {
                }
                case MORE -> {
                    partOfAnswer = rest(all);
                    return true;
                }
                case WAIT, REFUSED -> {
                    return false;
                }
            }
            all.position(all.position() + answers.length());
        }
    }

    /** Bounded by what {@link HttpAnswers} takes for a head or a line, 16 KiB. */
    private static byte @Nullable [] rest(ByteBuffer all) {
        if (!all.hasRemaining())
            return null;
        byte[] rest = new byte[all.remaining()];
        all.get(rest);
        return rest;
    }

    @Override
    public boolean between() {
        return asked == null && partOfAnswer == null && stream.idle();
    }

    @Override
    public boolean sending() {
        return asked == null && !stream.over() && !answering && partOfAnswer == null && !answers.tunnel();
    }

    @Override
    public boolean exchanges() {
        return !answers.tunnel();
    }

    @Override
    public EdgeDrop reason() {
        return reason;
    }

    @Override
    public ByteBuffer answer() {
        return answer;
    }

    @Override
    public ByteBuffer onNoLeg(EdgeDrop why) {
        return HttpOpening.words(
                HttpReply.unavailable(door.service() + " can not be reached now.", RETRY_SECONDS), stream.head());
    }
}
