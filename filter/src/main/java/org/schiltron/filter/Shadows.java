package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;

/** Rules that never decide anything, since one before them decides all their packets: most often a mistake. */
public final class Shadows {
    /** Each rule is held against all before it, which for more of them takes longer than anybody waits. */
    private static final int MAX_RULES = 4_096;

    private Shadows() {
    }

    /** A sentence for each, in the rules' order; told without error, but not in all cases in which it is so. */
    public static List<String> of(RuleSet set) {
        List<Rule> rules = set.rules().subList(0, Math.min(MAX_RULES, set.rules().size()));
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            for (Rule before : rules.subList(0, i)) {
                if (!before.decides() || !before.covers(rules.get(i)))
                    continue;
                sentences.add(set.file() + ":" + rules.get(i).line() + ": rule \"" + rules.get(i).name()
                        + "\" never decides: rule \""
                        + before.name() + "\" (line " + before.line() + ") decides all its packets, "
                        + (before.action().equals(rules.get(i).action())
                                ? "the same way"
                                : "and by " + before.action().word()));
                break;
            }
        }
        return sentences;
    }
}
