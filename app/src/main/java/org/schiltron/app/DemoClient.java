package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.schiltron.host.RelayLimits;
import org.schiltron.host.StreamRelay;
import org.schiltron.host.TcpFront;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.SessionEvent;

/** A user of the demo's service: {@code connect} beside a plain HTTP client, behind an access link. */
final class DemoClient implements AutoCloseable {
    private static final long DELAY_NS = 5_000_000;

    private final StreamRelay relay;
    private final TcpFront front;
    private final CompletableFuture<DemoNet.Station<ClientEndpoint, SessionEvent>> station = new CompletableFuture<>();
    private volatile boolean open;

    DemoClient(DemoNet net, ClientConfig config) throws IOException {
        relay = StreamRelay.forClient(command -> station().loop().execute((machine, nowNs) -> command.accept(nowNs)),
                net.poller(), RelayLimits.defaults());
        front = TcpFront.listen(relay, DemoNet.loopback(0), "");
        ClientEndpoint endpoint = new ClientEndpoint(config, Identity.generate(net.random()), net.random());
        station.complete(net.station("client", DemoNet.loopback(0), endpoint, net.link(DELAY_NS), net.link(DELAY_NS),
                this::onEvent));
    }

    private void onEvent(SessionEvent event) {
        if (event instanceof SessionEvent.Opened)
            open = true;
        if (event instanceof SessionEvent.Closed) {
            var session = station().access().machine().session();
            open = session != null && session.isOpen();
        }
        relay.onEvent(event);
    }

    private DemoNet.Station<ClientEndpoint, SessionEvent> station() {
        return station.join();
    }

    boolean connected() {
        return open;
    }

    HttpFetch fetch() {
        return new HttpFetch(front.localAddress());
    }

    @Override
    public void close() {
        front.close();
        station().loop().execute((access, nowNs) -> access.machine().close(nowNs, CloseReason.FINISHED));
        station().loop().close();
    }
}
