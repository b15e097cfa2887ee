package org.schiltron.xdp;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.schiltron.filter.Action;
import org.schiltron.filter.Rule;

/**
 * Where a rule's state lies in the maps that outlive a rule set. A rule keeps its counter as long as its name stays, its limit as long as that stays too, as in
 * nftables; and what was asked for, as long as there are as many rules about requests.
 */
final class RuleStates {
    static final RuleStates NONE = new RuleStates(Map.of(), Map.of(), Map.of(), Map.of(), 0);

    private final Map<String, Integer> counters;
    private final Map<String, Integer> limits;
    private final Map<String, Integer> sources;
    private final Map<String, Integer> regions;
    private final int nextSource;

    private RuleStates(Map<String, Integer> counters, Map<String, Integer> limits, Map<String, Integer> sources,
            Map<String, Integer> regions, int nextSource) {
        this.counters = counters;
        this.limits = limits;
        this.sources = sources;
        this.regions = regions;
        this.nextSource = nextSource;
    }

    /**
     * Of the rules that take the place of those that these are of. While both are in force neither writes where the other does, unless it is for the same rule.
     */
    RuleStates next(List<Rule> rules) {
        List<String> requested = rules.stream().filter(rule -> rule.action() instanceof Action.Requested)
                .map(Rule::name).toList();
        Map<String, Integer> stay = requested.size() == regions.size() ? kept(regions, requested) : Map.of();
        Map<String, Integer> nextSources = numbers(sources, Set.of(), limits(rules, true), nextSource);
        return new RuleStates(numbers(counters, counters.values(), rules.stream().map(Rule::name).toList(), 0),
                numbers(limits, limits.values(), limits(rules, false), 0), nextSources,
                numbers(stay, Set.of(), requested, 0),
                nextSources.values().stream().mapToInt(number -> number + 1).reduce(nextSource, Math::max));
    }

    private static List<String> limits(List<Rule> rules, boolean each) {
        return rules.stream().filter(rule -> rule.action() instanceof Action.Limit limit && limit.each() == each)
                .map(RuleStates::limit).toList();
    }

    /** A name has no line breaks. */
    private static String limit(Rule rule) {
        return rule.name() + "\n" + rule.action();
    }

    private static Map<String, Integer> kept(Map<String, Integer> before, List<String> keys) {
        Map<String, Integer> kept = new TreeMap<>(before);
        kept.keySet().retainAll(keys);
        return kept;
    }

    /** For those that have one, their own; for others the lowest from {@code from} on that is nobody's and not {@code reserved}. */
    private static Map<String, Integer> numbers(Map<String, Integer> before, Iterable<Integer> reserved,
            List<String> keys, int from) {
        Map<String, Integer> numbers = kept(before, keys);
        Set<Integer> taken = new TreeSet<>(numbers.values());
        reserved.forEach(taken::add);
        int next = from;
        for (String key : keys) {
            if (numbers.containsKey(key))
                continue;
            while (!taken.add(next))
                next++;
            numbers.put(key, next);
        }
        return numbers;
    }

    /** Below twice {@link Layouts#MAX_RULES}. */
    int counter(Rule rule) {
        return of(counters, rule.name());
    }

    /** Of all sources together: below twice {@link Layouts#MAX_LIMITS}. Of each source: what no other limit ever had. */
    int limit(Rule rule, Action.Limit limit) {
        return of(limit.each() ? sources : limits, limit(rule));
    }

    /** Of the nonce filter, below the number of rules about requests. */
    int region(Rule rule) {
        return of(regions, rule.name());
    }

    private static int of(Map<String, Integer> numbers, String key) {
        Integer number = numbers.get(key);
        if (number == null)
            throw new IllegalArgumentException(key);
        return number;
    }

    /** Counters that were no rule's before: they are to begin at zero. */
    List<Integer> newCounters(RuleStates before) {
        return added(counters, before.counters);
    }

    /** Limits that were no rule's before. */
    List<Integer> newLimits(RuleStates before) {
        return added(limits, before.limits);
    }

    private static List<Integer> added(Map<String, Integer> now, Map<String, Integer> before) {
        Set<Integer> added = new TreeSet<>(now.values());
        added.removeAll(before.values());
        return List.copyOf(added);
    }
}
