package org.schiltron.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.schiltron.filter.RuleSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron lab rules}. */
@Command(name = "rules", description = "Puts other rules at a router of the lab that is up, at its gate = \"rules\".", footer = {
        "",
        "The old ones are forgotten, with what they remember of limits and requests.", "", "Examples:",
        "  schiltron lab rules ring docs/attacks/closed.toml"})
final class LabRules implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "ROUTER", description = "of the scenario")
    @SuppressWarnings("NullAway.Init")
    private String router;

    @Parameters(index = "1", paramLabel = "FILE", description = "the rules (docs/RULES.md)")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Override
    public Integer call() {
        RuleSet rules = RingRules.read(file); // what is wrong with it is said here
        LabCommand.checkAllowed();
        ObjectNode request = ControlClient.request("rules").put("router", router).put("file",
                file.toAbsolutePath().toString());
        PrintWriter out = spec.commandLine().getOut();
        for (ObjectNode _ : ControlClient.askAll(ControlDirectory.ofUser(), "lab", request))
            out.println("router " + router + " has the rules of " + file + ": " + rules.rules().size());
        return Exit.OK.code();
    }
}
