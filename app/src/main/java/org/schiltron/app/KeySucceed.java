package org.schiltron.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Succession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schiltron key succeed}. */
@Command(name = "succeed", description = "Names the key under which a service goes on.", footer = {"",
        "Both keys sign. Publish what it prints with the first record of the new key (record sign --succession FILE):",
        "clients that know the old key then take the new one. For keys that are given up, not for stolen ones: a thief",
        "can name a successor as well.", "", "Examples:",
        "  schiltron key succeed --key service.key --new next.key --out service.succession"})
final class KeySucceed implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "the secret key file that is given up")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Option(names = "--new", required = true, paramLabel = "FILE", description = "the secret key file that takes its place")
    @SuppressWarnings("NullAway.Init")
    private Path next;

    @Option(names = "--out", paramLabel = "FILE", description = "write it there instead of printing it")
    private @Nullable Path out;

    @Option(names = "--json", description = "print {\"succession\",\"from\",\"to\"}")
    private boolean json;

    @Override
    public Integer call() {
        Identity from = KeyFiles.read(key);
        Identity to = KeyFiles.read(next);
        if (from.publicKey().equals(to.publicKey()))
            throw new Failure(Exit.USAGE, "--new: " + next + " holds the same key as " + key);
        Succession made = Succession.sign(from, to, Lifetime.nowEpochSeconds());
        if (out != null)
            TextFiles.write(out, "# " + made + "\n" + made.text() + "\n");
        if (json)
            spec.commandLine().getOut().println(Json.MAPPER.createObjectNode().put("succession", made.text())
                    .put("from", made.from().text()).put("to", made.to().text()));
        else if (out == null)
            spec.commandLine().getOut().println(made.text());
        return Exit.OK.code();
    }
}
