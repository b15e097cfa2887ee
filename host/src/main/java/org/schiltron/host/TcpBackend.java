package org.schiltron.host;

import java.io.IOException;
import org.schiltron.proof.ClientId;

/** Gives every stream that a client opens a connection to the program behind its target, or resets it. */
final class TcpBackend {
    private final StreamRelay relay;
    private final Backends backends;

    TcpBackend(StreamRelay relay, Backends backends) {
        this.relay = relay;
        this.backends = backends;
    }

    /**
     * Until the program accepts, what the client sends waits in the session, within the credit it was given.
     */
    void opened(Tunnel tunnel, long stream, String target) {
        Backend backend = backends.tcp(target);
        if (backend == null || !relay.admit()) {
            refuse(tunnel, stream);
            return;
        }
        TcpConnection connection;
        try {
            connection = TcpConnection.connect(relay.poller(), relay.counters(), backend, relay.limits());
        } catch (IOException e) { // no file descriptor left
            relay.release();
            refuse(tunnel, stream);
            return;
        }
        ClientId client = tunnel.client();
        relay.join(new StreamLink(relay, tunnel, stream, connection,
                () -> backend.streamPreamble(client, stream, connection.remoteAddress())), connection);
    }

    private void refuse(Tunnel tunnel, long stream) {
        relay.counters().connectionsRefused.increment();
        relay.execute(nowNs -> tunnel.reset(nowNs, stream));
    }
}
