package org.schiltron.app;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.internet.Setup;
import org.schiltron.internet.WorldFiles;
import picocli.CommandLine.Option;

/** What Internet an experiment is on. */
final class WorldOptions {
    @Option(names = "--as-rel", paramLabel = "FILE", description = "CAIDA AS relationships, serial-1 or serial-2 (default: a generated graph)")
    private @Nullable Path asRel;

    @Option(names = "--addresses", paramLabel = "FILE", description = "AS number, addresses, country, in columns: where hosts are")
    private @Nullable Path addresses;

    @Option(names = "--bots-per-as", paramLabel = "FILE", description = "AS number, country, addresses, then columns of sightings (default: as addresses are)")
    private @Nullable Path botsPerAs;

    @Option(names = "--hosting", paramLabel = "FILE", description = "AS numbers that host servers: mailboxes go there, bots do not")
    private @Nullable Path hosting;

    @Option(names = "--uplinks", paramLabel = "FILE", description = "JSON of mean uplinks by country (default: homes of 2008)")
    private @Nullable Path uplinks;

    @Option(names = "--ases", paramLabel = "N", defaultValue = "20000", description = "size of a generated graph (default ${DEFAULT-VALUE})")
    private int ases;

    @Option(names = "--server", paramLabel = "ASN", defaultValue = "-1", showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER, description = "AS of the service (default: the paper's where the graph has it, else a stub with several providers)")
    private long server;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "decides everything that is drawn (default ${DEFAULT-VALUE})")
    private long seed;

    Setup setup(long bots, int mailboxes, int rings) {
        return new Setup(new WorldFiles(asRel, addresses, botsPerAs, hosting, uplinks), ases, seed, bots, mailboxes,
                rings, server);
    }

    long seed() {
        return seed;
    }

    /** The options that give the same Internet again; files by their names alone. */
    void name(List<String> words) {
        name(words, "--as-rel", asRel);
        name(words, "--addresses", addresses);
        name(words, "--bots-per-as", botsPerAs);
        name(words, "--hosting", hosting);
        name(words, "--uplinks", uplinks);
        if (asRel == null)
            words.add("--ases " + ases);
        if (server != Setup.ANY)
            words.add("--server " + server);
        words.add("--seed " + seed);
    }

    private static void name(List<String> words, String option, @Nullable Path file) {
        if (file != null)
            words.add(option + " " + file.getFileName());
    }
}
