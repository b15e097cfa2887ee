package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.HttpHead;
import org.schiltron.edge.HttpReply;
import org.schiltron.edge.Refusal;
import org.schiltron.relay.Client;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.ExchangeGuard;
import org.schiltron.relay.Opening;

/** Waits for the head of the first request, which names the service. Who is let in {@link HttpGuard} decides. */
final class HttpOpening implements Opening {
    /** RFC 9110, section 15.5.20: this server has nothing for that host. */
    private static final int MISDIRECTED = 421;

    private final Client client;
    private final HttpDoors doors;
    private final HttpHead head = new HttpHead();
    private @Nullable Door door;
    private ByteBuffer answer = ByteBuffer.allocate(0);
    private EdgeDrop reason = EdgeDrop.OPENING_REFUSED;

    HttpOpening(Client client, HttpDoors doors) {
        this.client = client;
        this.doors = doors;
    }

    @Override
    public Verdict look(ByteBuffer bytes) {
        return switch (head.read(bytes)) {
            case MORE -> Verdict.MORE;
            case REFUSED -> {
                answer = words(HttpReply.refusal(Objects.requireNonNullElse(head.refusal(), Refusal.NOT_HTTP)), head);
                yield Verdict.REFUSED;
            }
            case OK -> {
                door = doors.byName().find(head.serverName());
                if (door != null)
                    yield Verdict.OK;
                reason = EdgeDrop.NAME_UNKNOWN;
                answer = words(misdirected(), head);
                yield Verdict.REFUSED;
            }
        };
    }

    static HttpReply misdirected() {
        return HttpReply.text(MISDIRECTED, "No service with this name is here.");
    }

    /** @param to the request; null for none that could be read */
    static ByteBuffer words(HttpReply reply, @Nullable HttpHead to) {
        return ByteBuffer.wrap(reply.encode(to != null && to.method().equals("HEAD")));
    }

    private Door door() {
        if (door == null)
            throw new IllegalStateException("not let in");
        return door;
    }

    @Override
    public String service() {
        return door().service();
    }

    @Override
    public ExchangeGuard guard() {
        return new HttpGuard(client, doors, door());
    }

    @Override
    public EdgeDrop reason() {
        return reason;
    }

    @Override
    public ByteBuffer answer() {
        return answer;
    }
}
