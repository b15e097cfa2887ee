package org.schiltron.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron ring mode}. */
@Command(name = "mode", description = "Says by hand where a service is reached: at its normal address, or a secure one.", footer = {
        "", "For a ring on this machine that was started with --modes FILE. What a person says holds until auto.", "",
        "Examples:", "  schiltron ring mode secure", "  schiltron ring mode auto"})
final class RingMode implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODE", description = "normal, secure, or auto: the watched link decides")
    @SuppressWarnings("NullAway.Init")
    private String mode;

    @Option(names = "--pid", paramLabel = "PID", description = "of the ring process, where several run")
    private @Nullable Long pid;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        if (!mode.equals("normal") && !mode.equals("secure") && !mode.equals("auto"))
            throw new Failure(Exit.USAGE, "\"" + mode + "\" is no mode: normal, secure or auto");
        ObjectNode answer = ControlClient.askOne(ControlDirectory.ofUser(), "ring", pid,
                ControlClient.request("mode").put("mode", mode), PATIENCE);
        var now = answer.path("mode");
        spec.commandLine().getOut().println(json
                ? now.toString()
                : "mode: " + now.path("mode").asString() + " (" + (mode.equals("auto") ? "auto" : "held") + "), "
                        + now.path("service").asString() + " at " + now.path("address").asString());
        return Exit.OK.code();
    }
}
