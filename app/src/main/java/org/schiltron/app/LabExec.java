package org.schiltron.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.schiltron.lab.Lab;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code schiltron lab exec}. */
@Command(name = "exec", description = "Runs a program on a host of the lab that is up.", footer = {"",
        "Hosts know each other by name. The program's exit code is the command's. What runs on when the lab goes down is ended.",
        "", "Examples:", "  schiltron lab exec client -- curl -s http://web/",
        "  schiltron lab exec web -- nginx -g 'daemon off;'"})
final class LabExec implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "HOST", description = "a host with machine = \"program\"")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "the program and its arguments, best after --")
    @SuppressWarnings("NullAway.Init")
    private List<String> command;

    @Override
    public Integer call() {
        LabCommand.checkAllowed();
        try {
            if (Lab.owner().isEmpty())
                throw new Failure(Exit.NOT_RUNNING, "no lab is up: schiltron lab up FILE");
            List<String> hosts = Lab.hosts();
            if (!hosts.contains(host))
                throw new Failure(Exit.USAGE, "there is no host " + host + " for programs; there are "
                        + String.join(", ", hosts));
            List<String> whole = new ArrayList<>(Lab.prefix(host));
            whole.addAll(command.getFirst().equals("--") ? command.subList(1, command.size()) : command);
            Process program = new ProcessBuilder(whole).inheritIO().start();
            // Ctrl-C goes to both: the program decides what it means.
            Signals.onEach("INT", () -> {
            });
            Runtime.getRuntime().addShutdownHook(new Thread(program::destroy));
            return program.waitFor();
        } catch (IOException e) {
            throw LabCommand.failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        }
    }
}
