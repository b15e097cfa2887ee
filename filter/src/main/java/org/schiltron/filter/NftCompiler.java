package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.NftConditions.Field;
import org.schiltron.filter.NftConditions.Line;
import org.schiltron.filter.NftObject.Kind;
import org.schiltron.machine.Drop;

/**
 * Makes the parts of a table from rules: counters, limits, sets, and the chains {@code prerouting} (is it for us?), {@code ring} (the row of rules) and one for
 * each way to end.
 */
final class NftCompiler {
    /** Fewer rules in a run are compared one after another: that is as fast, and easier to read. */
    private static final int MIN_RUN = 16;
    /** Runs and parts end where the rules' names say, so that one more or less changes one of them. */
    private static final int RUN = 1_024;
    private static final int PART = 64;
    private static final int MAX_PART = 4 * PART;

    private final RuleSet set;
    private final List<Rule> rules;
    private final List<String> names;
    private final String file;
    private final NftTable table = new NftTable();
    private final NftConditions conditions;

    /** What the chain of rules does for one rule, or one run of them. */
    private record Step(String name, List<String> lines) {
    }

    /** @param names of the rules, in their order */
    NftCompiler(RuleSet set, List<String> names, boolean manyLists) {
        this.set = set;
        this.rules = set.rules();
        this.names = names;
        file = set.file().substring(set.file().lastIndexOf('/') + 1).replaceAll("[^ -~]", "?");
        conditions = new NftConditions(table, rules, manyLists);
    }

    NftTable compile() {
        for (Drop reason : NftScript.DROPS)
            table.add(Kind.COUNTER, reason.label(), "", "", List.of());
        for (int i = 0; i < rules.size(); i++)
            table.add(Kind.COUNTER, names.get(i), comment(i), "", List.of());
        for (boolean ipv4 : new boolean[]{true, false})
            table.set("protects" + (ipv4 ? "4" : "6"), "", ipv4, Span.of(set.protects(), ipv4));
        for (Drop reason : NftScript.DROPS)
            chain(reason.label(), "", List.of("counter name \"" + reason.label() + "\" drop"));
        headers();
        List<String> lines = new ArrayList<>();
        if (!set.judgeFragments())
            lines.addAll(List.of("ip frag-off & 0x3fff != 0 goto fragment", "exthdr frag exists goto fragment"));
        lines.addAll(List.of("meta l4proto tcp jump tcp_header", "meta l4proto udp jump udp_header"));
        lines.addAll(parts(steps()));
        lines.add(set.allowsRest() ? "accept" : "goto not_allowed");
        chain("ring", "", lines);
        List<String> hooked = new NftHiding(table, set).lines();
        hooked.addAll(List.of("ip daddr @protects4 goto ring", "ip6 daddr @protects6 goto ring"));
        table.add(Kind.CHAIN, "prerouting", "", "type filter hook prerouting priority -450; policy accept;", hooked);
        return table;
    }

    private void chain(String name, String comment, List<String> lines) {
        table.add(Kind.CHAIN, name, comment, "", lines);
    }

    private String comment(int rule) {
        return "# \"" + rules.get(rule).name() + "\" (" + file + ":" + rules.get(rule).line() + ")";
    }

    /** A header that ends early hides its ports (RFC 1858): a byte that is not there is in no range. */
    private void headers() {
        chain("tcp_header", "", notLater(List.of("tcp doff >= 5 @th,152,8 0-255 return", "goto malformed")));
        chain("udp_header", "", notLater(List.of("@th,56,8 0-255 return", "goto malformed")));
    }

    /**
     * Lines of a chain that look at a transport header. The kernel (6.18) reads ports from later fragments too: in IPv4 from what they carry, in IPv6 from
     * the header itself.
     */
    private List<String> notLater(List<String> lines) {
        List<String> all = new ArrayList<>();
        if (set.judgeFragments())
            all.addAll(List.of("# later fragments have no header", "ip frag-off & 0x1fff != 0 return",
                    "frag frag-off != 0 return"));
        all.addAll(lines);
        return all;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (int rule = 0; rule < rules.size();) {
            NftRun run = run(rule);
            if (run != null) {
                steps.add(looked(rule, run));
                rule += run.rules.size();
                continue;
            }
            List<String> lines = new ArrayList<>(List.of(comment(rule)));
            List<String> body = body(rule, List.of(Field.FROM, Field.TO));
            if (set.judgeFragments() && rules.get(rule).needsTransport()) {
                chain(names.get(rule), comment(rule), notLater(body));
                lines.add("jump " + names.get(rule));
            } else {
                lines.addAll(body);
            }
            steps.add(new Step(names.get(rule), lines));
            rule++;
        }
        return steps;
    }

