package org.schiltron.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Comparator;
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
 * shared one and the victim's of 100 Mbit/s, which drops what does not fit; what a host costs that does nothing; and the same
 * load in ns-3, if that is installed. The second half of the virtual seconds is measured in pieces of 20,000 packets: the
 * quickest of them is what the code can do, the median what it did beside other programs.
 */
final class PacketTable {
    private static final double WANTED_PER_SECOND = 1.2e6;
    private static final double WANTED_OF_TEN_TIMES = 0.5;
    private static final double WANTED_IDLE_BYTES = 200;
    private static final int PAYLOAD = 972; // 1,000 bytes with its headers
    private static final int PACKETS_PER_SECOND = 100;
    private static final int PIECE_PACKETS = 20_000;
    private static final int IDLE_HOSTS = 20_000;
    private static final double NS3_SECONDS = 0.4;

    /** Packets and events a second of one core. */
    private record Row(int hosts, double quickest, double median, double events) {
    }

    private PacketTable() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = new Options("packets").number("hosts", 2_000, 1, 1_000_000).number("seconds", 20, 2, 1_000)
                .number("seed", 1, 0, 999_999_999).read(args);
        Row few = measure(options, options.get("hosts"), options.get("seconds"));
        Row many = measure(options, 10 * options.get("hosts"), Math.max(2, options.get("seconds") / 5));
        double idleBytes = idleBytes(options);
        boolean withNs3 = Ns3Packets.isInstalled();
        double ns3 = withNs3
                ? Ns3Packets.perSecond(few.hosts, PACKETS_PER_SECOND, PAYLOAD, NS3_SECONDS, options.get("seed"))
                : 0;
        double ratio = many.quickest / few.quickest;
        if (options.json())
            System.out.printf(Locale.ROOT,
                    "{\"hosts\":%d,\"packetsPerSecond\":%.0f,\"median\":%.0f,\"eventsPerSecond\":%.0f,"
                            + "\"tenTimesThat\":%.0f,\"tenTimesMedian\":%.0f,\"bytesPerIdleHost\":%.0f,\"ns3\":%s}%n",
                    few.hosts, few.quickest, few.median, few.events, many.quickest, many.median, idleBytes,
                    withNs3 ? String.format(Locale.ROOT, "%.0f", ns3) : "null");
        else
            System.out.printf(Locale.ROOT, """
                    | one core | quickest | median | wanted |
                    |---|---|---|---|
                    | %,d hosts: packets a second | %,.0f | %,.0f | %,.0f |
                    | events a second | %,.0f | | |
                    | %,d hosts: packets a second | %,.0f | %,.0f | |
                    | of the former | %.2f | %.2f | %.2f |
                    | bytes of heap for a host that does nothing | %,.0f | | %,.0f |
                    | ns-3, %,d hosts: packets a second | %s | | |
                    """, few.hosts, few.quickest, few.median, WANTED_PER_SECOND, few.events, many.hosts, many.quickest,
                    many.median, ratio, many.median / few.median, WANTED_OF_TEN_TIMES, idleBytes, WANTED_IDLE_BYTES,
                    few.hosts, withNs3
                            ? String.format(Locale.ROOT, "%,.0f", ns3)
                            : "not installed: apt-get install libns3-dev");
        if (few.quickest < WANTED_PER_SECOND || ratio < WANTED_OF_TEN_TIMES || idleBytes > WANTED_IDLE_BYTES) {
            System.err.println("bench/run packets: a target is missed");
            System.exit(1);
        }
    }

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
        long endNs = seconds * 1_000_000_000L;
        long atNs = endNs / 2;
        long pieceNs = Math.max(1, 1_000_000_000L * PIECE_PACKETS / PACKETS_PER_SECOND / hosts);
        simulation.run(atNs);
        List<double[]> pieces = new ArrayList<>(); // packets a second, events a second
        while (atNs + pieceNs <= endNs || pieces.isEmpty()) {
            long packets = simulation.statistics().packetsIn();
            long events = simulation.events();
            long startNs = CpuClock.nowNs();
            simulation.run(atNs += pieceNs);
            double took = (CpuClock.nowNs() - startNs) * 1e-9;
            pieces.add(new double[]{(simulation.statistics().packetsIn() - packets) / took,
                    (simulation.events() - events) / took});
        }
        pieces.sort(Comparator.comparingDouble(piece -> piece[0]));
        return new Row(hosts, pieces.getLast()[0], pieces.get(pieces.size() / 2)[0], pieces.getLast()[1]);
    }

    /** Of hosts with an address, a link of a rate and a machine without state that have started. */
    private static double idleBytes(Options options) {
        Simulation simulation = new Simulation(options.get("seed"));
        Router router = simulation.router("router");
        LinkConfig link = LinkConfig.ofMegabits(10);
        simulation.run(1);
        long before = used();
        for (int i = 0; i < IDLE_HOSTS; i++)
            simulation.<Void, Attacker>add("host " + i, new Attacker(), simulation.newAddress(9)).links(link)
                    .attach(router);
        simulation.run(2);
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
