package org.schiltron.internet;

import java.io.IOException;
import org.schiltron.figures.Experiment;

/** What can be run on an Internet of flows. The same setup gives the same bytes. */
public enum Experiments {
    /** One number of bots, mailboxes and rings. */
    POINT(Point::run),
    /** Figure 6 of the Phalanx paper. */
    FIG6(Fig6::run),
    /** Figures 7 and 8 of the Phalanx paper. */
    FIG7(Fig7::run),
    /** 30 Tbit/s on today's links. */
    TODAY(Today::run);

    private interface Runner {
        Experiment run(Setup setup, Progress progress) throws IOException;
    }

    @SuppressWarnings("ImmutableEnumChecker") // method references
    private final Runner runner;

    Experiments(Runner runner) {
        this.runner = runner;
    }

    /**
     * @throws BadDataException         with file, line and reason
     * @throws IllegalArgumentException when the setup does not fit the graph
     * @throws NotConvergedException    when the loss on the links does not settle
     */
    public Experiment run(Setup setup, Progress progress) throws IOException {
        return runner.run(setup, progress);
    }
}
