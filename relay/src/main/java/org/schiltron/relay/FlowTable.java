package org.schiltron.relay;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Flows by source prefix, and which of them goes when there is no room: the longest idle one of the prefix with the
 * most, and of several prefixes with as many, of the one that was silent for the longest time. Every operation costs
 * the same, however many there are: a flood of forged sources must not buy a search with each datagram.
 *
 * @param <F> a flow
 */
final class FlowTable<F> {
    /** The flows of one prefix, the longest idle one first. */
    private static final class Group<F> {
        final SourceKey key;
        final LinkedHashMap<F, F> flows = new LinkedHashMap<>(4, 0.75f, true);

        Group(SourceKey key) {
            this.key = key;
        }
    }

    private final Map<SourceKey, Group<F>> groups = new HashMap<>();
    /** By how many flows they have; in each the longest silent first. */
    private final Map<Integer, LinkedHashMap<SourceKey, Group<F>>> bySize = new HashMap<>();
    private int largest;
    private int size;

    int size() {
        return size;
    }

    /** Of one prefix. */
    int size(SourceKey prefix) {
        Group<F> group = groups.get(prefix);
        return group == null ? 0 : group.flows.size();
    }

    void add(SourceKey prefix, F flow) {
        Group<F> group = groups.computeIfAbsent(prefix, Group::new);
        leave(group);
        group.flows.put(flow, flow);
        enter(group);
        size++;
    }

    /** It had a datagram. */
    void touch(SourceKey prefix, F flow) {
        Group<F> group = groups.get(prefix);
        if (group == null || group.flows.get(flow) == null)
            return;
        LinkedHashMap<SourceKey, Group<F>> row = bySize.get(group.flows.size());
        if (row != null)
            row.putLast(prefix, group);
    }

    void remove(SourceKey prefix, F flow) {
        Group<F> group = groups.get(prefix);
        if (group == null || !group.flows.containsKey(flow))
            return;
        leave(group);
        group.flows.remove(flow);
        size--;
        if (group.flows.isEmpty())
            groups.remove(prefix);
        else
            enter(group);
        while (largest > 0 && !bySize.containsKey(largest))
            largest--;
    }

    /** The one that goes next; null if there is none. */
    @Nullable
    F longestIdle() {
        LinkedHashMap<SourceKey, Group<F>> row = bySize.get(largest);
        return row == null ? null : row.firstEntry().getValue().flows.firstEntry().getValue();
    }

    /** The prefix's own that goes next; null if it has none. */
    @Nullable
    F longestIdle(SourceKey prefix) {
        Group<F> group = groups.get(prefix);
        return group == null ? null : group.flows.firstEntry().getValue();
    }

    private void leave(Group<F> group) {
        LinkedHashMap<SourceKey, Group<F>> row = bySize.get(group.flows.size());
        if (row == null)
            return;
        row.remove(group.key);
        if (row.isEmpty())
            bySize.remove(group.flows.size());
    }

    private void enter(Group<F> group) {
        int flows = group.flows.size();
        bySize.computeIfAbsent(flows, _ -> new LinkedHashMap<>()).put(group.key, group);
        largest = Math.max(largest, flows);
    }
}
