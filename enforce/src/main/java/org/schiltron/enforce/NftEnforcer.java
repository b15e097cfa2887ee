package org.schiltron.enforce;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.schiltron.enforce.NftCounters.Count;
import org.schiltron.filter.NftChange;
import org.schiltron.filter.NftScript;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.Drop;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts rules in force with nftables: the table {@code inet schiltron_NAME} of a network namespace. Each call is one transaction of the kernel: what fails leaves the rules that were in force.
 *
 * <p>The table stays when the process ends without {@link #close}; the next {@link #apply} of rules with that name takes its place, {@link #remove} its end.
 */
public final class NftEnforcer implements AutoCloseable {
    private final Nft nft;
    private @Nullable NftScript inForce;

    /** In the network namespace of this process. */
    public NftEnforcer() {
        this(List.of());
    }

    /** @param prefix the command that runs another one elsewhere, such as {@code ip netns exec NAME}; or empty */
    public NftEnforcer(List<String> prefix) {
        nft = new Nft(prefix);
    }

    /**
     * Puts a rule set in the place of the one that is in force, or was left; counters begin at 0.
     *
     * @throws IOException if it cannot be enforced, with the rules concerned; if nft is missing or may not; or what the kernel says
     */
    public synchronized void apply(RuleSet rules) throws IOException {
        NftScript script = compile(rules, null);
        nft.load(script.text() + removalOfOther(script));
        inForce = script;
    }

    /**
     * Makes a rule set of the one in force, and touches what differs: other rules keep their counters and their limits' state.
     *
     * @throws IOException as {@link #apply}, and if somebody else has changed the table
     */
    public synchronized void change(RuleSet rules) throws IOException {
        NftScript now = inForce;
        if (now == null || !now.rules().name().equals(rules.name())) {
            apply(rules);
            return;
        }
        NftScript next = compile(rules, now);
        String difference = NftChange.between(now, next);
        if (!difference.isEmpty())
            nft.load(difference);
        inForce = next;
    }

    private static NftScript compile(RuleSet rules, @Nullable NftScript now) throws IOException {
        List<Refusal> refusals = NftScript.check(rules);
        if (!refusals.isEmpty())
            throw new IOException(
                    refusals.stream().map(refusal -> refusal.text(rules)).collect(Collectors.joining("\n")));
        return now == null ? NftScript.of(rules) : now.next(rules);
    }

    private String removalOfOther(NftScript script) {
        NftScript now = inForce;
        return now == null || now.table().equals(script.table()) ? "" : NftScript.removal(now.rules().name());
    }

    /**
     * What is counted by the rules in force.
     *
     * @throws IOException if there are none, or the table is gone
     */
    public synchronized NftCounters counters() throws IOException {
        NftScript now = inForce;
        if (now == null)
            throw new IOException("no rules are in force");
        Map<String, Count> counted = counted(now.table());
        Map<String, Count> dropped = new LinkedHashMap<>();
        for (Drop reason : NftScript.DROPS)
            dropped.put(reason.label(), get(counted, reason.label(), now));
        Map<String, Count> rules = new LinkedHashMap<>();
        List<Rule> all = now.rules().rules();
        for (int i = 0; i < all.size(); i++)
            rules.put(all.get(i).name(), get(counted, now.counters().get(i), now));
        return new NftCounters(dropped, rules);
    }

    private static Count get(Map<String, Count> counted, String name, NftScript script) throws IOException {
        Count count = counted.get(name);
        if (count == null)
            throw new IOException(
                    "the table " + script.table() + " is not as it was put there: somebody else has changed it");
        return count;
    }

    /** Of a table's counters; the short list of all tables is read, since nft (1.0.6) reads every set to list counters alone. */
    private Map<String, Count> counted(String table) throws IOException {
        Map<String, Count> counts = new LinkedHashMap<>();
        try {
            for (JsonNode object : JsonMapper.shared()
                    .readTree(nft.run(List.of("-j", "-t", "list", "ruleset", "inet"), ""))
                    .path("nftables")) {
                JsonNode counter = object.path("counter");
                if (counter.path("table").asString("").equals(table))
                    counts.put(counter.path("name").asString(""),
                            new Count(counter.path("packets").asLong(), counter.path("bytes").asLong()));
            }
        } catch (JacksonException e) {
            throw new IOException("nft lists its tables in a form that is not known: " + e.getOriginalMessage(), e);
        }
        return counts;
    }

    /** Takes the rules out of force; what they dropped passes from now on. */
    @Override
    public synchronized void close() throws IOException {
        NftScript now = inForce;
        if (now == null)
            return;
        nft.load(NftScript.removal(now.rules().name()));
        inForce = null;
    }

    /**
     * Removes the table that a process has left which could not close its enforcer.
     *
     * @param prefix as in {@link #NftEnforcer(List)}
     * @param name   of the rules
     */
    public static void remove(List<String> prefix, String name) throws IOException {
        new Nft(prefix).load(NftScript.removal(name));
    }
}
