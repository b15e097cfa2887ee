package org.schiltron.internet;

import java.io.IOException;
import java.util.Arrays;

/**
 * Where a siege of one server takes place.
 *
 * @param server node
 */
record Scene(World world, int server, Mailboxes mailboxes, Ways ways) {
    static Scene of(Setup setup, Progress progress) throws IOException {
        World world = setup.world(progress);
        int server = setup.serverNode(world);
        return of(world, server, setup.placed(world, server), progress);
    }

    static Scene of(World world, int server, Mailboxes mailboxes, Progress progress) {
        Ways ways = Ways.of(world.graph(), mailboxes, new int[]{server}, senders(world), true,
                done -> progress.at("routes", (double) done / mailboxes.ases().length))[0];
        return new Scene(world, server, mailboxes, ways);
    }

    /** By node: who may attack. */
    static boolean[] senders(World world) {
        boolean[] sends = new boolean[world.graph().size()];
        for (int u = 0; u < sends.length; u++)
            sends[u] = world.bots()[u] > 0;
        return sends;
    }

    /** For sieges of the server alone: no steps along routes that carry nothing. */
    Scene ofServerAlone() {
        Tree[] empty = Arrays.stream(mailboxes.ases()).mapToObj(as -> new Tree(as, new int[0])).toArray(Tree[]::new);
        return new Scene(world, server, mailboxes,
                new Ways(empty, ways.fromServer(), ways.toServer(), ways.mailboxWays(), ways.connected()));
    }

    /** The first {@code rings} ASes of the paper's rule filter. */
    boolean[] ringed(int rings) {
        return Region.mask(world.graph(), Region.largestAdjacent(world.graph(), server, rings), rings);
    }
}
