package org.schiltron.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.schiltron.lab.Lab;
import org.schiltron.lab.LabStatus;
import org.schiltron.scenario.Attack;
import org.schiltron.scenario.LiveScenario;
import org.schiltron.scenario.Scenario;
import org.schiltron.sim.PacketFlood;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron lab up}: a process of its own, which stays until {@code lab down}. */
@Command(name = "up", description = "Sets a scenario up in real time: a namespace for each host with machine = \"program\".", footer = {
        "",
        "Returns when it is up; what the scenario's floods and clients do begins then. Removes first what a lab that was killed",
        "has left.", "", "Examples:", "  schiltron lab up docs/scenarios/lab.toml",
        "  schiltron lab up --foreground lab.toml      stays here until Ctrl-C"})
final class LabUp implements Callable<Integer> {
    private static final String READY = "up: ";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the scenario (docs/SCENARIOS.md)")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--seed", paramLabel = "N", description = "decides losses and keys, but real programs keep their own time (default 1)")
    private long seed = 1;

    @Option(names = "--foreground", description = "stay, and take everything down when ended")
    private boolean foreground;

    @Override
    public Integer call() {
        Scenario scenario = SimRun.read(file);
        LabCommand.checkAllowed();
        if (!foreground)
            return background();
        try (RoleProcess process = new RoleProcess("lab")) {
            Lab lab = process.closeLater(open(scenario, process));
            process.listen(status -> report(lab, status), (ask, request) -> answer(lab, ask, request));
            print(lab, spec.commandLine().getOut());
            process.await();
        }
        return Exit.OK.code();
    }

    private Lab open(Scenario scenario, RoleProcess process) {
        try {
            return Lab.up(scenario, seed, fault -> process.fail(
                    new Failure(Exit.BUG, "the lab was stopped by a fault in Schiltron, please report it: " + fault,
                            fault)));
        } catch (IOException e) {
            throw LabCommand.failed(e);
        }
    }

    private void print(Lab lab, PrintWriter out) {
        List<LiveScenario.Program> programs = lab.scenario().programs();
        for (LiveScenario.Program program : programs)
            out.println(program.host() + ": " + Lab.text(program.ipv4().getFirst()) + ", " + Lab.text(program.ipv6()));
        out.println(READY + file.getFileName() + ", seed " + seed + ", process " + ProcessHandle.current().pid()
                + "; schiltron lab exec " + programs.getFirst().host() + " -- COMMAND");
        out.flush();
    }

    // What the running lab answers

    private static void report(Lab lab, ObjectNode status) {
        LabStatus now = Part.answer(lab.status());
        // What measurements here are wrong by.
        status.putObject("lateMs").put("p50", now.lateNs() * 1e-6).put("p99", now.lateP99Ns() * 1e-6).put("most",
                now.lateMostNs() * 1e-6);
        status.setAll(ScenarioText.json(now.result()));
    }

    private static ObjectNode answer(Lab lab, String ask, JsonNode request) {
        return switch (ask) {
            case "attack" -> attack(lab, request);
            case "rules" -> rules(lab, request);
            default -> throw new Failure(Exit.USAGE, "a lab does not know the request \"" + ask + "\"");
        };
    }

    private static ObjectNode rules(Lab lab, JsonNode request) {
        return done(() -> {
            lab.rules(request.path("router").asString(), RingRules.read(Path.of(request.path("file").asString())))
                    .join();
            return Json.MAPPER.createObjectNode();
        });
    }

    private static ObjectNode attack(Lab lab, JsonNode request) {
        return done(() -> {
            Attack attack = new Attack(request.path("from").asString(), request.path("target").asString(),
                    PacketFlood.Kind.valueOf(request.path("kind").asString()), request.path("port").asInt(),
                    request.path("rateBytesPerSecond").asLong(), request.path("payload").asInt(),
                    request.path("spoofed").asBoolean(), request.path("durationNs").asLong());
            return Json.MAPPER.createObjectNode().put("packetsPerSecond", lab.attack(attack).join());
        });
    }

    /** What the lab refuses is the asker's mistake. */
    private static ObjectNode done(Supplier<ObjectNode> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (java.util.concurrent.CompletionException e) {
            throw new Failure(Exit.USAGE,
                    String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
        }
    }

    // In the background

    /** Starts this very command again, with {@code --foreground}, and passes on what it says until it is up. */
    private int background() {
        PrintWriter out = spec.commandLine().getOut();
        Path errors = null;
        try {
            errors = Files.createTempFile("schiltron-lab", ".log");
            Process lab = new ProcessBuilder(again()).redirectError(errors.toFile())
                    .redirectInput(Path.of("/dev/null").toFile()).start();
            try (BufferedReader said = new BufferedReader(
                    new InputStreamReader(lab.getInputStream(), StandardCharsets.UTF_8))) {
                String line;
                while ((line = said.readLine()) != null) {
                    out.println(line);
                    if (line.startsWith(READY))
                        return Exit.OK.code();
                }
            }
            int code = lab.waitFor();
            spec.commandLine().getErr().print(Files.readString(errors));
            spec.commandLine().getErr().flush();
            return code == 0 ? Exit.FAILED.code() : code;
        } catch (IOException e) {
            throw LabCommand.failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        } finally {
            if (errors != null)
                errors.toFile().delete(); // the lab keeps it open
        }
    }

    private List<String> again() throws IOException {
        String all = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
        List<String> command = new ArrayList<>(List.of(all.split("\0", -1)));
        command.removeLast(); // after the last zero
        int arguments = command.size() - spec.root().commandLine().getParseResult().originalArgs().size();
        List<String> again = new ArrayList<>(List.of("setsid")); // Ctrl-C here is not for it
        again.addAll(command.subList(0, arguments));
        again.addAll(List.of("lab", "up", "--foreground", "--seed", Long.toString(seed),
                file.toAbsolutePath().toString()));
        return again;
    }
}
