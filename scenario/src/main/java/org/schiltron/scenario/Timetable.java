package org.schiltron.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.Link;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.sim.Trunk;

/**
 * Lets a scenario's events happen. Clients come when they start: what happened to one before is kept, and happens to it
 * then.
 */
final class Timetable {
    private final Simulation simulation;
    private final Map<String, LinkFields.Pair> links = new LinkedHashMap<>(); // that have changed
    private final Map<String, Link[]> placed = new LinkedHashMap<>(); // both directions
    private final Map<String, Occupant<?, ?>> occupants = new LinkedHashMap<>();
    private final Map<String, FloodRate> floods = new LinkedHashMap<>();
    private final Set<String> dead = new LinkedHashSet<>(); // before they came
    private final Map<String, List<String>> parts = new LinkedHashMap<>(); // with whom a host is cut off

    /** How a flood's rate is changed. */
    @FunctionalInterface
    interface FloodRate {
        /** @param rate of IP packets, in bytes a second */
        void change(long rate);
    }

    Timetable(Simulation simulation, Scenario scenario) {
        this.simulation = simulation;
        for (Scenario.Event event : scenario.events())
            simulation.at(event.timeNs(), () -> happen(event.what()));
    }

    void add(Trunk trunk) {
        placed.put(trunk.name(), new Link[]{trunk.there(), trunk.back()});
    }

    void add(String flood, FloodRate rate) {
        floods.put(flood, rate);
    }

    void add(Occupant<?, ?> occupant) {
        Node<?, ?> node = occupant.node();
        String name = node.name();
        occupants.put(name, occupant);
        placed.put(name, new Link[]{node.uplink(), node.downlink()});
        configure(name);
        if (dead.remove(name))
            occupant.kill();
        List<String> part = parts.get(name);
        if (part != null)
            cutOff(part);
    }

    private void happen(EventSpec event) {
        switch (event) {
            case EventSpec.Links changed -> {
                links.putAll(changed.links());
                changed.links().keySet().forEach(this::configure);
            }
            case EventSpec.Kill kill -> {
                for (String host : kill.hosts()) {
                    Occupant<?, ?> occupant = occupants.get(host);
                    if (occupant == null)
                        dead.add(host);
                    else
                        occupant.kill();
                }
            }
            case EventSpec.Restart restart -> {
                for (String host : restart.hosts()) {
                    Occupant<?, ?> occupant = occupants.get(host);
                    if (occupant == null)
                        dead.remove(host);
                    else
                        occupant.restart();
                }
            }
            case EventSpec.Partition partition -> {
                for (String host : partition.hosts())
                    parts.put(host, partition.hosts());
                cutOff(partition.hosts());
            }
            case EventSpec.Heal _ -> {
                parts.clear();
                simulation.heal();
            }
            case EventSpec.Rebind rebind -> {
                for (String host : rebind.hosts()) {
                    Occupant<?, ?> occupant = occupants.get(host);
                    if (occupant != null)
                        occupant.node().rebind(occupant.node().address().isIpv4()
                                ? simulation.newAddress(0)
                                : simulation.newIpv6Address(0));
                }
            }
            case EventSpec.FloodRate flood -> {
                for (String host : flood.hosts())
                    floods.getOrDefault(host, _ -> {
                    }).change(flood.rate());
            }
        }
    }

    private void configure(String link) {
        Link[] both = placed.get(link);
        LinkFields.Pair pair = links.get(link);
        if (both == null || pair == null)
            return;
        both[0].configure(pair.first());
        both[1].configure(pair.second());
    }

    /** Those of them that are here and were not cut off again since, with others. */
    private void cutOff(List<String> part) {
        List<Node<?, ?>> nodes = new ArrayList<>();
        for (String host : part) {
            @Nullable
            Occupant<?, ?> occupant = occupants.get(host);
            if (occupant != null && part.equals(parts.get(host)))
                nodes.add(occupant.node());
        }
        simulation.partition(nodes);
    }
}
