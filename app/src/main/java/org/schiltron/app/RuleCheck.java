package org.schiltron.app;

import java.util.List;
import org.schiltron.filter.FlowSpecRules;
import org.schiltron.filter.NftScript;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.RuleSet;
import org.schiltron.xdp.XdpCheck;

/** The enforcers of rules, and what each has against a rule set. */
enum RuleCheck {
    JAVA("java"), XDP("xdp"), NFTABLES("nftables"), FLOWSPEC("flowspec");

    private final String title;

    RuleCheck(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    List<Refusal> refusals(RuleSet rules) {
        return switch (this) {
            case JAVA -> List.of();
            case XDP -> XdpCheck.check(rules);
            case NFTABLES -> NftScript.check(rules);
            case FLOWSPEC -> FlowSpecRules.check(rules);
        };
    }
}
