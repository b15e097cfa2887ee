package org.schiltron.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.PublicKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron key delegate}. */
@Command(name = "delegate", description = "Lets another key act for the service for some time, so that its own can stay offline.", footer = {
        "",
        "Prints the delegation, which is no secret, or writes it to --out. A delegation cannot be taken back: keep it",
        "short, and make the next in time. A key that may do everything can do until then what the service can,",
        "but not delegate further and not name a successor.", "", "Uses:",
        "  records      sign the service's records", "  batches      sign batches of first contacts",
        "  handshakes   answer clients", "  tokens       issue tokens", "", "Examples:",
        "  schiltron key delegate --key service.key --for DELEGATEKEY --expires 7d --uses records,batches,handshakes,tokens",
        "  schiltron key delegate --key service.key --for DESKKEY --expires 30d --uses tokens --out desk.delegation"})
final class KeyDelegate implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "the service's secret key file")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Option(names = "--for", required = true, paramLabel = "DELEGATEKEY", description = "the delegate's public key")
    @SuppressWarnings("NullAway.Init")
    private String delegate;

    @Option(names = "--expires", required = true, paramLabel = "TIME", description = "how long it holds: 7d, 12h, 45m, 90s")
    @SuppressWarnings("NullAway.Init")
    private String expires;

    @Option(names = "--uses", required = true, split = ",", paramLabel = "USES", description = "what for: any of records, batches, handshakes, tokens")
    @SuppressWarnings("NullAway.Init")
    private List<String> uses;

    @Option(names = "--out", paramLabel = "FILE", description = "write it there instead of printing it")
    private @Nullable Path out;

    @Option(names = "--json", description = "print {\"delegation\",\"service\",\"delegate\",\"expires\",\"uses\"}")
    private boolean json;

    @Override
    public Integer call() {
        Set<Use> given = EnumSet.noneOf(Use.class);
        uses.forEach(use -> given.add(use(use)));
        PublicKey to;
        try {
            to = PublicKey.parse(delegate);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "--for: " + e.getMessage(), e);
        }
        long now = Lifetime.nowEpochSeconds();
        Delegation made = Delegation.sign(KeyFiles.read(key), to, now, now + Lifetime.seconds("--expires", expires),
                given);
        if (out != null)
            TextFiles.write(out, "# " + made + "\n# for "
                    + String.join(", ", made.uses().stream().map(Use::label).toList()) + " until "
                    + Instant.ofEpochSecond(made.expiresEpochSeconds()) + "\n" + made.text() + "\n");
        if (json) {
            ObjectNode node = Json.MAPPER.createObjectNode().put("delegation", made.text())
                    .put("service", made.service().text()).put("delegate", made.delegate().text())
                    .put("expires", Instant.ofEpochSecond(made.expiresEpochSeconds()).toString());
            made.uses().forEach(use -> node.withArray("uses").add(use.label()));
            spec.commandLine().getOut().println(node);
        } else if (out == null) {
            spec.commandLine().getOut().println(made.text());
        }
        return Exit.OK.code();
    }

    private static Use use(String label) {
        for (Use use : Use.values()) {
            if (use.label().equals(label))
                return use;
        }
        throw new Failure(Exit.USAGE,
                "--uses: \"" + label + "\" is not one of records, batches, handshakes, tokens");
    }
}
