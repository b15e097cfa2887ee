package org.schiltron.scenario;
import org.schiltron.toml.Fields;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.filter.RuleSet;
import org.schiltron.sim.IdCounter;
import org.schiltron.sim.Node;
import org.schiltron.sim.PacketFlood;
import org.schiltron.sim.Simulation;

/**
 * A scenario for somebody who lets its time pass himself: as the clock does, with real hosts at its leaves. Its floods and
 * clients run for its duration; the network stays.
 */
public final class LiveScenario {
    /**
     * A host for real programs.
     *
     * @param ipv4 at least one
     * @param mtu  of its uplink, in bytes
     * @param node to be given a stack
     * @param ids  for packets that it sends without one, or null: they stay as they are
     */
    public record Program(String host, List<Path> ipv4, Path ipv6, int mtu, Node<?, ?> node, @Nullable IdCounter ids) {
    }

    private final Scenario scenario;
    private final long seed;
    private final World world;
    private final List<PacketFlood> floods = new ArrayList<>();

    public LiveScenario(Scenario scenario, long seed) {
        this.scenario = scenario;
        this.seed = seed;
        world = new World(scenario, seed, new LinkedHashMap<>());
    }

    public Simulation simulation() {
        return world.simulation;
    }

    public List<Program> programs() {
        return List.copyOf(world.programs);
    }

    /** Addresses of every host and router, by its name; members of groups singly. */
    public Map<String, List<Path>> names() {
        Map<String, List<Path>> names = new LinkedHashMap<>();
        for (Scenario.Host host : scenario.hosts()) {
            List<String> members = host.group().members();
            List<Path> addresses = world.addresses(List.of(host.group().name()));
            for (int i = 0; i < members.size(); i++)
                names.computeIfAbsent(members.get(i), _ -> new ArrayList<>()).add(addresses.get(i));
        }
        for (Program program : world.programs)
            names.computeIfAbsent(program.host(), _ -> new ArrayList<>()).add(program.ipv6());
        names.putAll(world.ofRouters);
        return names;
    }

    /** What happened so far. */
    public Result result() {
        return ScenarioRun.result(scenario, seed, Math.max(1, simulation().nowNs()), world);
    }

    /**
     * Starts a flood from all hosts of a group to all of another.
     *
     * @return packets a second of all
     * @throws IllegalArgumentException if it is refused, with the reason
     */
    public long attack(Attack attack) {
        List<Node<?, ?>> from = members(attack.from());
        List<Path> targets = targets(attack.target(), attack.port());
        long packets = attack.packetsPerSecond() * from.size();
        floods.removeIf(PacketFlood::isOver);
        for (PacketFlood flood : floods)
            packets += flood.packetsPerSecond();
        if (packets > Attack.MAX_PACKETS_PER_SECOND)
            throw new IllegalArgumentException("with this, floods send " + packets + " packets a second, at most "
                    + Attack.MAX_PACKETS_PER_SECOND + " are allowed: lower the rate, or send longer packets");
        for (Node<?, ?> node : from)
            floods.add(new PacketFlood(simulation(), node, attack.kind(), targets, attack.payload(),
                    attack.spoofed(), attack.packetsPerSecond(), attack.durationNs()));
        return attack.packetsPerSecond() * from.size();
    }

    /**
     * Puts other rules in the place of those of a router's gate; what it remembers is forgotten.
     *
     * @throws IllegalArgumentException if there is no such router, or it has no such gate
     */
    public void rules(String router, RuleSet rules) {
        List<RowGate> row = world.gates.get(router);
        if (row == null)
            throw new IllegalArgumentException(
                    "there is no router " + router + Fields.suggestion(router, world.gates.keySet()));
        for (RowGate gate : row) {
            if (gate instanceof RulesGate ring) {
                ring.change(rules, simulation().nowNs());
                return;
            }
        }
        throw new IllegalArgumentException("router " + router + " has no gate = \"rules\"");
    }

    private List<Node<?, ?>> members(String name) {
        List<Node<?, ?>> members = new ArrayList<>();
        for (World.Attached at : world.attached) {
            if (at.group().equals(name) || at.node().name().equals(name))
                members.add(at.node());
        }
        if (members.isEmpty())
            throw new IllegalArgumentException("there is no host " + name + Fields.suggestion(name, groups()));
        return members;
    }

    /** Nothing but what is in the scenario can be flooded. */
    private List<Path> targets(String name, int port) {
        List<Path> targets = new ArrayList<>();
        for (Scenario.Host host : scenario.hosts()) {
            List<String> members = host.group().members();
            List<Path> addresses = world.addresses(List.of(host.group().name()));
            for (int i = 0; i < members.size(); i++) {
                Path address = addresses.get(i);
                if (host.group().name().equals(name) || members.get(i).equals(name) || isText(address, name))
                    targets.add(new Path(0, address.addressHigh(), address.addressLow(), port));
            }
        }
        for (Program program : world.programs) {
            List<Path> others = new ArrayList<>(program.ipv4().subList(1, program.ipv4().size())); // the first is among the hosts'
            others.add(program.ipv6());
            for (Path address : others) {
                if (isText(address, name))
                    targets.add(new Path(0, address.addressHigh(), address.addressLow(), port));
            }
        }
        if (targets.isEmpty())
            throw new IllegalArgumentException(name + " is not in the lab, and nothing else is ever flooded"
                    + Fields.suggestion(name, groups()));
        return targets;
    }

    /** {@code 192.0.2.1}, {@code 2001:db8::1}, or that in brackets. */
    private static boolean isText(Path address, String text) {
        String whole = address.toString();
        return whole.startsWith(text + ":") || whole.startsWith("[" + text + "]:");
    }

    private List<String> groups() {
        List<String> names = new ArrayList<>();
        for (Scenario.Host host : scenario.hosts())
            names.add(host.group().name());
        return names;
    }
}
