package org.schiltron.app;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.schiltron.edge.BearerTokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schiltron edge issue-token}. */
@Command(name = "issue-token", description = "Makes a token by which an edge lets a client in.", footer = {"",
        "Whoever has it is let in, so it belongs into TLS and not into a chat. Clients send it as",
        "Authorization: Bearer TOKEN; browsers are asked for it by the edge's page.", "", "Examples:",
        "  schiltron edge issue-token --key edge.key --service shop --for alice --expires 30d"})
final class EdgeIssueToken implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "the edges' secret key file")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Option(names = "--service", paramLabel = "NAME", defaultValue = "service", description = "the service's name in the file of services (default: service, that of an edge without one)")
    @SuppressWarnings("NullAway.Init")
    private String service;

    @Option(names = "--for", required = true, paramLabel = "CLIENT", description = "who it is for: 1-64 of letters, digits, _ @ + . -")
    @SuppressWarnings("NullAway.Init")
    private String client;

    @Option(names = "--expires", required = true, paramLabel = "TIME", description = "how long it holds: 30d, 12h, 45m, 90s")
    @SuppressWarnings("NullAway.Init")
    private String expires;

    @Override
    public Integer call() {
        long end = Lifetime.end("--expires", expires, Lifetime.nowEpochSeconds());
        BearerTokens tokens = new BearerTokens(EdgeDoors.signing(KeyFiles.read(key)), service, List.of());
        try {
            spec.commandLine().getOut().println(tokens.issue(client, end));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "--for: " + e.getMessage(), e);
        }
        return Exit.OK.code();
    }
}
