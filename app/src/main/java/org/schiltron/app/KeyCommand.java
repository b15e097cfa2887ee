package org.schiltron.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.schiltron.proof.Identity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schiltron key}. */
@Command(name = "key", description = "Makes keys, shows the public half, and lets keys act for one another.", subcommands = {
        KeyCommand.New.class, KeyCommand.Show.class, KeyDelegate.class, KeySucceed.class}, footer = {"", "Examples:",
                "  schiltron key new service.key",
                "  schiltron key show service.key",
                "  schiltron key delegate --key service.key --for DELEGATEKEY --expires 7d --uses handshakes,batches"})
final class KeyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? new, show, delegate or succeed");
    }

    private static void print(CommandSpec spec, boolean json, Identity identity, Path file) {
        PrintWriter out = spec.commandLine().getOut();
        String key = identity.publicKey().text();
        if (json)
            out.println(Json.MAPPER.createObjectNode().put("file", file.toString()).put("publicKey", key));
        else
            out.println(key);
    }

    /** {@code schiltron key new}. */
    @Command(name = "new", description = "Makes a secret key, writes it (mode 0600) and prints its public key.", footer = {
            "", "The key of a service is the service: whoever has the file can answer in its place.",
            "The same kind of key names a customer at a ring node.", "", "Examples:",
            "  schiltron key new service.key", "  schiltron key new /etc/schiltron/shop.key --json"})
    static final class New implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "FILE", description = "to write; must not exist")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(names = "--json", description = "print {\"file\",\"publicKey\"}")
        private boolean json;

        @Override
        public Integer call() {
            print(spec, json, KeyFiles.create(file), file);
            return Exit.OK.code();
        }
    }

    /** {@code schiltron key show}. */
    @Command(name = "show", description = "Prints the public key of a secret key.", footer = {"", "Examples:",
            "  schiltron key show service.key"})
    static final class Show implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "FILE", description = "a file made by key new")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(names = "--json", description = "print {\"file\",\"publicKey\"}")
        private boolean json;

        @Override
        public Integer call() {
            print(spec, json, KeyFiles.read(file), file);
            return Exit.OK.code();
        }
    }
}
