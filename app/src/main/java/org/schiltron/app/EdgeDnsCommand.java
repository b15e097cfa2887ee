package org.schiltron.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schiltron edge dns}. */
@Command(name = "dns", description = "Moves clients: puts an edge's addresses at the service's name in the DNS, or takes them away.", footer = {
        "",
        "The file is that of edge --dns, which does both by itself when it starts and stops (docs/EDGES.md). Resolvers",
        "keep what they know for the record's time to live.", "", "Examples:",
        "  schiltron edge dns remove paris-dns.toml     clients go to the other edges", //
        "  schiltron edge dns add paris-dns.toml"})
final class EdgeDnsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "WHAT", description = "add or remove")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Parameters(index = "1", paramLabel = "FILE", description = "name server, zone, name, key and addresses")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Override
    public Integer call() {
        if (!what.equals("add") && !what.equals("remove"))
            throw new Failure(Exit.USAGE, "\"" + what + "\" is neither add nor remove");
        EdgeDns dns = EdgeDns.read(file);
        if (what.equals("add"))
            dns.add();
        else
            dns.remove();
        spec.commandLine().getOut().println(dns.name() + ": " + (what.equals("add") ? "added " : "removed ")
                + String.join(", ", dns.addresses().stream().map(Object::toString).toList()));
        return Exit.OK.code();
    }
}
