package org.schiltron.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ClientId;
import org.schiltron.swarm.ClientLimits;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron ban}. */
@Command(name = "ban", description = "Keeps a client from the services protected on this machine, or to limits, until removed.", footer = {
        "",
        "A client is named by the id that status and the PROXY header show. A ban ends its sessions at once; limits",
        "hold at once too, for all its sessions together. What --limit leaves out is as for every client.", "",
        "Examples:", "  schiltron ban 5fayzlb7lq3vvarn",
        "  schiltron ban 5fayzlb7lq3vvarn --limit sessions=1,streams=8,packets-per-second=100",
        "  schiltron ban --list", "  schiltron ban --remove 5fayzlb7lq3vvarn"})
final class BanCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private What what;

    @Option(names = "--limit", paramLabel = "LIMITS", description = "do not ban CLIENT, keep it to these: sessions=N, streams=N, packets-per-second=N")
    private @Nullable String limit;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /** One of the three. */
    private static final class What {
        @Parameters(index = "0", paramLabel = "CLIENT", description = "the client's id")
        private @Nullable String client;

        @Option(names = "--list", description = "list who is banned or limited")
        private boolean list;

        @Option(names = "--remove", paramLabel = "CLIENT", description = "neither ban nor limit this client any more")
        private @Nullable String remove;
    }

    @Override
    public Integer call() {
        ObjectNode request;
        if (limit != null && what.client == null)
            throw new Failure(Exit.USAGE, "--limit is for one client: schiltron ban CLIENT --limit " + limit);
        if (what.client != null && limit != null)
            request = ControlClient.request("limit").put("client", checked(what.client)).put("limits",
                    checkedLimits(limit));
        else if (what.client != null)
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
                list(answer, out);
            else
                out.println(answer.path("done").asString());
        }
        return Exit.OK.code();
    }

    /** As the file has them: an id alone is banned. */
    private static void list(ObjectNode answer, PrintWriter out) {
        answer.path("bans").valueStream().map(JsonNode::asString).forEach(out::println);
        for (JsonNode node : answer.path("limits"))
            out.println(node.path("client").asString() + " " + LimitsText.of(new ClientLimits(
                    node.path("sessions").asInt(), node.path("streams").asInt(),
                    node.path("packetsPerSecond").asInt())));
    }

    private static String checkedLimits(String limits) {
        try {
            LimitsText.parse(limits, ClientLimits.DEFAULT);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
        return limits;
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
