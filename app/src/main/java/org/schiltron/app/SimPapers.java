package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Page;
import org.schiltron.host.MonotonicClock;
import org.schiltron.internet.Experiments;
import org.schiltron.overlays.Setup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schiltron sim papers}: all experiments one after another, and a page of what their papers claim. */
@Command(name = "papers", description = "Tries what the papers claim: all experiments of \"sim internet\", \"sim overlays\" and \"sim sessions\".", footer = {
        "", "Writes each experiment's CSV, SVG and HTML, and index.html with all claims.", "", "Examples:",
        "  schiltron sim papers --out results",
        "  schiltron sim papers --as-rel 20240801.as-rel2.txt.bz2 --addresses FILE --out results"})
final class SimPapers implements Callable<Integer> {
    private static final int MAILBOXES = 7_200;
    private static final int RINGS = 4;
    private static final long FIG6_BOTS = 100_000;
    private static final long FIG7_BOTS = 8_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "write everything there")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private WorldOptions world;

    @Option(names = "--rtt", paramLabel = "FILE", description = "a matrix of round trips in ms for the figures of sessions (default: one made up)")
    private @Nullable Path rtt;

    private final List<Experiment> done = new ArrayList<>();

    @Override
    public Integer call() {
        for (Experiments figure : List.of(Experiments.FIG6, Experiments.FIG7, Experiments.TODAY)) {
            long bots = figure == Experiments.FIG7 ? FIG7_BOTS : FIG6_BOTS;
            run(progress -> figure.run(world.setup(bots, MAILBOXES, RINGS), progress));
        }
        for (org.schiltron.overlays.Experiments figure : org.schiltron.overlays.Experiments.values())
            run(_ -> figure.run(new Setup(world.seed(), figure.trials(), Setup.NODES, Setup.PER_ROLE,
                    Setup.twentieths(Setup.NODES), Setup.KEYS, Setup.NOISE)));
        for (org.schiltron.sessions.Experiments figure : org.schiltron.sessions.Experiments.values())
            run(_ -> figure.run(new org.schiltron.sessions.Setup(rtt, world.seed(), figure.pairs(),
                    org.schiltron.sessions.Setup.LOSS)));
        Path index = out.resolve("index.html");
        try {
            Files.writeString(index, page());
        } catch (IOException e) {
            throw new Failure(Exit.FILE, "--out " + out + ": cannot be written: " + Reason.of(e), e);
        }
        PrintWriter target = spec.commandLine().getOut();
        target.printf(Locale.ROOT, "%-10s %3d of %3d claims hold; %s%n", "all", holding(done), claims(done), index);
        target.flush();
        return Exit.OK.code();
    }

    private void run(ExperimentOptions.Work work) {
        long startNs = MonotonicClock.nowNs();
        Experiment experiment = ExperimentOptions.done(spec, work);
        ExperimentOptions.written(experiment, out, command());
        done.add(experiment);
        PrintWriter target = spec.commandLine().getOut();
        target.printf(Locale.ROOT, "%-10s %3d of %3d claims hold; %.1f s%n", experiment.name(),
                holding(List.of(experiment)), claims(List.of(experiment)),
                (MonotonicClock.nowNs() - startNs) * 1e-9);
        target.flush();
    }

    private static long holding(List<Experiment> experiments) {
        return experiments.stream().flatMap(experiment -> experiment.claims().stream())
                .filter(Experiment.Claim::holds).count();
    }

    private static int claims(List<Experiment> experiments) {
        return experiments.stream().mapToInt(experiment -> experiment.claims().size()).sum();
    }

    private String command() {
        List<String> words = new ArrayList<>(List.of("schiltron sim papers"));
        world.name(words);
        if (rtt != null)
            words.add("--rtt " + rtt.getFileName());
        return String.join(" ", words);
    }

    private String page() {
        Page page = new Page("What the papers claim, tried").code(command());
        for (Experiment experiment : done) {
            page.heading(experiment.title()).paragraph(experiment.name() + ".html has the figures, and what was run.");
            experiment.claimsOn(page);
        }
        return page.html();
    }
}
