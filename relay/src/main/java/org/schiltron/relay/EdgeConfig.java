package org.schiltron.relay;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.schiltron.host.MonotonicClock;

/**
 * What an edge does.
 *
 * @param tcp      where TCP and TLS clients come in
 * @param udp      where UDP clients come in
 * @param services what openings let clients in to, each with its own name
 * @param limits   bounds
 * @param loops    threads that relay; as many as there are cores is right
 * @param clock    nanoseconds that never go back; asked by every loop
 */
public record EdgeConfig(List<TcpEntrance> tcp, List<UdpEntrance> udp, List<Service> services, EdgeLimits limits,
        int loops, LongSupplier clock) {
    /** @throws IllegalArgumentException that says what does not fit together */
    public EdgeConfig {
        tcp = List.copyOf(tcp);
        udp = List.copyOf(udp);
        services = List.copyOf(services);
        if (loops < 1 || loops > 1_024)
            throw new IllegalArgumentException("an edge has 1-1024 loops");
        Set<String> names = new HashSet<>();
        for (Service service : services)
            if (!names.add(service.name()))
                throw new IllegalArgumentException("two services are called \"" + service.name() + "\"");
    }

    /** With a loop for each core and the system's clock. */
    public static EdgeConfig of(List<TcpEntrance> tcp, List<UdpEntrance> udp, List<Service> services,
            EdgeLimits limits) {
        return new EdgeConfig(tcp, udp, services, limits, Runtime.getRuntime().availableProcessors(),
                MonotonicClock::nowNs);
    }

    public EdgeConfig withLoops(int count) {
        return new EdgeConfig(tcp, udp, services, limits, count, clock);
    }

    EdgeConfig withClock(LongSupplier other) {
        return new EdgeConfig(tcp, udp, services, limits, loops, other);
    }
}
