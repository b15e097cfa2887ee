package org.schiltron.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.schiltron.filter.Action;
import org.schiltron.filter.Rule;

/** Rules keep their counters and limits, and no two write to the same place. */
class RuleStatesTest {
    private static final Action.Limit SLOW = new Action.Limit(1_000, 3_000, false, false);
    private static final Action.Limit FAST = new Action.Limit(2_000, 3_000, false, false);
    private static final Action.Limit EACH = new Action.Limit(1_000, 3_000, false, true);

    private static Rule rule(String name, Action action) {
        return new Rule(name, 1, action, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static int limit(RuleStates states, Rule rule) {
        return states.limit(rule, (Action.Limit) rule.action());
    }

    @Test
    void aRuleKeepsItsCounterWhateverItDoesAndItsLimitWhileThatIsTheSame() {
        Rule a = rule("a", SLOW);
        Rule b = rule("b", EACH);
        RuleStates before = RuleStates.NONE.next(List.of(a, b));
        Rule faster = rule("a", FAST);
        RuleStates after = before.next(List.of(rule("new", new Action.Drop()), b, faster));
        assertThat(after.counter(faster)).isEqualTo(before.counter(a));
        assertThat(limit(after, faster)).isNotEqualTo(limit(before, a));
        assertThat(limit(after, b)).isEqualTo(limit(before, b));
        assertThat(after.newCounters(before)).hasSize(1);
        assertThat(after.newLimits(before)).containsExactly(limit(after, faster));
    }

    @Test
    void whatSourcesDidUnderALimitThatIsGoneIsNotHeldAgainstThemUnderAnother() {
        Rule a = rule("a", EACH);
        RuleStates first = RuleStates.NONE.next(List.of(a));
        RuleStates without = first.next(List.of());
        assertThat(limit(without.next(List.of(a)), a)).isNotEqualTo(limit(first, a));
        assertThat(limit(without.next(List.of(rule("b", EACH))), rule("b", EACH))).isNotEqualTo(limit(first, a));
    }

    @Test
    void whatWasAskedForStandsInAnotherOrderAndIsForgottenWhenTheShareChanges() {
        Rule a = rule("a", new Action.Requested());
        Rule b = rule("b", new Action.Requested());
        Rule c = rule("c", new Action.Requested());
        RuleStates before = RuleStates.NONE.next(List.of(a, b));
        RuleStates turned = before.next(List.of(b, a));
        assertThat(List.of(turned.region(a), turned.region(b))).containsExactly(before.region(a), before.region(b));
        RuleStates replaced = before.next(List.of(c, b));
        assertThat(List.of(replaced.region(c), replaced.region(b))).containsExactly(before.region(a), before.region(b));
        assertThat(before.next(List.of(b)).region(b)).isZero();
    }

    /** Up to as many as there may be, of which some stay, some change and some are new, time and again. */
    @Test
    void twoSetsInTurnNeverMeet() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("RuleStatesTest -Dschiltron.seed=" + seed);
        Random random = new Random(seed);
        RuleStates before = RuleStates.NONE;
        List<Rule> old = List.of();
        for (int round = 0; round < 60; round++) {
            List<Rule> rules = new ArrayList<>();
            int limits = 0;
            for (int name = 0; name < 2 * Layouts.MAX_RULES && rules.size() < Layouts.MAX_RULES; name++) {
                if (random.nextInt(3) == 0)
                    continue;
                Action action = limits < Layouts.MAX_LIMITS && random.nextInt(4) == 0
                        ? List.of(SLOW, FAST, EACH).get(random.nextInt(3))
                        : random.nextBoolean() ? new Action.Drop() : new Action.Requested();
                limits += action instanceof Action.Limit ? 1 : 0;
                rules.add(rule("rule " + name, action));
            }
            RuleStates now = before.next(rules);
            int[] counters = rules.stream().mapToInt(now::counter).distinct().toArray();
            assertThat(counters).hasSize(rules.size());
            assertThat(Arrays.stream(counters)).allMatch(it -> it >= 0 && it < Layouts.COUNTERS);
            int[] shared = rules.stream().filter(it -> it.action() instanceof Action.Limit limit && !limit.each())
                    .mapToInt(it -> limit(now, it)).toArray();
            assertThat(Arrays.stream(shared).distinct().count()).isEqualTo(shared.length);
            assertThat(Arrays.stream(shared)).allMatch(it -> it >= 0 && it < Layouts.SHARED_LIMITS);
            int[] regions = rules.stream().filter(it -> it.action() instanceof Action.Requested).mapToInt(now::region)
                    .sorted().toArray();
            for (int i = 0; i < regions.length; i++)
                assertThat(regions[i]).isEqualTo(i);
            for (Rule was : old) {
                for (Rule is : rules) {
                    if (!was.name().equals(is.name()))
                        assertThat(now.counter(is)).isNotEqualTo(before.counter(was));
                }
            }
            before = now;
            old = rules;
        }
    }
}
