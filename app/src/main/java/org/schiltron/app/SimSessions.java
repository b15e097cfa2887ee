package org.schiltron.app;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.sessions.Experiments;
import org.schiltron.sessions.Setup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code schiltron sim sessions}. */
@Command(name = "sessions", description = "Sessions beside plain UDP, packet by packet with the real machines: figures 3 to 5 of the Phalanx paper.", footer = {
        "", "Without a file the round trips are made up from the seed, with the spread of those measured on PlanetLab.",
        "",
        "Examples:", "  schiltron sim sessions --figure fig3 --rtt PlanetLabData_1.490x490.txt.xz --out results",
        "  schiltron sim sessions --figure fig4 --loss 0.02", "  schiltron sim sessions --figure fig5 --seed 7 --json"})
final class SimSessions implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--figure", paramLabel = "NAME", required = true, description = "fig3: round trips; fig4: loss; fig5: throughput while half of the mailboxes drop three quarters")
    @SuppressWarnings("NullAway.Init")
    private Experiments figure;

    @Option(names = "--rtt", paramLabel = "FILE", description = "round trips between hosts in ms, a square matrix, plain or xz (default: made up for 490 hosts)")
    private @Nullable Path rtt;

    @Option(names = "--pairs", paramLabel = "N", description = "pairs of hosts, for fig5 runs (default: fig3 50, fig4 150, fig5 10)")
    private @Nullable Integer pairs;

    @Option(names = "--loss", paramLabel = "SHARE", defaultValue = ""
            + Setup.LOSS, description = "lost one way between two hosts, in the mean (default ${DEFAULT-VALUE})")
    private double loss;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "decides everything that is drawn (default ${DEFAULT-VALUE})")
    private long seed;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentOptions options;

    @Override
    public Integer call() {
        Setup setup;
        try {
            setup = new Setup(rtt, seed, pairs != null ? pairs : figure.pairs(), loss);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        options.run(spec, command(setup), _ -> figure.run(setup));
        return Exit.OK.code();
    }

    /** What gives the same results again; the file by its name alone. */
    private String command(Setup setup) {
        return "schiltron sim sessions --figure " + figure.name().toLowerCase(Locale.ROOT)
                + (rtt == null ? "" : " --rtt " + rtt.getFileName()) + " --pairs " + setup.pairs() + " --loss " + loss
                + " --seed " + seed;
    }
}
