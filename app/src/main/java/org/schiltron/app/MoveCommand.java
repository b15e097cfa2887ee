package org.schiltron.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron move}. */
@Command(name = "move", description = "Takes the service protected on this machine to other ring nodes, or to another host, with its sessions.", footer = {
        "",
        "--ring: at once, while it runs. Sessions and connections go on; the ring nodes that are left are heard for",
        "another minute. Write the new ones into the settings too: they hold until the service is started again.",
        "--to: ends the service here and writes its sessions for protect --resume, which must start within ten minutes",
        "with the same key and mailboxes. Sessions go on there; their connections to the backend are made anew. Copy the",
        "key file and those beside it (.bans, .revoked) beforehand. What is written is sealed with the service's key.",
        "",
        "Examples:", "  schiltron move --ring r3.example.net:4600 r4.example.net:4600",
        "  schiltron move --to - | ssh new.example.net schiltron protect 127.0.0.1:8080 -c protect.toml --resume -"})
final class MoveCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Where where;

    @Option(names = "--pid", paramLabel = "PID", description = "of the protect process, where several run")
    private @Nullable Long pid;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /** One of the two. */
    private static final class Where {
        @Option(names = "--ring", arity = "1..*", split = ",", paramLabel = "RING", description = "[KEY@]HOST:PORT of the ring nodes that take the place of the present ones")
        private @Nullable List<String> rings;

        @Option(names = "--to", paramLabel = "FILE", description = "hand the sessions over in this file, - for standard output")
        private @Nullable String to;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<String> rings = where.rings;
        if (rings != null) {
            rings.forEach(MoveCommand::checked);
            ObjectNode request = ControlClient.request("move");
            rings.forEach(request.putArray("rings")::add);
            done(ask(request), out);
        } else if (HandOverFile.PIPE.equals(where.to)) {
            if (json)
                throw new Failure(Exit.USAGE, "--json and --to -: both would write to standard output");
            out.println(ask(ControlClient.request("hand-over")).path("sessions").asString());
        } else {
            Path file = Path.of(String.valueOf(where.to));
            HandOverFile.prepare(file);
            ObjectNode answer;
            try {
                answer = ask(ControlClient.request("hand-over"));
            } catch (Failure e) {
                HandOverFile.abandon(file);
                throw e;
            }
            HandOverFile.write(file, answer.path("sessions").asString());
            answer.remove("sessions");
            done(answer, out);
        }
        return Exit.OK.code();
    }

    private ObjectNode ask(ObjectNode request) {
        return ControlClient.askOne(ControlDirectory.ofUser(), "protect", pid, request, PATIENCE);
    }

    private void done(ObjectNode answer, PrintWriter out) {
        out.println(json ? answer.toString() : answer.path("done").asString());
    }

    /** A typing error is one of the arguments, whether or not a service runs here. */
    private static void checked(String ring) {
        try {
            var _ = ProtectSettings.ring(ring);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "--ring " + ring + ": " + e.getMessage(), e);
        }
    }
}
