package org.schiltron.app;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.AuthenticatorSchedule;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.LegAddress;

/**
 * Has the edge show what its services' schedules say (Mayday, section 4.3), and go where their modes are (3.7): legs move
 * within the overlap.
 */
final class EdgeAgility implements AutoCloseable {
    private final Map<String, EdgeService> services = new LinkedHashMap<>();
    /** Where those are that are elsewhere than their file says. */
    private final Map<String, InetSocketAddress> moved = new LinkedHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "authenticators");
        thread.setDaemon(true);
        return thread;
    });
    private final EdgeServer edge;
    private final LongSupplier epochMs;

    private EdgeAgility(EdgeServer edge, LongSupplier epochMs) {
        this.edge = edge;
        this.epochMs = epochMs;
    }

    static EdgeAgility start(EdgeServer edge, List<EdgeService> services, LongSupplier epochMs) {
        EdgeAgility agility = new EdgeAgility(edge, epochMs);
        for (EdgeService service : services) {
            agility.services.put(service.name(), service);
            AuthenticatorFile shown = service.shown();
            AuthenticatorSchedule schedule = shown == null ? null : shown.schedule();
            if (schedule != null)
                agility.await(service, schedule, epochMs.getAsLong());
        }
        return agility;
    }

    /** What legs of a service to that address show at that time. */
    static LegAddress address(EdgeService service, InetSocketAddress backend, long epochMs) {
        AuthenticatorFile shown = service.shown();
        return shown == null ? LegAddress.to(backend) : shown.at(epochMs).leg(backend);
    }

    private void await(EdgeService service, AuthenticatorSchedule schedule, long nowMs) {
        long at = schedule.nextChange(nowMs);
        var _ = timer.schedule(() -> change(service, schedule, at), Math.max(0, at - epochMs.getAsLong()),
                TimeUnit.MILLISECONDS);
    }

    /** The clock may be a moment behind the timer: what is shown is what was due. */
    private synchronized void change(EdgeService service, AuthenticatorSchedule schedule, long at) {
        long nowMs = Math.max(at, epochMs.getAsLong());
        edge.changeAuthenticator(service.name(), address(service, backend(service), nowMs),
                Duration.ofMillis(schedule.overlapMs()));
        await(service, schedule, nowMs);
    }

    private InetSocketAddress backend(EdgeService service) {
        InetSocketAddress at = moved.get(service.name());
        return at == null ? service.to() : at;
    }

    /** The service is at that address now. One that the edge does not have is none of its business. */
    synchronized void move(String name, InetSocketAddress to, Duration overlap) {
        @Nullable
        EdgeService service = services.get(name);
        if (service == null)
            return;
        moved.put(name, to);
        edge.changeAuthenticator(name, address(service, to, epochMs.getAsLong()), overlap);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
