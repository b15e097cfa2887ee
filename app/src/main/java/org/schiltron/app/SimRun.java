package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.toml.BadFileException;
import org.schiltron.scenario.Result;
import org.schiltron.scenario.Scenario;
import org.schiltron.scenario.ScenarioRun;
import org.schiltron.sim.SimulationFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schiltron sim run}. */
@Command(name = "run", description = "Runs a scenario, packet by packet, in virtual time: hosts, links, routers, machines and attackers from a file.", footer = {
        "", "docs/SCENARIOS.md lists what a file may say. One seed decides everything: the same gives the same bytes.",
        "",
        "Examples:", "  schiltron sim run docs/scenarios/flood.toml",
        "  schiltron sim run docs/scenarios/flood.toml --seed 7 --pcap service=service.pcap",
        "  schiltron sim run docs/scenarios/flood.toml --replay 7 --json"})
final class SimRun implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the scenario")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--seed", paramLabel = "N", description = "decides everything that is drawn (default 1)")
    private @Nullable Long seed;

    @Option(names = "--replay", paramLabel = "SEED", description = "the same, for a seed that a run has printed")
    private @Nullable Long replay;

    @Option(names = "--pcap", paramLabel = "LINK=FILE", description = "write what a link carries, both directions, for tcpdump and the like; LINK is a link's name, or a host's for its access link; may be repeated")
    private Map<String, Path> pcap = new LinkedHashMap<>();

    @Option(names = "--json", description = "one JSON object: {\"scenario\",\"seed\",\"links\",\"clients\",...}")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter target = spec.commandLine().getOut();
        ScenarioRun run = new ScenarioRun(read(file), seed());
        capture(run);
        Result result;
        try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), DemoCommand.isTerminal())) {
            result = run.run(part -> progress.at("running " + file.getFileName(), part));
        } catch (SimulationFailure e) {
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, "--pcap: cannot be written: " + Reason.of(e), e);
        }
        if (json)
            target.println(ScenarioText.json(result));
        else
            ScenarioText.print(target, result);
        target.flush();
        return Exit.OK.code();
    }

    private long seed() {
        if (seed != null && replay != null)
            throw new ParameterException(spec.commandLine(), "--seed and --replay are the same: give one of them");
        if (seed != null)
            return seed;
        return replay == null ? 1 : replay;
    }

    /** @throws Failure with file, line and reason */
    static Scenario read(Path file) {
        try {
            return Scenario.read(file);
        } catch (BadFileException e) {
            throw new Failure(Exit.FILE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private void capture(ScenarioRun run) {
        for (String link : pcap.keySet()) {
            try {
                run.checkLink(link);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--pcap " + link + ": " + e.getMessage(), e);
            }
        }
        for (Map.Entry<String, Path> entry : pcap.entrySet()) {
            try {
                run.capture(entry.getKey(), Files.newOutputStream(entry.getValue()));
            } catch (IOException e) {
                throw new Failure(Exit.FILE, "--pcap " + entry.getValue() + ": cannot be written: " + Reason.of(e), e);
            }
        }
    }
}
