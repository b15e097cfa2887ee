package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.schiltron.host.RelayLimits;
import org.schiltron.host.StreamRelay;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;

/** The demo's service: an endpoint behind the emulated access link, in front of an HTTP backend. */
final class DemoService implements AutoCloseable {
    private final StreamRelay relay;
    private final CompletableFuture<DemoNet.Station<ServiceEndpoint, SessionEvent>> station = new CompletableFuture<>();

    DemoService(DemoNet net, Identity identity, InetSocketAddress backend) throws IOException {
        relay = StreamRelay.forService(command -> station().loop().execute((machine, nowNs) -> command.accept(nowNs)),
                net.poller(), RelayLimits.defaults(), DemoNet.backends(backend));
        ServiceEndpoint endpoint = new ServiceEndpoint(net.serviceConfig(), identity, net.random());
        station.complete(net.station("service", DemoNet.loopback(0), endpoint, net.serviceDown(), net.serviceUp(),
                relay::onEvent));
    }

    DemoNet.Station<ServiceEndpoint, SessionEvent> station() {
        return station.join();
    }

    @Override
    public void close() {
        station().loop().execute((access, nowNs) -> access.machine().close(nowNs));
        station().loop().close();
    }
}
