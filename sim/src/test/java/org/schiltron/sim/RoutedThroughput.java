package org.schiltron.sim;

import java.util.List;
import org.schiltron.machine.Path;

/**
 * Datagrams and events per second of one core where routers are: run by hand with the test class path. Hosts send 0.8
 * Mbit/s each over three links (their own, a shared one, the victim's of 100 Mbit/s). Arguments: hosts, virtual seconds.
 */
final class RoutedThroughput {
    private static final int PAYLOAD = 972; // 1,000 bytes with its headers

    private RoutedThroughput() {
    }

    public static void main(String[] arguments) {
        int hosts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2_000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        Simulation simulation = new Simulation(1);
        Router near = simulation.router("near");
        Router far = simulation.router("far");
        simulation.join("shared", near, far)
                .links(LinkConfig.ofMegabits(Math.max(1, hosts)).withDelayNs(10_000_000));
        Path victim = simulation.newAddress(7);
        Node<Void, Attacker> target = simulation.<Void, Attacker>add("victim", new Attacker(), victim)
                .links(LinkConfig.ofMegabits(100).withDelayNs(2_000_000)).attach(far);
        for (int i = 0; i < hosts; i++)
            simulation.<Void, Flood>add("host" + i, new Flood(List.of(victim), 100, PAYLOAD,
                    simulation.random("start " + i).nextLong(10_000_000), Long.MAX_VALUE, simulation.random()),
                    simulation.newAddress(9)).links(LinkConfig.ofMegabits(10).withDelayNs(5_000_000)).attach(near);
        for (int second = 1; second <= seconds; second++) {
            long datagrams = simulation.statistics().packetsIn();
            long events = simulation.events();
            long startNs = System.nanoTime();
            simulation.run(second * 1_000_000_000L);
            double took = (System.nanoTime() - startNs) * 1e-9;
            datagrams = simulation.statistics().packetsIn() - datagrams;
            System.out.printf("%,d datagrams/s, %,d events/s, %,d in flight, %,d at the victim%n",
                    (long) (datagrams / took), (long) ((simulation.events() - events) / took), simulation.inFlight(),
                    target.downlink().statistics().packetsOut());
        }
    }
}
