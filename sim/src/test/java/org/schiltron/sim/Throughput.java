package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

/**
 * Datagrams and events per second of one core: run by hand with the test class path. Every second host floods at a
 * steady rate, the others echo. Arguments: hosts, datagrams per second of each flood, virtual seconds.
 */
final class Throughput {
    private Throughput() {
    }

    public static void main(String[] arguments) {
        int hosts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2_000;
        long perSecond = arguments.length > 1 ? Long.parseLong(arguments[1]) : 100;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        Simulation simulation = new Simulation(1);
        SeededRandom random = simulation.random("topology");
        simulation.coreDelay((from, to) -> 10_000_000);
        LinkConfig link = LinkConfig.ofMegabits(1_000).withDelayNs(2_000_000).withLoss(0.001);
        List<Path> echoes = new ArrayList<>();
        for (int i = 0; i < hosts / 2; i++) {
            echoes.add(simulation.newAddress(7));
            simulation.add("echo" + i, new Echo(), echoes.getLast()).links(link);
        }
        for (int i = 0; i < hosts / 2; i++) {
            List<Path> peers = new ArrayList<>();
            for (int peer = 0; peer < 16; peer++)
                peers.add(echoes.get(random.nextInt(echoes.size())));
            simulation.add("flood" + i, new Flood(peers, perSecond, 200, random.nextLong(10_000_000),
                    Long.MAX_VALUE, simulation.random()), simulation.newAddress(9)).links(link);
        }
        for (int second = 1; second <= seconds; second++) {
            long datagrams = simulation.statistics().packetsIn();
            long events = simulation.events();
            long startNs = System.nanoTime();
            simulation.run(second * 1_000_000_000L);
            double took = (System.nanoTime() - startNs) * 1e-9;
            datagrams = simulation.statistics().packetsIn() - datagrams;
            System.out.printf("%,d datagrams/s, %,d events/s, %,d in flight%n",
                    (long) (datagrams / took), (long) ((simulation.events() - events) / took),
                    simulation.inFlight());
        }
    }
}
