package org.schiltron.app;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Backends;
import org.schiltron.host.Entropy;
import org.schiltron.host.MachineLoop;
import org.schiltron.host.RelayLimits;
import org.schiltron.host.SocketPoller;
import org.schiltron.host.StreamRelay;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Counters;
import org.schiltron.proof.ClientId;
import org.schiltron.swarm.ClientLimits;
import org.schiltron.swarm.HandOver;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.ServiceKeys;
import org.schiltron.swarm.ServiceStatus;
import org.schiltron.swarm.SessionEvent;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A running service's end: its sessions, and the way to its backends. */
final class ProtectRole implements Part {
    private final ServiceEndpoint endpoint;
    private final SocketPoller poller;
    private final StreamRelay relay;
    private final CompletableFuture<MachineLoop<ServiceEndpoint, SessionEvent>> loop = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final AtomicInteger sessions = new AtomicInteger();

    private ProtectRole(ServiceConfig config, ServiceKeys keys, Backends backends, RelayLimits limits) {
        endpoint = new ServiceEndpoint(config, keys, new Entropy());
        poller = SocketPoller.start("protect-sockets");
        relay = StreamRelay.forService(command -> loop().execute((_, nowNs) -> command.accept(nowNs)), poller, limits,
                backends);
    }

    /**
     * @param sockets bound; the loop's from now on
     * @param from    whose sessions go on here, or null
     */
    static ProtectRole start(RoleProcess process, ServiceConfig config, ServiceKeys keys, Backends backends,
            RelayLimits limits, UdpOptions options, UdpSockets sockets, BanFile.Rules rules, @Nullable HandOver from) {
        ProtectRole role = new ProtectRole(config, keys, backends, limits);
        role.loop.complete(MachineLoop.start("protect", sockets, role.endpoint, options, role::onEvent));
        role.loop().execute((machine, nowNs) -> {
            if (from != null)
                machine.resume(nowNs, from);
            rules.banned().forEach(client -> machine.ban(nowNs, client));
            rules.limited().forEach((client, own) -> machine.limit(nowNs, client, own));
        });
        return process.add(role, role.loop().stopped());
    }

    private MachineLoop<ServiceEndpoint, SessionEvent> loop() {
        return loop.join();
    }

    private void onEvent(SessionEvent event) {
        if (event instanceof SessionEvent.Ready)
            ready.complete(null);
        else if (event instanceof SessionEvent.Opened)
            sessions.incrementAndGet();
        else if (event instanceof SessionEvent.Closed)
            sessions.updateAndGet(n -> Math.max(0, n - 1)); // one may close that never opened
        relay.onEvent(event);
    }

    /** Completes when clients can connect. */
    CompletableFuture<@Nullable Void> ready() {
        return ready;
    }

    ServiceStatus status() {
        return Part.answer(loop().query((machine, _) -> machine.status()));
    }

    BanFile.Rules ban(ClientId client) {
        return change((machine, nowNs) -> machine.ban(nowNs, client));
    }

    /** @param limits of the client alone; null: those of everyone */
    BanFile.Rules limit(ClientId client, @Nullable ClientLimits limits) {
        return change((machine, nowNs) -> machine.limit(nowNs, client, limits));
    }

    /** Neither banned nor limited any more. */
    BanFile.Rules free(ClientId client) {
        return change((machine, nowNs) -> {
            machine.unban(client);
            machine.limit(nowNs, client, null);
        });
    }

    /** The sessions, which go on elsewhere from now on: so no answer may come too late. */
    byte[] handOver() {
        return Part.answer(loop().query(ServiceEndpoint::handOver), 20);
    }

    void moveTo(List<ServiceConfig.Ring> rings) {
        Part.answer(loop().query((machine, nowNs) -> {
            machine.moveTo(nowNs, rings);
            return true;
        }));
    }

    /** Of a token. */
    void revoke(long serial) {
        loop().execute((machine, _) -> machine.revoke(serial));
    }

    BanFile.Rules rules() {
        return change((_, _) -> {
        });
    }

    private BanFile.Rules change(MachineLoop.Command<ServiceEndpoint> command) {
        return Part.answer(loop().query((machine, nowNs) -> {
            command.run(machine, nowNs);
            return new BanFile.Rules(machine.banned(), machine.limited());
        }));
    }

    /** Of a client without its own. */
    ClientLimits limitsOfEach() {
        return endpoint.limitsOfEach();
    }

    @Override
    public String role() {
        return "protect";
    }

    @Override
    public String instance() {
        return "0";
    }

    @Override
    public Counters counters() {
        return endpoint.counters();
    }

    @Override
    public UdpSockets sockets() {
        return loop().sockets();
    }

    @Override
    public void measure(Metrics metrics) {
        metrics.gauge("schiltron_sessions", "sessions of clients that have proved themselves", instance(),
                sessions::get);
        RelayReport.measure(metrics, instance(), relay.counters());
    }

    @Override
    public void report(ObjectNode status) {
        ServiceStatus now = status();
        status.put("ready", now.ready()).put("firstContacts", now.firstContacts()).put("atTheDoor", now.atTheDoor())
                .put("sessionsHeld", now.held());
        RelayReport.traffic(status, relay.counters());
        ArrayNode paths = status.putArray("paths");
        for (ServiceStatus.Ring ring : now.rings()) {
            ObjectNode node = paths.addObject().put("ring", ring.address()).put("ready", ring.ready())
                    .put("retired", ring.retired()).put("loss", RelayReport.share(ring.loss()))
                    .put("mailboxes", ring.mailboxes());
            if (ring.rttNs() >= 0)
                node.put("rttMs", RelayReport.ms(ring.rttNs()));
        }
        for (ServiceStatus.Mailbox mailbox : now.mailboxes()) {
            ObjectNode node = paths.addObject().put("mailbox", mailbox.address()).put("usable", mailbox.usable())
                    .put("unreachable", mailbox.unreachable());
            if (mailbox.rttNs() >= 0)
                node.put("rttMs", RelayReport.ms(mailbox.rttNs()));
        }
        ArrayNode list = status.putArray("sessions");
        now.sessions().forEach(session -> RelayReport.session(list, session));
    }

    /** Ends the sessions in order, then the sockets. */
    @Override
    public void close() {
        loop().execute((machine, nowNs) -> {
            relay.close();
            machine.close(nowNs);
        });
        loop().close();
        poller.close();
    }
}
