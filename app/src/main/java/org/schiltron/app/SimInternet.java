package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.internet.BadDataException;
import org.schiltron.figures.Experiment;
import org.schiltron.internet.Experiments;
import org.schiltron.internet.NotConvergedException;
import org.schiltron.internet.Setup;
import org.schiltron.internet.WorldFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    @Option(names = "--as-rel", paramLabel = "FILE", description = "CAIDA AS relationships, serial-1 or serial-2 (default: a generated graph)")
    private @Nullable Path asRel;

    @Option(names = "--addresses", paramLabel = "FILE", description = "AS number, addresses, country, in columns: where hosts are")
    private @Nullable Path addresses;

    @Option(names = "--bots-per-as", paramLabel = "FILE", description = "AS number, country, addresses, then columns of sightings (default: as addresses are)")
    private @Nullable Path botsPerAs;

    @Option(names = "--hosting", paramLabel = "FILE", description = "AS numbers that host servers: mailboxes go there, bots do not")
    private @Nullable Path hosting;

    @Option(names = "--uplinks", paramLabel = "FILE", description = "JSON of mean uplinks by country (default: homes of 2008)")
    private @Nullable Path uplinks;

    @Option(names = "--ases", paramLabel = "N", defaultValue = "20000", description = "size of a generated graph (default ${DEFAULT-VALUE})")
    private int ases;

    @Option(names = "--bots", paramLabel = "N", description = "attackers; for fig7 the most (default 100000, for fig7 8000000)")
    private @Nullable Long bots;

    @Option(names = "--mailboxes", paramLabel = "N", defaultValue = "7200", description = "(default ${DEFAULT-VALUE})")
    private int mailboxes;

    @Option(names = "--rings", paramLabel = "N", defaultValue = "4", description = "ASes that filter, not for fig6 (default ${DEFAULT-VALUE})")
    private int rings;

    @Option(names = "--server", paramLabel = "ASN", defaultValue = "-1", showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER, description = "AS of the service (default: the paper's where the graph has it, else a stub with several providers)")
    private long server;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "decides everything that is drawn (default ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--json", description = "one JSON object: {\"name\",\"claims\",\"tables\",...}")
    private boolean json;

    @Option(names = "--out", paramLabel = "DIR", description = "write CSV, SVG and one HTML page there")
    private @Nullable Path out;

    @Override
    public Integer call() {
        PrintWriter target = spec.commandLine().getOut();
        Experiment experiment;
        try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), DemoCommand.isTerminal())) {
            experiment = figure.run(setup(), progress);
        } catch (BadDataException e) {
            throw new Failure(Exit.FILE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, e.toString(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        } catch (NotConvergedException e) {
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        }
        List<Path> files = write(experiment);
        if (json)
            target.println(ExperimentText.json(experiment));
        else
            ExperimentText.print(target, experiment, files);
        target.flush();
        return Exit.OK.code();
    }

    private Setup setup() {
        long most = bots != null ? bots : figure == Experiments.FIG7 ? 8_000_000 : 100_000;
        return new Setup(new WorldFiles(asRel, addresses, botsPerAs, hosting, uplinks), ases, seed, most, mailboxes,
                rings, server);
    }

    private List<Path> write(Experiment experiment) {
        if (out == null)
            return List.of();
        try {
            return experiment.write(out, command());
        } catch (IOException e) {
            throw new Failure(Exit.FILE, "--out " + out + ": cannot be written: " + Reason.of(e), e);
        }
    }

    /** What gives the same results again; files by their names alone. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("schiltron sim internet --figure",
                figure.name().toLowerCase(Locale.ROOT)));
        name(words, "--as-rel", asRel);
        name(words, "--addresses", addresses);
        name(words, "--bots-per-as", botsPerAs);
        name(words, "--hosting", hosting);
        name(words, "--uplinks", uplinks);
        if (asRel == null)
            words.add("--ases " + ases);
        words.add("--bots " + setup().bots() + " --mailboxes " + mailboxes + " --rings " + rings);
        if (server != Setup.ANY)
            words.add("--server " + server);
        words.add("--seed " + seed);
        return String.join(" ", words);
    }

    private static void name(List<String> words, String option, @Nullable Path file) {
        if (file != null)
            words.add(option + " " + file.getFileName());
    }
}
