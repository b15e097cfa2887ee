package org.schiltron.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.schiltron.sim.Node;

/** Attackers who want to know a group's nodes: those that are there, and those that come. */
final class Watchers {
    private final Map<String, List<Node<?, ?>>> nodes = new LinkedHashMap<>();
    private final Map<String, List<Consumer<Node<?, ?>>>> watching = new LinkedHashMap<>();

    void add(String group, Node<?, ?> node) {
        nodes.computeIfAbsent(group, _ -> new ArrayList<>()).add(node);
        watching.getOrDefault(group, List.of()).forEach(watcher -> watcher.accept(node));
    }

    void watch(List<String> groups, Consumer<Node<?, ?>> watcher) {
        for (String group : groups) {
            watching.computeIfAbsent(group, _ -> new ArrayList<>()).add(watcher);
            nodes.getOrDefault(group, List.of()).forEach(watcher);
        }
    }
}
