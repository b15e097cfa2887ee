package org.schiltron.bench;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Locale;
import org.schiltron.machine.Path;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Flood;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.Router;
import org.schiltron.sim.Simulation;

/**
 * {@code bench/run packets}: what a packet costs the simulator. Hosts send 0.8 Mbit/s each over three links, their own, a
 * shared one and the victim's of 100 Mbit/s, which drops what does not fit; and what a host costs that does nothing.
 */
final class PacketTable {
    private static final double WANTED_PER_SECOND = 1.2e6;
    private static final double WANTED_OF_TEN_TIMES = 0.5;
    private static final double WANTED_IDLE_BYTES = 200;
    private static final int PAYLOAD = 972; // 1,000 bytes with its headers
    private static final int PACKETS_PER_SECOND = 100;
    private static final int IDLE_HOSTS = 20_000;

    /** @param processorSeconds of one core, for one virtual second */
    private record Row(int hosts, double packetsPerSecond, double eventsPerSecond, double processorSeconds) {
    }

    private PacketTable() {
    }

    public static void main(String[] args) {
        Options options = new Options("packets").number("hosts", 2_000, 1, 1_000_000).number("seconds", 10, 2, 1_000)
                .number("seed", 1, 0, 999_999_999).read(args);
        Row few = measure(options, options.get("hosts"), options.get("seconds"));
        Row many = measure(options, 10 * options.get("hosts"), Math.max(2, options.get("seconds") / 5));
        double idleBytes = idleBytes(options);
        double ratio = many.packetsPerSecond / few.packetsPerSecond;
        if (options.json())
            System.out.printf(Locale.ROOT,
                    "{\"hosts\":%d,\"packetsPerSecond\":%.0f,\"eventsPerSecond\":%.0f,\"tenTimesThat\":%.0f,"
                            + "\"bytesPerIdleHost\":%.0f}%n",
                    few.hosts, few.packetsPerSecond, few.eventsPerSecond, many.packetsPerSecond, idleBytes);
        else
            System.out.printf(Locale.ROOT, """
                    | one core | | wanted |
                    |---|---|---|
                    | %,d hosts: packets a second | %,.0f | %,.0f |
                    | events a second | %,.0f | |
                    | processor time for a virtual second, s | %.2f | |
                    | %,d hosts: packets a second, of the former | %.2f | %.2f |
                    | bytes of heap for a host that does nothing | %,.0f | %,.0f |
                    """, few.hosts, few.packetsPerSecond, WANTED_PER_SECOND, few.eventsPerSecond,
                    few.processorSeconds, many.hosts, ratio, WANTED_OF_TEN_TIMES, idleBytes, WANTED_IDLE_BYTES);
        if (few.packetsPerSecond < WANTED_PER_SECOND || ratio < WANTED_OF_TEN_TIMES
                || idleBytes > WANTED_IDLE_BYTES) {
            System.err.println("bench/run packets: a target is missed");
            System.exit(1);
        }
    }

    /** The first half of the seconds warms up. */
    private static Row measure(Options options, int hosts, int seconds) {
        Simulation simulation = new Simulation(options.get("seed"));
        Router near = simulation.router("near");
        Router far = simulation.router("far");
        simulation.join("shared", near, far)
                .links(LinkConfig.ofMegabits(Math.max(1, hosts)).withDelayNs(10_000_000));
        Path victim = simulation.newAddress(7);
        simulation.<Void, Attacker>add("victim", new Attacker(), victim)
                .links(LinkConfig.ofMegabits(100).withDelayNs(2_000_000)).attach(far);
        for (int i = 0; i < hosts; i++)
            simulation.<Void, Flood>add("host " + i, new Flood(List.of(victim), PACKETS_PER_SECOND, PAYLOAD,
                    simulation.random("start " + i).nextLong(10_000_000), Long.MAX_VALUE, simulation.random()),
                    simulation.newAddress(9)).links(LinkConfig.ofMegabits(10).withDelayNs(5_000_000)).attach(near);
        int warm = (seconds + 1) / 2;
        simulation.run(warm * 1_000_000_000L);
        long packets = simulation.statistics().packetsIn();
        long events = simulation.events();
        long startNs = CpuClock.nowNs();
        simulation.run(seconds * 1_000_000_000L);
        double took = (CpuClock.nowNs() - startNs) * 1e-9;
        return new Row(hosts, (simulation.statistics().packetsIn() - packets) / took,
                (simulation.events() - events) / took, took / (seconds - warm));
    }

    private static double idleBytes(Options options) {
        Simulation simulation = new Simulation(options.get("seed"));
        Router router = simulation.router("router");
        long before = used();
        for (int i = 0; i < IDLE_HOSTS; i++)
            simulation.<Void, Attacker>add("host " + i, new Attacker(), simulation.newAddress(9)).attach(router);
        try {
            return (double) (used() - before) / IDLE_HOSTS;
        } finally {
            Reference.reachabilityFence(simulation);
        }
    }

    private static long used() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
