package org.schiltron.filter;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.NftConditions.Field;
import org.schiltron.filter.NftTable.Entry;

/**
 * Rules that stand one behind another and all name source addresses (or all destinations): a packet's address is looked up once, and leads to the rules that name it, instead of
 * being compared with each rule's. What {@link AddressTable} is for the gates in Java.
 *
 * <p>Cost: a chain for each combination of rules that name the same addresses. Rules that overlap much have many, so a run ends where
 * they would be more than {@value #CHAINS_A_RULE} a rule and some: ten thousand rules never become millions of jumps.
 */
final class NftRun {
    private static final int CHAINS_A_RULE = 8;
    private static final int MORE_CHAINS = 256;
    private static final int STEPS_AN_EDGE = 64;

    final List<Rule> rules;
    final Field field;
    private final List<String> names;
    private final Map<String, List<String>> overlaps = new LinkedHashMap<>();
    private final List<Entry> ipv4 = new ArrayList<>();
    private final List<Entry> ipv6 = new ArrayList<>();
    private long jumps;
    private long steps;

    private record Edge(long high, long low, int rule, boolean begins) {
    }

    private NftRun(List<Rule> rules, List<String> names, Field field) {
        this.rules = rules;
        this.names = names;
        this.field = field;
    }

    /** @return null if the rules overlap too much */
    static @Nullable NftRun of(List<Rule> rules, List<String> names, Field field) {
        NftRun run = new NftRun(rules, names, field);
        return run.sweep(true, run.ipv4) && run.sweep(false, run.ipv6) ? run : null;
    }

    /** Of one family: addresses, and the chain of the rule or of the {@link #overlaps} they lead to. */
    List<Entry> entries(boolean family4) {
        return family4 ? ipv4 : ipv6;
    }

    /** Chains of several rules: their names, and the rules' in order. */
    Map<String, List<String>> overlaps() {
        return overlaps;
    }

    /** Whether no other rule is asked about an address that has met this one. */
    private boolean isLast(Rule rule) {
        return rule.decides() && field.other().of(rule).isEmpty() && rule.protocols().isEmpty()
                && rule.sourcePorts().isEmpty() && rule.ports().isEmpty() && rule.words().isEmpty();
    }

    private boolean sweep(boolean family4, List<Entry> into) {
        List<Edge> edges = new ArrayList<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            for (Span span : Span.of(field.of(rules.get(rule)), family4)) {
                edges.add(new Edge(span.firstHigh(), span.firstLow(), rule, true));
                long low = span.lastLow() + 1;
                long high = span.lastHigh() + (low == 0 ? 1 : 0);
                if (high != 0 || low != 0) // else it reaches to the last address of all
                    edges.add(new Edge(high, low, rule, false));
            }
        }
        edges.sort((a, b) -> Span.compare(a.high, a.low, b.high, b.low));
        BitSet active = new BitSet(rules.size());
        steps = 0;
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            active.set(edge.rule, edge.begins);
            boolean more = i + 1 < edges.size();
            Edge next = more ? edges.get(i + 1) : new Edge(0, 0, 0, false); // one behind the last address
            if (active.isEmpty() || (more && edge.high == next.high && edge.low == next.low))
                continue;
            String chain = chain(active);
            if (jumps > (long) CHAINS_A_RULE * rules.size() + MORE_CHAINS
                    || steps > (long) STEPS_AN_EDGE * (edges.size() + MORE_CHAINS))
                return false;
            add(into,
                    new Entry(new Span(edge.high, edge.low, next.high - (next.low == 0 ? 1 : 0), next.low - 1), chain));
        }
        return true;
    }

    private String chain(BitSet active) {
        List<String> chains = new ArrayList<>();
        for (int rule = active.nextSetBit(0); rule >= 0; rule = active.nextSetBit(rule + 1)) {
            chains.add(names.get(rule));
            steps++;
            if (isLast(rules.get(rule)))
                break;
        }
        if (chains.size() == 1)
            return chains.getFirst();
        String name = "overlap_" + NftNames.hash(String.join(" ", chains));
        if (overlaps.putIfAbsent(name, chains) == null)
            jumps += chains.size();
        return name;
    }

    /** Puts together what touches and leads to the same. */
    private static void add(List<Entry> entries, Entry entry) {
        Entry last = entries.isEmpty() ? null : entries.getLast();
        Span span = entry.span();
        boolean joins = last != null && last.chain().equals(entry.chain())
                && last.span().lastLow() + 1 == span.firstLow()
                && last.span().lastHigh() + (span.firstLow() == 0 ? 1 : 0) == span.firstHigh();
        if (joins && last != null)
            entries.set(entries.size() - 1, new Entry(new Span(last.span().firstHigh(), last.span().firstLow(),
                    span.lastHigh(), span.lastLow()), entry.chain()));
        else
            entries.add(entry);
    }
}
