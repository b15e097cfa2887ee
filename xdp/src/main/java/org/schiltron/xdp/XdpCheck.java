package org.schiltron.xdp;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.filter.Action;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.Word;

/** What of a rule set XDP cannot enforce: its maps and loops have bounds. */
public final class XdpCheck {
    /** A day, of the 208 that XDP's clock counts to: 64 bits, 1,024 units a nanosecond. */
    private static final long LONGEST_BURST_SECONDS = 86_400;

    private XdpCheck() {
    }

    /** @return empty if all of it can be enforced */
    public static List<Refusal> check(RuleSet rules) {
        List<Refusal> refusals = new ArrayList<>();
        int limits = 0;
        List<Word> places = new ArrayList<>();
        List<Rule> requested = new ArrayList<>();
        for (int i = 0; i < rules.rules().size(); i++) {
            Rule rule = rules.rules().get(i);
            if (i == Layouts.MAX_RULES)
                refusals.add(new Refusal(rule, "XDP has room for " + Layouts.MAX_RULES
                        + " rules; put prefixes with the same fate into one rule"));
            limits += rule.action() instanceof Action.Limit ? 1 : 0;
            if (rule.action() instanceof Action.Limit && limits == Layouts.MAX_LIMITS + 1)
                refusals.add(new Refusal(rule, "XDP has room for " + Layouts.MAX_LIMITS + " limits"));
            if (rule.action() instanceof Action.Limit limit && limit.burst() > LONGEST_BURST_SECONDS * limit.rate())
                refusals.add(
                        new Refusal(rule, "its burst is more than a day of its rate, and XDP's clock runs over"));
            for (Word word : rule.words()) {
                if (!places.contains(word.place()))
                    places.add(word.place());
                if (places.size() == Layouts.MAX_PLACES + 1) {
                    refusals.add(new Refusal(rule,
                            "XDP looks at words in " + Layouts.MAX_PLACES + " places (base, offset and mask) at most"));
                    places.removeLast();
                }
            }
            if (rule.action() instanceof Action.Requested) {
                for (Rule other : requested) {
                    if (overlap(addresses(rules, rule), addresses(rules, other)))
                        refusals.add(new Refusal(rule,
                                "its addresses are also those of rule \"" + other.name() + "\" (line " + other.line()
                                        + "): of an address one rule may say what was requested"));
                }
                requested.add(rule);
            }
        }
        return refusals;
    }

    private static List<Prefix> addresses(RuleSet rules, Rule rule) {
        return rule.to().isEmpty() ? rules.protects() : rule.to();
    }

    private static boolean overlap(List<Prefix> some, List<Prefix> others) {
        return some.stream().anyMatch(
                prefix -> others.stream().anyMatch(other -> prefix.contains(other) || other.contains(prefix)));
    }
}
