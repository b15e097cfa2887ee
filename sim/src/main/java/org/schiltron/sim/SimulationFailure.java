package org.schiltron.sim;

/** A run went wrong; the message starts with the seed and the event at which it did, so that it can be replayed. */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    SimulationFailure(long seed, long event, long nowNs, Throwable cause) {
        super("seed " + seed + ", event " + event + ", at " + nowNs + " ns: " + cause, cause);
    }
}
