package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules that the peer should have, what it was told so far, and from both what is still to be said. Nothing is
 * encoded before the driver has room for it, so what changes back meanwhile is never said.
 *
 * <p><b>Bound.</b> {@link #MAX_RULES} rules of {@link #MAX_RULE_BYTES} octets in all, and besides at most as many that
 * the peer has and should no longer have. About 250 bytes a rule and its octets: 90 MB at worst, and the same for those
 * that are to be withdrawn. <b>When full</b> a command that would exceed it changes nothing and is false.
 */
final class RuleTable {
    static final int MAX_RULES = 100_000;
    /** Of components. */
    static final int MAX_RULE_BYTES = 64 << 20;

    /** A rule, in at most one queue of its family. */
    private static final class Entry {
        private final FlowRule rule;
        private @Nullable List<FlowAction> wanted; // null: to be withdrawn
        private @Nullable List<FlowAction> told; // null: the peer does not have it
        private boolean again; // the peer has asked for it
        private @Nullable LinkedHashSet<Entry> queue;

        Entry(FlowRule rule) {
            this.rule = rule;
        }
    }

    /** What is to be said of one family. */
    private static final class Queues {
        private final LinkedHashSet<Entry> withdrawn = new LinkedHashSet<>();
        /** By actions, since rules of one message have the same. */
        private final LinkedHashMap<List<FlowAction>, LinkedHashSet<Entry>> announced = new LinkedHashMap<>();
        private boolean usable; // connected, and the peer speaks it
        private boolean endOfRib; // still to be said
        private boolean refreshing;
        private boolean refreshAgain;
    }

    private final LinkedHashMap<FlowRule, Entry> entries = new LinkedHashMap<>();
    private final EnumMap<FlowFamily, Queues> queues = new EnumMap<>(FlowFamily.class);
    private int rules;
    private long ruleBytes;

    RuleTable(List<FlowFamily> families) {
        for (FlowFamily family : families)
            queues.put(family, new Queues());
    }

    /** Rules that the peer should have. */
    int rules() {
        return rules;
    }

    /** False if there is no room. */
    boolean announce(FlowRule rule, List<FlowAction> actions) {
        check(rule);
        Entry entry = entries.get(rule);
        if ((entry == null || entry.wanted == null)
                && (rules == MAX_RULES || ruleBytes + rule.bytes().length > MAX_RULE_BYTES))
            return false;
        want(rule, FlowAction.checked(actions));
        return true;
    }

    private void check(FlowRule rule) {
        if (!queues.containsKey(rule.family()))
            throw new IllegalArgumentException(
                    rule.family() + " is not among the families of this session: " + queues.keySet());
    }

    private void want(FlowRule rule, List<FlowAction> actions) {
        Entry entry = entries.computeIfAbsent(rule, Entry::new);
        if (entry.wanted == null) {
            rules++;
            ruleBytes += rule.bytes().length;
        }
        entry.wanted = actions;
        queue(entry);
    }

    void withdraw(FlowRule rule) {
        Entry entry = entries.get(rule);
        if (entry == null || entry.wanted == null)
            return;
        unwant(entry);
        if (entry.told == null)
            entries.remove(rule);
    }

    private void unwant(Entry entry) {
        rules--;
        ruleBytes -= entry.rule.bytes().length;
        entry.wanted = null;
        queue(entry);
    }

    /** From now on these, in this order, and no others. False if there is no room, and all stays as it was. */
    boolean replace(Map<FlowRule, List<FlowAction>> all) {
        long bytes = 0;
        for (FlowRule rule : all.keySet()) {
            check(rule);
            bytes += rule.bytes().length;
        }
        if (all.size() > MAX_RULES || bytes > MAX_RULE_BYTES)
            return false;
        all.values().forEach(FlowAction::checked);
        for (Iterator<Entry> each = entries.values().iterator(); each.hasNext();) {
            Entry entry = each.next();
            if (entry.wanted == null || all.containsKey(entry.rule))
                continue;
            unwant(entry);
            if (entry.told == null)
                each.remove();
        }
        all.forEach((rule, actions) -> want(rule, List.copyOf(actions)));
        return true;
    }

    /** From now on none. */
    void clear() {
        replace(new LinkedHashMap<>());
    }

    /** The peer can be told of these families, and knows nothing yet. */
    void connected(List<FlowFamily> families) {
        for (FlowFamily family : families) {
            Queues of = of(family);
            of.usable = true;
            of.endOfRib = true;
        }
    }

    /** The peer has forgotten everything. */
    void disconnected() {
        for (Queues of : queues.values()) {
            of.usable = false;
            of.endOfRib = false;
            of.refreshing = false;
            of.refreshAgain = false;
        }
        for (Iterator<Entry> each = entries.values().iterator(); each.hasNext();) {
            Entry entry = each.next();
            entry.told = null;
            entry.again = false;
            queue(entry);
            if (entry.wanted == null)
                each.remove();
        }
    }

    /** The peer wants to hear all of a family again; asked while that is under way, once more after it. */
    void refresh(FlowFamily family) {
        Queues of = queues.get(family);
        if (of == null || !of.usable)
            return;
        if (of.refreshing)
            of.refreshAgain = true;
        else
            startRefresh(family, of);
    }

    private void startRefresh(FlowFamily family, Queues of) {
        of.refreshing = true;
        for (Entry entry : entries.values()) {
            if (entry.rule.family() == family && entry.told != null) {
                entry.again = true;
                queue(entry);
            }
        }
    }

    /** Puts an entry into the queue where it belongs now. */
    private void queue(Entry entry) {
        Queues of = of(entry.rule.family());
        LinkedHashSet<Entry> to = null;
        if (entry.wanted == null)
            to = entry.told == null ? null : of.withdrawn;
        else if (entry.again || !entry.wanted.equals(entry.told))
            to = of.announced.computeIfAbsent(entry.wanted, a -> new LinkedHashSet<>());
        LinkedHashSet<Entry> from = entry.queue;
        if (from == to)
            return;
        if (from != null)
            from.remove(entry);
        if (to != null)
            to.add(entry);
        entry.queue = to;
    }

    private Queues of(FlowFamily family) {
        Queues of = queues.get(family);
        if (of == null)
            throw new IllegalArgumentException("not a family of this session: " + family);
        return of;
    }

    /**
     * Writes one message of what is still to be said, withdrawals before announcements, so that a peer with room for
     * few rules never has too many.
     *
     * @return false if there is nothing to say
     */
    boolean write(ByteBuffer out, UpdateWriter writer) {
        for (Map.Entry<FlowFamily, Queues> each : queues.entrySet())
            if (each.getValue().usable && writeWithdrawals(each.getKey(), each.getValue(), out, writer))
                return true;
        for (Map.Entry<FlowFamily, Queues> each : queues.entrySet())
            if (each.getValue().usable && writeAnnouncements(each.getKey(), each.getValue(), out, writer))
                return true;
        return false;
    }

    private boolean writeWithdrawals(FlowFamily family, Queues of, ByteBuffer out, UpdateWriter writer) {
        if (of.withdrawn.isEmpty())
            return false;
        writer.beginUnreach(out, family);
        for (Entry entry : fill(of.withdrawn, writer)) {
            entry.told = null;
            entries.remove(entry.rule);
        }
        writer.end();
        return true;
    }

    private boolean writeAnnouncements(FlowFamily family, Queues of, ByteBuffer out, UpdateWriter writer) {
        while (!of.announced.isEmpty()) {
            Map.Entry<List<FlowAction>, LinkedHashSet<Entry>> first = of.announced.firstEntry();
            if (first.getValue().isEmpty()) { // all of them have changed their minds
                of.announced.pollFirstEntry();
                continue;
            }
            writer.beginReach(out, family, first.getKey());
            for (Entry entry : fill(first.getValue(), writer)) {
                entry.told = entry.wanted;
                entry.again = false;
            }
            writer.end();
            if (first.getValue().isEmpty())
                of.announced.pollFirstEntry();
            return true;
        }
        if (of.endOfRib) {
            of.endOfRib = false;
            writer.endOfRib(out, family);
            return true;
        }
        of.refreshing = false;
        if (!of.refreshAgain)
            return false;
        of.refreshAgain = false;
        startRefresh(family, of);
        return writeAnnouncements(family, of, out, writer);
    }

    /** Moves as many as fit from a queue into the message. */
    private static List<Entry> fill(Set<Entry> queue, UpdateWriter writer) {
        List<Entry> written = new ArrayList<>();
        for (Iterator<Entry> each = queue.iterator(); each.hasNext();) {
            Entry entry = each.next();
            if (!writer.add(entry.rule))
                break;
            entry.queue = null;
            each.remove();
            written.add(entry);
        }
        return written;
    }
}
