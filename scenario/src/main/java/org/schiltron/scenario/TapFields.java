package org.schiltron.scenario;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.Fields;
import org.schiltron.toml.BadFileException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.sim.Sniffer;

/** The {@code [[tap]]} tables. */
final class TapFields {
    private static final int MAX_TAPS = 1_000;
    private static final double SHARE = 0.1;

    private final long durationNs;
    private final Names links;

    /** What links are called. */
    @FunctionalInterface
    interface Names {
        /** The links that a key names; hosts' groups stand for those of their members. */
        List<String> of(Fields fields, String key) throws BadFileException;
    }

    TapFields(long durationNs, Names links) {
        this.durationNs = durationNs;
        this.links = links;
    }

    List<TapSpec> taps(Fields top) throws BadFileException {
        List<TapSpec> taps = new ArrayList<>();
        int all = 0;
        for (Fields fields : top.tables("tap")) {
            TapSpec tap = tap(fields);
            all += tap.links().size();
            if (all > MAX_TAPS)
                throw fields.wrong("link", "more than " + MAX_TAPS + " taps");
            taps.add(tap);
            fields.end();
        }
        return taps;
    }

    private TapSpec tap(Fields fields) throws BadFileException {
        fields.need("link", "\"transit\"");
        List<String> tapped = links.of(fields, "link");
        fields.need("habit", "\"replay\"");
        TapSpec.Habit[] habits = TapSpec.Habit.values();
        TapSpec.Habit habit = habits[RoleFields.index(fields, "habit", habits)];
        Sniffer.Habit sniffer = null;
        for (Sniffer.Habit each : Sniffer.Habit.values())
            sniffer = each.name().equals(habit.name()) ? each : sniffer;
        double share = 1;
        long byNs = 0;
        if (sniffer == null) {
            share = fields.probability("share", SHARE);
            if (habit == TapSpec.Habit.DELAY)
                byNs = fields.quantity("by", Quantity.DURATION, 1_000_000_000, 1, Scenario.MAX_DURATION_NS);
        } else if (fields.has("share")) {
            throw fields.wrong("share", "only for drop, change and delay, not for "
                    + habit.name().toLowerCase(Locale.ROOT));
        }
        long startNs = fields.quantity("start", Quantity.DURATION, 0, 0, durationNs);
        long endNs = fields.quantity("end", Quantity.DURATION, durationNs, 0, Scenario.MAX_DURATION_NS);
        if (endNs <= startNs)
            throw fields.wrong("end", "not after the start, " + Quantity.DURATION.show(startNs));
        return new TapSpec(tapped, habit, sniffer, share, byNs, startNs, endNs);
    }
}
