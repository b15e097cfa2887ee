package org.schiltron.overlays;

import java.util.function.Function;
import org.schiltron.figures.Experiment;

/** What can be asked of overlays. The same setup gives the same bytes. */
public enum Experiments {
    /** Nodes with secret roles under attack: the closed form of SOS. */
    SOS(100_000, Sos::run),
    /** An attacker who searches for the key while he floods (Mayday, section 4.3). */
    FLOODING(1_000, Flooding::run),
    /** The packet rates and scan times of Mayday's sections 4.1 and 5. */
    SCANS(1, _ -> Scans.run()),
    /** What flooded mailboxes lose beside the goal of Phalanx, section 2.3. */
    GOAL(100, Goal::run),
    /** Mayday's six attackers (section 3.1) against each pairing, and the search for compromised nodes (4.6). */
    MATRIX(50, Attackers::run);

    private final int trials;
    @SuppressWarnings("ImmutableEnumChecker") // method references
    private final Function<Setup, Experiment> runner;

    Experiments(int trials, Function<Setup, Experiment> runner) {
        this.trials = trials;
        this.runner = runner;
    }

    /** So many give a result in seconds. */
    public int trials() {
        return trials;
    }

    public Experiment run(Setup setup) {
        return runner.apply(setup);
    }
}
