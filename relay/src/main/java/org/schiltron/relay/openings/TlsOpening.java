package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ClientHello;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.Refusal;
import org.schiltron.relay.Client;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.ExchangeGuard;
import org.schiltron.relay.Opening;

/** TLS that is passed through: its client's hello names the service. Who is not let in is told by an alert. */
final class TlsOpening implements Opening {
    // RFC 8446, section 6.2
    private static final int ACCESS_DENIED = 49;
    private static final int DECODE_ERROR = 50;
    private static final int PROTOCOL_VERSION = 70;
    private static final int UNRECOGNIZED_NAME = 112;

    private final Client client;
    private final Doors doors;
    private final boolean verify;
    private final LongSupplier epochSeconds;
    private final ClientHello hello = new ClientHello();
    private @Nullable Door door;
    private EdgeDrop reason = EdgeDrop.OPENING_REFUSED;
    private ByteBuffer answer = ByteBuffer.allocate(0);

    TlsOpening(Client client, Doors doors, boolean verify, LongSupplier epochSeconds) {
        this.client = client;
        this.doors = doors;
        this.verify = verify;
        this.epochSeconds = epochSeconds;
    }

    @Override
    public Verdict look(ByteBuffer bytes) {
        return switch (hello.read(bytes)) {
            case MORE -> Verdict.MORE;
            case REFUSED -> malformed(Objects.requireNonNullElse(hello.refusal(), Refusal.NOT_TLS));
            case OK -> {
                Door found = doors.find(hello.serverName());
                if (found == null) {
                    reason = EdgeDrop.NAME_UNKNOWN;
                    yield alert(UNRECOGNIZED_NAME);
                }
                door = found;
                yield found.admits(client.remote(), epochSeconds.getAsLong()) ? Verdict.OK : alert(ACCESS_DENIED);
            }
        };
    }

    private Verdict malformed(Refusal why) {
        return switch (why) {
            case NOT_TLS, SSL_2 -> Verdict.REFUSED; // would not understand an alert
            case TLS_VERSION -> alert(PROTOCOL_VERSION);
            case SERVER_NAME -> alert(UNRECOGNIZED_NAME);
            default -> alert(DECODE_ERROR);
        };
    }

    /** Fatal, in a record of its own (RFC 8446, sections 5.1 and 6). */
    private Verdict alert(int description) {
        answer = ByteBuffer.wrap(new byte[]{21, 3, 3, 0, 2, 2, (byte) description});
        return Verdict.REFUSED;
    }

    @Override
    public String service() {
        if (door == null)
            throw new IllegalStateException("not let in");
        return door.service();
    }

    @Override
    public @Nullable String serverName() {
        return hello.serverName();
    }

    @Override
    public @Nullable ExchangeGuard guard() {
        return verify ? new StreamGuard(Protocol.TLS.stream()) : null;
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
