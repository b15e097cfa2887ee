package org.schiltron.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ClientId;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron ban}. */
@Command(name = "ban", description = "Keeps a client from the services protected on this machine, until removed.", footer = {
        "", "A client is named by the id that status and the PROXY header show. Its sessions end at once.", "",
        "Examples:", "  schiltron ban 5f0c1d2e3a4b5c6d7e8f", "  schiltron ban --list",
        "  schiltron ban --remove 5f0c1d2e3a4b5c6d7e8f"})
final class BanCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private What what;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /** One of the three. */
    private static final class What {
        @Parameters(index = "0", paramLabel = "CLIENT", description = "the client's id")
        private @Nullable String client;

        @Option(names = "--list", description = "list who is banned")
        private boolean list;

        @Option(names = "--remove", paramLabel = "CLIENT", description = "let this client in again")
        private @Nullable String remove;
    }

    @Override
    public Integer call() {
        ObjectNode request;
        if (what.client != null)
            request = ControlClient.request("ban").put("client", checked(what.client));
        else if (what.remove != null)
            request = ControlClient.request("unban").put("client", checked(what.remove));
        else
            request = ControlClient.request("bans");
        PrintWriter out = spec.commandLine().getOut();
        for (ObjectNode answer : ControlClient.askAll(ControlDirectory.ofUser(), "protect", request)) {
            if (json)
                out.println(answer);
            else if (what.list)
                answer.path("bans").valueStream().map(JsonNode::asString).forEach(out::println);
            else
                out.println(answer.path("done").asString());
        }
        return Exit.OK.code();
    }

    /** A typing error is one of the arguments, whether or not a service runs here. */
    private static String checked(String client) {
        try {
            ClientId.parse(client);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
        return client;
    }
}
