package org.schiltron.filter;

import java.util.List;

/**
 * What a ring lets pass, in the order of a file (docs/RULES.md): the first rule that decides ends a packet's way.
 *
 * @param file           where it was read
 * @param name           of tables in the kernel: lower case letters, digits and underscores, at most {@value #MAX_NAME}
 * @param protects       the addresses it is about; packets to all others pass
 * @param allowsRest     whether packets that no rule decides pass
 * @param judgeFragments whether fragments meet rules like other packets, or are dropped
 * @param hides          what who probes is not told
 * @param rules          at most {@value #MAX_RULES}
 */
public record RuleSet(String file, String name, List<Prefix> protects, boolean allowsRest, boolean judgeFragments,
        Hiding hides, List<Rule> rules) {
    public static final int MAX_RULES = 16_384;
    /** Of one list of a rule. */
    public static final int MAX_PREFIXES = 1_000_000;
    static final int MAX_NAME = 32;

    /** The same about everything but the row. */
    public RuleSet with(List<Rule> others) {
        return new RuleSet(file, name, protects, allowsRest, judgeFragments, hides, others);
    }

    /** Whether packets from the protected addresses matter too: requests are seen on their way out. */
    public boolean watchesRequests() {
        return rules.stream().anyMatch(rule -> rule.action() instanceof Action.Requested);
    }
}
