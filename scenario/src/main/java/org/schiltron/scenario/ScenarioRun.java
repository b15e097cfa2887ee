package org.schiltron.scenario;
import org.schiltron.toml.Fields;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.schiltron.sim.DropCause;
import org.schiltron.sim.Link;
import org.schiltron.sim.LinkStatistics;
import org.schiltron.sim.Router;
import org.schiltron.sim.Simulation;
import org.schiltron.sim.Trunk;

/** One run of a scenario; the same seed gives the same result and the same bytes in its captures. */
public final class ScenarioRun {
    private static final int STEPS = 200;

    private final Scenario scenario;
    private final long seed;
    private final Map<String, PcapFile> captures = new LinkedHashMap<>();

    public ScenarioRun(Scenario scenario, long seed) {
        this.scenario = scenario;
        this.seed = seed;
    }

    /**
     * Writes what a link carries, both directions, as a pcap file.
     *
     * @param link one of {@link Scenario#links}
     * @param to   is closed when the run is over
     * @throws IllegalArgumentException if there is no such link, or it is captured already
     */
    public ScenarioRun capture(String link, OutputStream to) {
        checkLink(link);
        if (captures.put(link, new PcapFile(to)) != null)
            throw new IllegalArgumentException(link + ": captured twice");
        return this;
    }

    /** @throws IllegalArgumentException if there is no such link */
    public void checkLink(String link) {
        List<String> known = scenario.links();
        if (!known.contains(link))
            throw new IllegalArgumentException("there is no link " + link + Fields.suggestion(link, known));
    }

    /**
     * @param progress hears which part is done, 0 to 1
     * @throws IOException if a capture could not be written
     */
    public Result run(DoubleConsumer progress) throws IOException {
        World world = new World(scenario, seed, captures);
        try {
            for (int step = 1; step <= STEPS; step++) {
                world.simulation.run(scenario.durationNs() / STEPS * step);
                progress.accept((double) step / STEPS);
            }
            world.simulation.run(scenario.durationNs());
        } finally {
            for (PcapFile capture : captures.values())
                capture.close();
        }
        return result(scenario, seed, scenario.durationNs(), world);
    }

    /** @param durationNs that was run */
    static Result result(Scenario scenario, long seed, long durationNs, World world) {
        Simulation simulation = world.simulation;
        List<Result.Link> links = new ArrayList<>();
        for (Trunk trunk : world.trunks) {
            links.add(link(durationNs, trunk.name(), trunk.name(), trunk.a().name(), trunk.b().name(), trunk.there()));
            links.add(link(durationNs, trunk.name(), trunk.name(), trunk.b().name(), trunk.a().name(), trunk.back()));
        }
        for (World.Attached at : world.attached) {
            String host = at.node().name();
            links.add(link(durationNs, at.group(), host, host, at.router().name(), at.node().uplink()));
            links.add(link(durationNs, at.group(), host, at.router().name(), host, at.node().downlink()));
        }
        List<Result.Router> routers = new ArrayList<>();
        for (Router router : world.routers.values())
            routers.add(new Result.Router(router.name(), router.forwarded(), router.refused(),
                    world.gates.getOrDefault(router.name(), List.of()).stream().map(RowGate::result).toList()));
        return new Result(scenario.file(), seed, durationNs, simulation.events(),
                simulation.statistics().packetsIn(), simulation.traceHash(), links, routers, world.taps.results(),
                world.clients.stream().map(ClientProgram::result).toList(),
                world.machines.stream().map(Occupant::result).toList(), List.of(world.tally.seconds()));
    }

    private static Result.Link link(long durationNs, String group, String name, String from, String to, Link link) {
        LinkStatistics seen = link.statistics();
        Map<DropCause, Long> drops = new EnumMap<>(DropCause.class);
        for (DropCause cause : DropCause.values()) {
            if (seen.drops(cause) > 0)
                drops.put(cause, seen.drops(cause));
        }
        long rate = link.config().rateBytesPerSecond();
        double used = Math.max(0, link.sentBytes());
        double utilisation = rate == 0 ? Double.NaN : used / (rate * (durationNs * 1e-9));
        return new Result.Link(group, name, from, to, rate, seen.packetsIn(), seen.bytesIn(), seen.packetsOut(),
                seen.bytesOut(), drops, utilisation);
    }
}
