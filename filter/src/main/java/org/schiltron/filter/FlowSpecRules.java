package org.schiltron.filter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowField;
import org.schiltron.bgp.FlowOrder;
import org.schiltron.bgp.FlowRule;
import org.schiltron.bgp.FlowRuleBuilder;

/**
 * A rule set as BGP flow specifications (RFC 8955, RFC 8956).
 *
 * <p>Routers try them in an order of the standard's, not of the file's, so a set is given out only if that order decides every packet as the file does. What the standard cannot say at all are words, limits per source and
 * requests. One specification holds one prefix of each side, so lists are multiplied out.
 */
public final class FlowSpecRules {
    /** Each is held against each that shares sources with it. */
    private static final int MAX_SPECIFICATIONS = 20_000;
    /** RFC 8955, section 4.2.2.12: is a fragment but not the first, first fragment. */
    private static final int FRAGMENT_BITS = 2 | 4;
    private static final List<FlowAction> PASS = List.of();
    private static final List<FlowAction> DROP = List.of(FlowAction.DROP);
    private static final Prefix ALL_OF_IPV6 = new Prefix(0, 0, 0);

    /** One specification, of which rule, or of none: what is done with the rest. */
    private record Given(FlowRule flow, List<FlowAction> actions, Rule rule, int position, Prefix to,
            @Nullable Prefix from) {
    }

    private final RuleSet set;
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<Given> given = new ArrayList<>();
    private final Set<String> leftOut = new LinkedHashSet<>();

    private FlowSpecRules(RuleSet set) {
        this.set = set;
        if (!set.hides().equals(Hiding.NOTHING))
            refusals.add(new Refusal(pseudo("hides"),
                    "BGP FlowSpec knows neither what an ICMP message quotes nor how to change a packet"));
        for (int i = 0; i < set.rules().size() && refusals.isEmpty(); i++)
            add(set.rules().get(i), i);
        addRest();
        checkOrder();
    }

    /** @return what the standard cannot say of it; empty if it can say all */
    public static List<Refusal> check(RuleSet set) {
        return new FlowSpecRules(set).refusals;
    }

    /**
     * @param rules   what routers are told, and what is done with packets that meet it
     * @param leftOut the names of rules for which there was no room
     */
    public record Announcement(Map<FlowRule, List<FlowAction>> rules, List<String> leftOut) {
    }

    /**
     * @param budget specifications that the routers have room for, at least 1. When there are more, prefixes are put together as far as nothing changes by it; then rules that drop are left out from the last one on, since
     *     without them more passes than was asked for but nothing that was allowed is lost
     * @throws IllegalArgumentException if {@link #check} has something against the set, or what allows, limits and drops the rest alone is beyond the budget
     */
    public static Announcement announcement(RuleSet set, int budget) {
        FlowSpecRules rules = new FlowSpecRules(set);
        if (!rules.refusals.isEmpty())
            throw new IllegalArgumentException(rules.refusals.getFirst().reason());
        return rules.within(budget);
    }

    // What a rule is

    private void add(Rule rule, int position) {
        if (!rule.words().isEmpty())
            refusals.add(new Refusal(rule, "BGP FlowSpec cannot look at words"));
        if (rule.action() instanceof Action.Requested)
            refusals.add(new Refusal(rule, "BGP FlowSpec cannot know what was requested"));
        if (rule.action() instanceof Action.Limit limit && limit.each())
            refusals.add(new Refusal(rule, "BGP FlowSpec has no limit per source"));
        if (!refusals.isEmpty())
            return;
        List<FlowAction> actions = switch (rule.action()) {
            case Action.Allow allow -> PASS;
            case Action.Drop drop -> DROP;
            case Action.Limit limit -> List.of(
                    limit.packets()
                            ? new FlowAction.RatePackets((float) limit.rate())
                            : new FlowAction.RateBytes((float) limit.rate()),
                    new FlowAction.Traffic(true, false));
            case Action.Requested requested -> throw new AssertionError(requested);
        };
        List<Prefix> sources = PrefixLists.merged(rule.from());
        for (Prefix to : PrefixLists.merged(rule.to().isEmpty() ? set.protects() : rule.to())) {
            for (boolean ipv4 : new boolean[]{true, false}) {
                if (to.isIpv4() != ipv4)
                    continue;
                if (rule.from().isEmpty())
                    add(new Given(flow(rule, to, null), actions, rule, position, to, null));
                for (Prefix from : sources) {
                    if (from.isIpv4() == ipv4)
                        add(new Given(flow(rule, to, from), actions, rule, position, to, from));
                }
            }
        }
    }

    private void add(Given next) {
        if (next.flow.componentBytes() > FlowRule.WIDELY_READ_BYTES && refusals.isEmpty())
            refusals.add(new Refusal(next.rule, "as one specification it is longer than " + FlowRule.WIDELY_READ_BYTES
                    + " octets, and routers that cannot read one such drop all others with it: split its lists"));
        else if (given.size() < MAX_SPECIFICATIONS)
            given.add(next);
        else if (refusals.isEmpty())
            refusals.add(new Refusal(next.rule,
                    "with this rule there are more than " + MAX_SPECIFICATIONS + " specifications"));
    }

