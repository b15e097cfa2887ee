package org.schiltron.sessions;

import java.io.IOException;
import org.schiltron.figures.Experiment;

/** What can be tried with sessions packet by packet. The same setup gives the same bytes. */
public enum Experiments {
    /** Round trips of datagrams through the overlay beside plain UDP (Phalanx, figure 3). */
    FIG3(50, Latency::run),
    /** Loss through the overlay beside plain UDP (figure 4). */
    FIG4(150, Loss::run),
    /** Throughput while half of the mailboxes drop most of what comes (figure 5). */
    FIG5(10, Attack::run);

    private interface Runner {
        Experiment run(Setup setup) throws IOException;
    }

    private final int pairs;
    @SuppressWarnings("ImmutableEnumChecker") // method references
    private final Runner runner;

    Experiments(int pairs, Runner runner) {
        this.pairs = pairs;
        this.runner = runner;
    }

    /** So many give a result in seconds. */
    public int pairs() {
        return pairs;
    }

    /**
     * @throws BadMatrixException       if the file of round trips cannot be used
     * @throws IllegalArgumentException naming the option that is wrong
     */
    public Experiment run(Setup setup) throws IOException {
        return runner.run(setup);
    }
}
