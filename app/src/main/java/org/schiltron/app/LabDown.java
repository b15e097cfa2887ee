package org.schiltron.app;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.schiltron.lab.Lab;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code schiltron lab down}. */
@Command(name = "down", description = "Ends the lab that is up and all programs on its hosts; removes what one that was killed has left.", footer = {
        "", "Examples:", "  schiltron lab down"})
final class LabDown implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        LabCommand.checkAllowed();
        try {
            List<String> hosts = Lab.down();
            spec.commandLine().getOut().println(hosts.isEmpty()
                    ? "no lab was up, nothing was left"
                    : "down: " + String.join(", ", hosts));
            return Exit.OK.code();
        } catch (IOException e) {
            throw LabCommand.failed(e);
        }
    }
}
