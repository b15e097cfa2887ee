package org.schiltron.xdp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;

/**
 * The cells of one address map: each prefix with the rules that hold in it, those of the prefixes around it among them, since the kernel answers with the longest alone. The root
 * stands for all other addresses of its family.
 */
final class PrefixCells {
    /** {@code isProtected} for the addresses that the ring is about, {@code isBehind} for those, too, that are only behind it. */
    record Cell(Prefix prefix, long[] rules, boolean isProtected, boolean isBehind) {
    }

    /** A prefix of a rule, or of what is protected (-1), or behind the ring (-2). */
    private record Given(Prefix prefix, int rule) {
    }

    private static final int PROTECTED = -1;
    private static final int BEHIND = -2;
    private static final Prefix IPV4 = Prefix.parse("0.0.0.0/0");
    private static final Prefix IPV6 = Prefix.parse("::/0");

    private PrefixCells() {
    }

    static List<Cell> of(List<Rule> rules, Function<Rule, List<Prefix>> prefixes, List<Prefix> protects,
            List<Prefix> behind, boolean ipv4) {
        Prefix root = ipv4 ? IPV4 : IPV6;
        long[] everywhere = new long[Layouts.BIT_WORDS];
        List<Given> given = new ArrayList<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            if (prefixes.apply(rules.get(rule)).isEmpty())
                everywhere[rule >>> 6] |= 1L << rule;
            for (Prefix prefix : prefixes.apply(rules.get(rule)))
                given.add(new Given(prefix, rule));
        }
        for (Prefix prefix : protects)
            given.add(new Given(prefix, PROTECTED));
        for (Prefix prefix : behind)
            given.add(new Given(prefix, BEHIND));
        given.removeIf(each -> each.prefix.isIpv4() != ipv4);
        given.sort(Comparator.comparing(Given::prefix, PrefixCells::outermostFirst));
        List<Cell> cells = new ArrayList<>();
        List<Cell> around = new ArrayList<>(); // from the root inwards
        around.add(new Cell(root, everywhere, false, false));
        for (Given each : given) {
            while (!around.getLast().prefix.contains(each.prefix))
                cells.add(around.removeLast());
            Cell parent = around.getLast();
            Cell cell = parent;
            if (!parent.prefix.equals(each.prefix)) {
                cell = new Cell(each.prefix, parent.rules.clone(), parent.isProtected, parent.isBehind);
                around.add(cell);
            }
            if (each.rule >= 0)
                cell.rules[each.rule >>> 6] |= 1L << each.rule;
            else
                around.set(around.size() - 1,
                        new Cell(cell.prefix, cell.rules, cell.isProtected || each.rule == PROTECTED, true));
        }
        cells.addAll(around);
        return cells;
    }

    private static int outermostFirst(Prefix a, Prefix b) {
        int order = Long.compareUnsigned(a.high(), b.high());
        if (order == 0)
            order = Long.compareUnsigned(a.low(), b.low());
        return order != 0 ? order : Integer.compare(a.bits(), b.bits());
    }
}
