package org.schiltron.internet;

/** The shares that pass the links still change: the result would mean nothing. */
public final class NotConvergedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotConvergedException(int rounds, double change) {
        super("the loss on the links does not settle: after " + rounds
                + " rounds the share that passes some link still changes by a factor of " + (1 + change));
    }
}
