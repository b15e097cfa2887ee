package org.schiltron.edge;

/** What a {@link ModeSwitch} tells its driver. */
public sealed interface ModeEvent {

    /**
     * Announce the route for an address of that mode, and have the egresses dial it.
     *
     * @param byHand whether a person said so
     * @param reason a sentence for people
     */
    record Switched(ServiceMode mode, boolean byHand, String reason) implements ModeEvent {
    }

    /** A person has said what the mode is: samples change nothing until {@link Released}. */
    record Held(ServiceMode mode) implements ModeEvent {
    }

    /** Samples decide again. */
    record Released() implements ModeEvent {
    }
}
