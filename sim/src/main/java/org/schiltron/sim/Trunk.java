package org.schiltron.sim;

/**
 * A link between two routers: each direction with its own rate, queue and faults.
 *
 * @param there from {@code a} to {@code b}
 * @param back  from {@code b} to {@code a}
 */
public record Trunk(String name, Router a, Router b, Link there, Link back) {
    /** Both directions alike. */
    public Trunk links(LinkConfig config) {
        there.configure(config);
        back.configure(config);
        return this;
    }
}
