package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.figures.Experiment;
import org.schiltron.internet.BadDataException;
import org.schiltron.internet.NotConvergedException;
import org.schiltron.internet.Progress;
import org.schiltron.sessions.BadMatrixException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How an experiment is run and shown. */
final class ExperimentOptions {
    @Option(names = "--json", description = "one JSON object: {\"name\",\"claims\",\"tables\",...}")
    private boolean json;

    @Option(names = "--markdown", description = "tables and claims as Markdown")
    private boolean markdown;

    @Option(names = "--out", paramLabel = "DIR", description = "write CSV, SVG and one HTML page there")
    private @Nullable Path out;

    interface Work {
        Experiment run(Progress progress) throws IOException;
    }

    /** @param command what gives the same results again */
    void run(CommandSpec spec, String command, Work work) {
        if (json && markdown)
            throw new ParameterException(spec.commandLine(), "--json or --markdown, not both");
        Experiment experiment = done(spec, work);
        List<Path> files = out == null ? List.of() : written(experiment, out, command);
        PrintWriter target = spec.commandLine().getOut();
        if (json)
            target.println(ExperimentText.json(experiment));
        else if (markdown)
            target.print(experiment.markdown());
        else
            ExperimentText.print(target, experiment, files);
        target.flush();
    }

    static Experiment done(CommandSpec spec, Work work) {
        try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), DemoCommand.isTerminal())) {
            return work.run(progress);
        } catch (BadDataException | BadMatrixException e) {
            throw new Failure(Exit.FILE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, e.toString(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        } catch (NotConvergedException e) {
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Its files in that directory. */
    static List<Path> written(Experiment experiment, Path directory, String command) {
        try {
            return experiment.write(directory, command);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, "--out " + directory + ": cannot be written: " + Reason.of(e), e);
        }
    }
}
