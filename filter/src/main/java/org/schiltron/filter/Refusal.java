package org.schiltron.filter;

/**
 * What an enforcer cannot do. It is asked before it is told the rules: one that cannot enforce all of them enforces none.
 *
 * @param reason completes "the enforcer cannot enforce it: "
 */
public record Refusal(Rule rule, String reason) {
    /** {@code rules.toml:9: rule "web": reason}. */
    public String text(RuleSet rules) {
        if (rule.line() == 0) // of the whole file
            return rules.file() + ": " + rule.name() + ": " + reason;
        return rules.file() + ":" + rule.line() + ": rule \"" + rule.name() + "\": " + reason;
    }
}
