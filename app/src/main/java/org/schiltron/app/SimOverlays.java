package org.schiltron.app;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.schiltron.overlays.Experiments;
import org.schiltron.overlays.Setup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code schiltron sim overlays}. */
@Command(name = "overlays", description = "Attacks on overlays, drawn and played by lot, beside the formulas of SOS, Mayday and Phalanx.", footer = {
        "", "Examples:", "  schiltron sim overlays --figure sos --nodes 10000 --per-role 10,20 --out results",
        "  schiltron sim overlays --figure flooding --keys 256,64000 --noise 0.2",
        "  schiltron sim overlays --figure scans", "  schiltron sim overlays --figure goal --seed 7 --json",
        "  schiltron sim overlays --figure matrix --markdown"})
final class SimOverlays implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--figure", paramLabel = "NAME", required = true, description = "sos: nodes with secret roles attacked; flooding: an attacker who searches for the key while he floods; scans: Mayday's scan times; goal: Phalanx's B/(B+G+M); matrix: Mayday's six attackers against each route and authenticator, and the search for compromised nodes")
    @SuppressWarnings("NullAway.Init")
    private Experiments figure;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = ""
            + Setup.NODES, description = "sos: of the overlay (default ${DEFAULT-VALUE})")
    private int nodes;

    @Option(names = "--per-role", paramLabel = "N", split = ",", description = "sos: nodes of each role (default 10,20)")
    private @Nullable List<Integer> perRole;

    @Option(names = "--attacked", paramLabel = "N", split = ",", description = "sos: nodes attacked at once (default: twentieths of all)")
    private @Nullable List<Integer> attacked;

    @Option(names = "--keys", paramLabel = "N", split = ",", description = "flooding: sizes of key spaces (default 100,256,1000,64000,16384000)")
    private @Nullable List<Integer> keys;

    @Option(names = "--noise", paramLabel = "SHARE", defaultValue = ""
            + Setup.NOISE, description = "flooding: chance that the attacker sees a round wrong (default ${DEFAULT-VALUE})")
    private double noise;

    @Option(names = "--trials", paramLabel = "N", description = "for each point (default: sos 100000 attacks, flooding 1000 games, goal 100 placements, matrix 50 games)")
    private @Nullable Integer trials;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "decides everything that is drawn (default ${DEFAULT-VALUE})")
    private long seed;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentOptions options;

    @Override
    public Integer call() {
        Setup setup;
        try {
            setup = new Setup(seed, trials != null ? trials : figure.trials(), nodes,
                    perRole != null ? perRole : Setup.PER_ROLE,
                    attacked != null ? attacked : Setup.twentieths(nodes), keys != null ? keys : Setup.KEYS, noise);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        options.run(spec, command(setup), _ -> figure.run(setup));
        return Exit.OK.code();
    }

    /** What gives the same results again: only what this figure takes. */
    private String command(Setup setup) {
        String words = "schiltron sim overlays --figure " + figure.name().toLowerCase(Locale.ROOT);
        words += switch (figure) {
            case SOS -> " --nodes " + nodes + " --per-role " + list(setup.perRole()) + " --attacked "
                    + list(setup.attacked());
            case FLOODING -> " --keys " + list(setup.keys()) + " --noise " + noise;
            case SCANS, GOAL, MATRIX -> "";
        };
        return figure == Experiments.SCANS ? words : words + " --trials " + setup.trials() + " --seed " + seed;
    }

    private static String list(List<Integer> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
