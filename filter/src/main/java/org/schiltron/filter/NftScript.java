package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.Drop;

/**
 * A rule set for nftables, as a script for {@code nft -f -} (Debian 12's 1.0.6 and later; kernel 5.16 and later).
 *
 * <p>The script is one transaction: the table is as it was before, or as it says. Everything that has a state (counters, limits, what is known about sources)
 * has a name, so that chains, which have none, can be filled again without anything being forgotten; see {@link NftChange}.
 */
public final class NftScript {
    /** The reasons for which it drops, each with a counter of that {@link Drop#label}. */
    public static final List<Drop> DROPS = List.of(Drop.MALFORMED, Drop.FRAGMENT, Drop.FILTERED, Drop.RATE_LIMITED,
            Drop.NOT_ALLOWED, Drop.TIME_EXCEEDED);
    private static final String PREFIX = "schiltron_";
    private static final String ABOUT = """
            # What is not for the addresses in protects4 and protects6 is none of this table's business.
            # The first rule that decides ends a packet's way; accept ends it here alone: other tables may drop it still.
            # The hook comes before fragments are put together (-400), and before connections are tracked (-200).
            """;

    private final RuleSet rules;
    private final List<String> names;
    private final boolean manyLists;
    private final Map<String, NftObject> objects;

    private NftScript(RuleSet rules, boolean manyLists) {
        List<Refusal> refusals = check(rules);
        if (!refusals.isEmpty())
            throw new IllegalArgumentException(refusals.getFirst().text(rules));
        this.rules = rules;
        this.manyLists = manyLists;
        names = NftNames.of(rules.rules());
        objects = new NftCompiler(rules, names, manyLists).compile().objects();
    }

    /** What nftables cannot enforce, in the order of the file. */
    public static List<Refusal> check(RuleSet rules) {
        List<Refusal> refusals = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            if (rule.action() instanceof Action.Requested)
                refusals.add(new Refusal(rule, "nftables has no memory of what was requested"));
            else if (rule.action() instanceof Action.Limit limit && !NftLimits.refusal(limit).isEmpty())
                refusals.add(new Refusal(rule, NftLimits.refusal(limit)));
        }
        return refusals;
    }

    /** @throws IllegalArgumentException if {@link #check} has something to say */
    public static NftScript of(RuleSet rules) {
        return new NftScript(rules, NftConditions.hasManyLists(rules.rules()));
    }

    /** Another rule set in the form of this one, so that the difference is small. */
    public NftScript next(RuleSet other) {
        return new NftScript(other, manyLists);
    }

    public RuleSet rules() {
        return rules;
    }

    /** Of the family {@code inet}. */
    public String table() {
        return table(rules.name());
    }

    /** The table of rules with that name. */
    public static String table(String name) {
        return PREFIX + name;
    }

    /** The counter of each rule, in their order. */
    public List<String> counters() {
        return names;
    }

    Map<String, NftObject> objects() {
        return objects;
    }

    /** Puts the table there, in the place of the one that has its name. */
    public String text() {
        StringBuilder text = new StringBuilder("# Rules of ").append(rules.file().replaceAll("[^ -~]", "?"))
                .append('\n')
                .append(ABOUT).append(removal(rules.name()));
        write(text, List.copyOf(objects.values()));
        return text.toString();
    }

    /** Removes the table, if it is there. */
    public static String removal(String name) {
        return "add table inet " + table(name) + "\ndelete table inet " + table(name) + "\n";
    }

    void write(StringBuilder text, List<NftObject> parts) {
        text.append("table inet ").append(table()).append(" {\n");
        for (NftObject part : parts)
            part.write(text);
        text.append("}\n");
    }

    /**
     * What a line of a script is about, so that an error can name it.
     *
     * @param line from 1
     * @return {@code "web" (rules.toml:9)}, or empty
     */
    public static String subject(String script, int line) {
        List<String> lines = script.lines().limit(line).toList();
        for (int i = lines.size() - 1; i >= 0 && !lines.get(i).strip().equals("}"); i--) {
            if (lines.get(i).strip().startsWith("# \""))
                return lines.get(i).strip().substring(2);
        }
        return "";
    }
}
