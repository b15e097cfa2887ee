package org.schiltron.filter;

/** A rule that an enforcer cannot enforce, and why. */
public record Refusal(Rule rule, String reason) {
}
