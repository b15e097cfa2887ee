package org.schiltron.filter;

/**
 * What an enforcer cannot do. It is asked before it is told the rules: one that cannot enforce all of them enforces none.
 *
 * @param reason completes "the enforcer cannot enforce it: "
 */
public record Refusal(Rule rule, String reason) {
    /** {@code rules.toml:9: rule "web": reason}. */
    public String text(RuleSet rules) {
        return rules.file() + ":" + rule.line() + ": rule \"" + rule.name() + "\": " + reason;
    }
}
