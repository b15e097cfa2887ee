package org.schiltron.internet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SeededRandom;

/**
 * A graph and what is known of its ASes.
 *
 * @param addresses announced, by node: where hosts are
 * @param country   by node, where known
 * @param bots      how likely an attacker is at each node
 * @param hosting   by node: whether mailboxes are put there
 * @param uplinks   of homes by country; null: the classes of {@link HomeUplinks}
 * @param sources   what it was made of, a line each, for reports
 */
record World(AsGraph graph, double[] addresses, @Nullable String[] country, double[] bots, double[] hosting,
        @Nullable CountryUplinks uplinks, byte[] ranks, List<String> sources) {
    /** The column of {@link WorldFiles#bots} where counts begin: after AS number, country and addresses. */
    private static final int FIRST_SIGHTINGS = 3;

    /** @throws BadDataException with file, line and reason */
    static World of(WorldFiles files, int ases, long seed) throws IOException {
        List<String> sources = new ArrayList<>();
        double[] madeUp;
        AsGraph graph;
        Path asRel = files.asRel();
        if (asRel == null) {
            GeneratedGraph generated = GeneratedGraph.of(ases, new SeededRandom(seed));
            graph = generated.graph();
            madeUp = generated.addresses();
            sources.add("graph: generated, " + size(graph));
        } else {
            AsRelFile file = AsRelFile.load(asRel);
            graph = file.graph();
            madeUp = GeneratedGraph.addresses(graph, new SeededRandom(~seed));
            sources.add("graph: " + asRel.getFileName() + ", " + size(graph)
                    + (file.apart() == 0 ? "" : "; " + file.apart() + " ASes apart from the rest"));
        }
        double[] addresses = madeUp;
        @Nullable
        String[] country = new @Nullable String[graph.size()];
        Path counts = files.addresses();
        if (counts == null) {
            sources.add("addresses: made up, heavy-tailed, more where there are more customers");
        } else {
            AsWeights loaded = AsWeights.load(counts, graph, 1, 1, 2);
            addresses = loaded.values();
            country = loaded.country();
            sources.add("addresses: " + counts.getFileName() + ", " + loaded.outside()
                    + " of its ASes not in the graph");
        }
        double[] hosting = hosting(files.hosting(), graph, sources);
        double[] bots = bots(files.bots(), graph, addresses, hosting, sources);
        CountryUplinks uplinks = uplinks(files.uplinks(), sources);
        return new World(graph, addresses, country, bots, hosting == null ? addresses : hosting, uplinks,
                Capacities.ranks(graph, addresses), List.copyOf(sources));
    }

    private static String size(AsGraph graph) {
        return graph.size() + " ASes, " + graph.links() + " links";
    }

    private static double @Nullable [] hosting(@Nullable Path file, AsGraph graph, List<String> sources)
            throws IOException {
        if (file == null)
            return null;
        sources.add("mailboxes: in the ASes of " + file.getFileName());
        return AsWeights.load(file, graph, -1, -1, -1).values();
    }

    private static double[] bots(@Nullable Path file, AsGraph graph, double[] addresses, double @Nullable [] hosting,
            List<String> sources) throws IOException {
        double[] bots = addresses.clone();
        if (file != null)
            bots = AsWeights.load(file, graph, FIRST_SIGHTINGS, Integer.MAX_VALUE, -1).values();
        String from = file == null ? "bots: in proportion to addresses" : "bots: sightings in " + file.getFileName();
        for (int u = 0; hosting != null && u < bots.length; u++)
            if (hosting[u] > 0)
                bots[u] = 0;
        if (Arrays.stream(bots).sum() == 0)
            throw new BadDataException(String.valueOf(file), 0, "all its ASes are among those of the mailboxes");
        sources.add(from + (hosting == null ? "" : ", none in the ASes of mailboxes"));
        return bots;
    }

    private static @Nullable CountryUplinks uplinks(@Nullable Path file, List<String> sources) throws IOException {
        sources.add("bots' uplinks: " + (file == null ? HomeUplinks.WORDS : file.getFileName()));
        return file == null ? null : CountryUplinks.load(file);
    }
}
