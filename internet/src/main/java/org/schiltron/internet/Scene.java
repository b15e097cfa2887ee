package org.schiltron.internet;

import java.io.IOException;

/**
 * Where a siege of one server takes place.
 *
 * @param server node
 */
record Scene(World world, int server, Mailboxes mailboxes, Ways ways) {
    static Scene of(Setup setup, Progress progress) throws IOException {
        World world = setup.world(progress);
        int server = setup.serverNode(world);
        Mailboxes mailboxes = setup.placed(world, server);
        boolean[] sends = new boolean[world.graph().size()];
        for (int u = 0; u < sends.length; u++)
            sends[u] = world.bots()[u] > 0;
        Ways ways = Ways.of(world.graph(), mailboxes, new int[]{server}, sends, true,
                done -> progress.at("routes", (double) done / mailboxes.ases().length))[0];
        return new Scene(world, server, mailboxes, ways);
    }

    /** The first {@code rings} ASes of the paper's rule filter. */
    boolean[] ringed(int rings) {
        return Region.mask(world.graph(), Region.largestAdjacent(world.graph(), server, rings), rings);
    }
}
