package org.schiltron.internet;

import java.io.IOException;
import java.util.Arrays;
import org.schiltron.machine.SeededRandom;

/**
 * What an experiment is run with.
 *
 * @param ases      of the generated graph, where no file is given
 * @param seed      decides everything that is drawn
 * @param bots      how many attack
 * @param mailboxes how many there are
 * @param rings     ASes that filter
 * @param server    AS number of the service, or {@link #ANY}
 */
public record Setup(WorldFiles files, int ases, long seed, long bots, int mailboxes, int rings, long server) {
    public static final long ANY = -1;
    public static final long MOST_BOTS = 1_000_000_000;
    public static final int MOST_MAILBOXES = 1_000_000;

    /** The paper's server is planetlab-01.kyushu.jgn2.jp; JGN2 is AS17934. */
    private static final long JGN2 = 17_934;

    public Setup {
        within("bots", bots, 0, MOST_BOTS);
        within("mailboxes", mailboxes, 1, MOST_MAILBOXES);
        within("rings", rings, 0, AsGraph.MAX_NODES);
        within("ases", ases, GeneratedGraph.LEAST, GeneratedGraph.MOST);
    }

    private static void within(String what, long value, long least, long most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(what + " " + value + ": from " + least + " to " + most);
    }

    World world(Progress progress) throws IOException {
        progress.at("loading", -1);
        return World.of(files, ases, seed);
    }

    /** The server's node. */
    int serverNode(World world) {
        AsGraph graph = world.graph();
        if (server != ANY) {
            int node = graph.nodeOf(server);
            if (node < 0)
                throw new IllegalArgumentException("server " + server + ": not in the graph");
            return node;
        }
        int jgn2 = files.asRel() == null ? -1 : graph.nodeOf(JGN2);
        return jgn2 >= 0 && graph.isStub(jgn2) && graph.providerCount(jgn2) > 0
                ? jgn2
                : stubs(world, 1, seed ^ JGN2)[0];
    }

    /**
     * In proportion to where hosts are, among the ASes that reach the server: a way without a valley is one in both directions.
     */
    Mailboxes placed(World world, int serverNode) {
        Routes routes = new Routes(world.graph()).to(serverNode);
        double[] weights = world.hosting().clone();
        for (int u = 0; u < weights.length; u++)
            if (!routes.reaches(u))
                weights[u] = 0;
        if (Arrays.stream(weights).sum() == 0)
            throw new IllegalArgumentException("server " + world.graph().asn(serverNode)
                    + ": no AS for mailboxes is reached from it");
        return Mailboxes.placed(weights, mailboxes);
    }

    /** Stubs with two providers or more, drawn; others where the graph has none. */
    static int[] stubs(World world, int count, long seed) {
        AsGraph graph = world.graph();
        double[] weights = new double[graph.size()];
        for (int u = 0; u < weights.length; u++)
            weights[u] = graph.isStub(u) && graph.providerCount(u) >= 2 ? 1 : graph.isStub(u) ? 1e-9 : 1e-18;
        return Placement.drawn(weights, count, new SeededRandom(seed));
    }
}
