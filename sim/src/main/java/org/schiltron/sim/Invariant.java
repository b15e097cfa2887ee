package org.schiltron.sim;

/** Something that must hold after every event of a run. */
@FunctionalInterface
public interface Invariant {
    /** Throws an {@link AssertionError} (an assertion library's, say) when it does not hold. */
    void check();
}
