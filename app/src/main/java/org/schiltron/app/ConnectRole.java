package org.schiltron.app;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Entropy;
import org.schiltron.host.MachineLoop;
import org.schiltron.host.PuzzleWorker;
import org.schiltron.host.RelayLimits;
import org.schiltron.host.SocketPoller;
import org.schiltron.host.StreamRelay;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Counters;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.ConnectState;
import org.schiltron.swarm.DoorState;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A running client's end. */
final class ConnectRole implements Part {
    private final ClientEndpoint endpoint;
    private final SocketPoller poller;
    private final StreamRelay relay;
    private final Consumer<SessionEvent> watcher;
    private final PuzzleWorker puzzles;
    private final CompletableFuture<MachineLoop<ClientEndpoint, SessionEvent>> loop = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> connected = new CompletableFuture<>();
    private final AtomicInteger open = new AtomicInteger();

    private ConnectRole(ClientConfig config, Identity identity, RelayLimits limits, Consumer<SessionEvent> watcher) {
        endpoint = new ClientEndpoint(config, identity, new Entropy());
        poller = SocketPoller.start("connect-sockets");
        relay = StreamRelay.forClient(command -> loop().execute((_, nowNs) -> command.accept(nowNs)), poller, limits);
        this.watcher = watcher;
        puzzles = new PuzzleWorker(command -> loop().execute(command));
    }

    /**
     * @param sockets bound; the loop's from now on
     * @param watcher called on the loop's thread with each event
     */
    static ConnectRole start(RoleProcess process, ClientConfig config, Identity identity, RelayLimits limits,
            UdpOptions options, UdpSockets sockets, Consumer<SessionEvent> watcher) {
        ConnectRole role = new ConnectRole(config, identity, limits, watcher);
        role.loop.complete(MachineLoop.start("connect", sockets, role.endpoint, options, role::onEvent));
        return process.add(role, role.loop().stopped());
    }

    private MachineLoop<ClientEndpoint, SessionEvent> loop() {
        return loop.join();
    }

    private void onEvent(SessionEvent event) {
        if (event instanceof SessionEvent.Opened) {
            open.set(1);
            connected.complete(null);
        } else if (event instanceof SessionEvent.Closed) {
            open.set(0);
        }
        relay.onEvent(event);
        puzzles.onEvent(event);
        watcher.accept(event);
    }

    /** What fronts are opened on. */
    StreamRelay relay() {
        return relay;
    }

    /** Completes with the first session. */
    CompletableFuture<@Nullable Void> connected() {
        return connected;
    }

    DoorState door() {
        return Part.answer(loop().query((machine, _) -> machine.door()));
    }

    ConnectState state() {
        return Part.answer(loop().query((machine, _) -> machine.state()));
    }

    @Override
    public String role() {
        return "connect";
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
        metrics.gauge("schiltron_sessions", "1 while a session is open", instance(), open::get);
        RelayReport.measure(metrics, instance(), relay.counters());
    }

    @Override
    public void report(ObjectNode status) {
        status.put("state", state().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        RelayReport.traffic(status, relay.counters());
        DoorState door = door();
        if (door.mailboxes() > 0)
            status.putObject("door").put("mailboxes", door.mailboxes()).put("queued", door.queued())
                    .put("bestBits", door.bestBits()).put("goingBits", door.goingBits());
        ArrayNode sessions = status.putArray("sessions");
        Part.answer(loop().query((machine, _) -> {
            Session now = machine.session();
            if (now != null)
                RelayReport.session(sessions, now.status());
            return sessions;
        }));
    }

    /** Ends the session in order, then the sockets. */
    @Override
    public void close() {
        loop().execute((machine, nowNs) -> {
            relay.close();
            machine.close(nowNs, CloseReason.STOPPING);
        });
        loop().close();
        puzzles.close();
        poller.close();
    }
}