    /** The run that begins with a rule, if it is worth one. */
    private @Nullable NftRun run(int rule) {
        NftRun best = null;
        long mostLists = 0;
        for (Field field : Field.values()) {
            if (isLong(rules.get(rule), field))
                return NftRun.of(rules.subList(rule, rule + 1), names.subList(rule, rule + 1), field);
            int end = rule;
            while (end < rules.size() && isShort(rules.get(end), field) && (end == rule || !isCut(end, RUN)))
                end++;
            NftRun run = null;
            while (run == null && end - rule >= MIN_RUN) {
                run = NftRun.of(rules.subList(rule, end), names.subList(rule, end), field);
                if (run == null)
                    end = rule + (end - rule) / 2;
            }
            long lists = run == null ? 0 : run.rules.stream().map(field::of).distinct().count();
            if (lists > mostLists) {
                best = run;
                mostLists = lists;
            }
        }
        return best;
    }

    /** Of those an element more or less must not concern others. */
    private static boolean isLong(Rule rule, Field field) {
        return field.of(rule).size() > NftTable.SHARD;
    }

    private static boolean isShort(Rule rule, Field field) {
        return !field.of(rule).isEmpty() && !isLong(rule, Field.FROM) && !isLong(rule, Field.TO);
    }

    private boolean isCut(int rule, int every) {
        return Math.floorMod(names.get(rule).hashCode() * 0x9e37_79b9 >>> 8, every) == 0;
    }

    private Step looked(int first, NftRun run) {
        for (int i = first; i < first + run.rules.size(); i++) {
            List<String> body = body(i, List.of(run.field.other()));
            chain(names.get(i), comment(i), rules.get(i).needsTransport() ? notLater(body) : body);
        }
        run.overlaps().forEach((name, chains) -> chain(name, "", chains.stream().map(to -> "jump " + to).toList()));
        String name = names.get(first);
        int last = first + run.rules.size() - 1;
        String comment = comment(first) + (last == first ? "" : " to " + comment(last).substring(2));
        List<String> lines = new ArrayList<>(List.of(comment));
        for (boolean ipv4 : new boolean[]{true, false}) {
            if (!run.entries(ipv4).isEmpty())
                lines.add(table.lookUp(name + "_" + run.field.suffix(ipv4), comment, run.field.text(ipv4), ipv4,
                        run.entries(ipv4)));
        }
        return new Step(name, lines);
    }

    /** A rule's lines: conditions, its counter, and what it does. */
    private List<String> body(int number, List<Field> fields) {
        Rule rule = rules.get(number);
        String name = names.get(number);
        String counter = "counter name \"" + name + "\" ";
        if (rule.action() instanceof Action.Limit limit)
            NftLimits.add(table, name, comment(number), limit);
        boolean families = rule.action() instanceof Action.Limit limit && limit.each();
        List<String> lines = new ArrayList<>();
        for (Line line : conditions.lines(rule, name, comment(number), fields, families))
            lines.add((line.text() + " " + counter + end(rule, name, line.ipv4())).strip());
        return lines;
    }

    private static String end(Rule rule, String name, boolean ipv4) {
        return switch (rule.action()) {
            case Action.Allow allow -> "accept";
            case Action.Drop drop -> "goto filtered";
            case Action.Limit limit -> NftLimits.over(name, limit, ipv4) + " goto rate_limited";
            case Action.Requested requested -> throw new IllegalArgumentException("refused: " + rule.name());
        };
    }

    /** Many steps are put into chains of their own, so that a change fills one of them again and not all. */
    private List<String> parts(List<Step> steps) {
        List<String> ring = new ArrayList<>();
        if (steps.size() <= PART) {
            steps.forEach(step -> ring.addAll(step.lines));
            return ring;
        }
        List<String> part = new ArrayList<>();
        String name = "";
        int inPart = 0;
        for (Step step : steps) {
            boolean cut = Math.floorMod(step.name.hashCode() * 0x9e37_79b9 >>> 8, PART) == 0;
            if (inPart == MAX_PART || (cut && inPart > 0)) {
                chain(name, "", part);
                part.clear();
                inPart = 0;
            }
            if (inPart++ == 0) {
                name = "part_" + step.name;
                ring.add("jump " + name);
            }
            part.addAll(step.lines);
        }
        chain(name, "", part);
        return ring;
    }
}
