package org.schiltron.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.internet.Experiments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schiltron sim internet}. */
@Command(name = "internet", description = "Millions of bots against mailboxes and rings on a graph of the Internet's ASes.", footer = {
        "", "Without files everything is made up from the seed: a graph with the real one's shape, and what is in it.",
        "Data files may be plain, bzip2 or xz.", "", "Examples:",
        "  schiltron sim internet --bots 1000000 --mailboxes 7200",
        "  schiltron sim internet --figure fig7 --as-rel 20240801.as-rel2.txt.bz2 --out results",
        "  schiltron sim internet --figure today --ases 20000 --seed 7 --json"})
final class SimInternet implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--figure", paramLabel = "NAME", defaultValue = "point", description = "point: one number of bots, mailboxes and rings; fig6, fig7: the Phalanx paper's figures (7 with 8); today: a botnet of 30 Tbit/s")
    @SuppressWarnings("NullAway.Init")
    private Experiments figure;

    @Option(names = "--bots", paramLabel = "N", description = "attackers; for fig7 the most (default 100000, for fig7 8000000)")
    private @Nullable Long bots;

    @Option(names = "--mailboxes", paramLabel = "N", defaultValue = "7200", description = "(default ${DEFAULT-VALUE})")
    private int mailboxes;

    @Option(names = "--rings", paramLabel = "N", defaultValue = "4", description = "ASes that filter, not for fig6 (default ${DEFAULT-VALUE})")
    private int rings;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private WorldOptions world;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentOptions options;

    @Override
    public Integer call() {
        options.run(spec, command(), progress -> figure.run(world.setup(most(), mailboxes, rings), progress));
        return Exit.OK.code();
    }

    private long most() {
        return bots != null ? bots : figure == Experiments.FIG7 ? 8_000_000 : 100_000;
    }

    private String command() {
        List<String> words = new ArrayList<>(List.of("schiltron sim internet --figure",
                figure.name().toLowerCase(Locale.ROOT),
                "--bots " + most() + " --mailboxes " + mailboxes + " --rings " + rings));
        world.name(words);
        return String.join(" ", words);
    }
}