    private FlowRule flow(Rule rule, Prefix to, @Nullable Prefix from) {
        FlowRuleBuilder flow = to.isIpv4() ? FlowRule.ipv4() : FlowRule.ipv6();
        flow.destination(to.high(), to.low(), to.length());
        if (from != null)
            flow.source(from.high(), from.low(), from.length());
        for (int protocol : rule.protocols())
            flow.equal(FlowField.PROTOCOL, protocol);
        if (rule.protocols().isEmpty() && rule.needsTransport())
            flow.equal(FlowField.PROTOCOL, Rule.TCP, Rule.UDP); // others have no ports
        for (PortRange range : rule.ports())
            flow.range(FlowField.DESTINATION_PORT, range.first(), range.last());
        for (PortRange range : rule.sourcePorts())
            flow.range(FlowField.SOURCE_PORT, range.first(), range.last());
        if (!set.judgeFragments())
            flow.bits(FlowField.FRAGMENT, 0, FRAGMENT_BITS);
        return flow.build();
    }

    /** What stands in no line of its own. */
    private static Rule pseudo(String name) {
        return new Rule(name, 0, new Action.Drop(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** What no rule decides. Fragments are not met by any rule where they are to be dropped, and are part of it. */
    private void addRest() {
        Rule rest = pseudo("otherwise");
        for (Prefix to : PrefixLists.merged(set.protects())) {
            FlowRuleBuilder flow = (to.isIpv4() ? FlowRule.ipv4() : FlowRule.ipv6()).destination(to.high(), to.low(),
                    to.length());
            if (set.allowsRest() && !set.judgeFragments())
                flow.bits(FlowField.FRAGMENT, 2, 2).bits(FlowField.FRAGMENT, 4, 4);
            if (!set.allowsRest() || !set.judgeFragments())
                add(new Given(flow.build(), DROP, rest, set.rules().size(), to, null));
        }
    }

    // The order

    /** Of those that turn round what the file says, the first. Only what shares sources can: each is held against those whose prefix holds its own. */
    private void checkOrder() {
        if (!refusals.isEmpty())
            return;
        Map<Prefix, List<Integer>> bySource = new LinkedHashMap<>();
        TreeSet<Integer> lengths = new TreeSet<>();
        for (int i = 0; i < given.size(); i++) {
            Prefix source = source(given.get(i));
            bySource.computeIfAbsent(source, _ -> new ArrayList<>()).add(i);
            lengths.add(source.bits());
        }
        int first = Integer.MAX_VALUE;
        int before = 0;
        for (int i = 0; i < given.size(); i++) {
            Prefix source = source(given.get(i));
            for (int bits : lengths.headSet(source.bits(), true)) {
                for (int other : bySource.getOrDefault(source.first(bits), List.of())) {
                    if (other >= i && bits == source.bits())
                        break; // they are in order, and its turn will come
                    int later = Math.max(i, other);
                    int earlier = Math.min(i, other);
                    boolean sooner = later < first || (later == first && earlier < before);
                    if (sooner && turnsRound(given.get(earlier), given.get(later))) {
                        first = later;
                        before = earlier;
                    }
                }
            }
        }
        if (first < Integer.MAX_VALUE)
            refuseOrder(given.get(before), given.get(first));
    }

    private static Prefix source(Given of) {
        if (of.from != null)
            return of.from;
        return of.to.isIpv4() ? Prefix.IPV4 : ALL_OF_IPV6;
    }

    /** Whether routers would do otherwise than the file with what meets both. */
    private static boolean turnsRound(Given a, Given b) {
        if (a.position == b.position || a.actions.equals(b.actions) || a.flow.family() != b.flow.family()
                || !meet(a.to, b.to))
            return false;
        int order = FlowOrder.INSTANCE.compare(a.flow, b.flow);
        return (order == 0 && a.rule.action() instanceof Action.Limit) || (order > 0 && meet(a, b));
    }

    private void refuseOrder(Given a, Given b) {
        refusals.add(new Refusal(b.rule, FlowOrder.INSTANCE.compare(a.flow, b.flow) == 0
                ? "routers know one rule for the conditions it has in common with \"" + a.rule.name() + "\" (line "
                        + a.rule.line() + "), which limits: " + b.flow
                : "routers would try it before rule \"" + a.rule.name() + "\" (line " + a.rule.line()
                        + "), by the order of RFC 8955, section 5.1, and packets that meet both would have its fate: "
                        + b.flow + " goes before " + a.flow));
    }

    /** Whether a packet may meet both. */
    private static boolean meet(Given a, Given b) {
        return meet(a.to, b.to) && (a.from == null || b.from == null || meet(a.from, b.from))
                && a.rule.overlaps(b.rule);
    }

    private static boolean meet(Prefix a, Prefix b) {
        return a.contains(b) || b.contains(a);
    }

    // The budget

    private Announcement within(int budget) {
        List<Given> kept = new ArrayList<>(given);
        for (int i = kept.size() - 1; i >= 0 && kept.size() > budget; i--) {
            Given last = kept.get(i);
            if (last.rule.line() > 0 && last.rule.action() instanceof Action.Drop) {
                leftOut.add(last.rule.name());
                kept.removeIf(each -> each.position == last.position);
                i = Math.min(i, kept.size());
            }
        }
        if (kept.size() > budget)
            throw new IllegalArgumentException(kept.size()
                    + " specifications are needed for what it allows, limits and drops otherwise, and the budget is "
                    + budget);
        Map<FlowRule, List<FlowAction>> rules = new LinkedHashMap<>();
        for (Given each : kept)
            rules.putIfAbsent(each.flow, each.actions); // the first decides
        return new Announcement(rules, List.copyOf(leftOut));
    }
}
