package org.schiltron.internet;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * All routes that a siege needs: everyone to each AS with mailboxes, everyone to the server, and the server's own to the
 * mailboxes. They depend on the graph alone, so one set serves all numbers of bots and all regions.
 *
 * @param toMailboxes  of each AS with mailboxes
 * @param fromServer   the slots from the server to each AS with mailboxes
 * @param toServer     of all that send
 * @param mailboxWays  the slots from each AS with mailboxes to the server
 * @param connected    of each AS with mailboxes, whether it and the server reach each other
 */
record Ways(Tree[] toMailboxes, int[][] fromServer, Tree toServer, int[][] mailboxWays, boolean[] connected) {
    private static final int STEP = 64;

    /**
     * @param servers  nodes; the routes to mailboxes are found once for all of them
     * @param sends    by node: who may attack
     * @param flooded  whether mailboxes are; otherwise their trees stay empty
     * @param progress hears how many of the mailboxes' ASes are done
     * @return one for each of {@code servers}
     */
    static Ways[] of(AsGraph graph, Mailboxes mailboxes, int[] servers, boolean[] sends, boolean flooded,
            IntConsumer progress) {
        int[] ases = mailboxes.ases();
        if (flooded)
            fits(ases.length, sends, mailboxes.count());
        Tree[] trees = new Tree[ases.length];
        int[][][] fromServer = new int[servers.length][ases.length][];
        boolean[][] connected = new boolean[servers.length][ases.length];
        ThreadLocal<Routes> routes = ThreadLocal.withInitial(() -> new Routes(graph));
        for (int begin = 0; begin < ases.length; begin += STEP) {
            int end = Math.min(ases.length, begin + STEP);
            IntStream.range(begin, end).parallel().forEach(i -> {
                Routes found = routes.get().to(ases[i]);
                trees[i] = flooded ? Tree.of(found, ases[i], sends) : new Tree(ases[i], new int[0]);
                for (int server = 0; server < servers.length; server++) {
                    fromServer[server][i] = found.path(servers[server]);
                    connected[server][i] = found.reaches(servers[server]);
                }
            });
            progress.accept(end);
        }
        boolean[] all = sends.clone();
        for (int as : ases)
            all[as] = true;
        Ways[] ways = new Ways[servers.length];
        for (int server = 0; server < servers.length; server++) {
            Routes toServer = new Routes(graph).to(servers[server]);
            ways[server] = new Ways(trees, fromServer[server], Tree.of(toServer, servers[server], all),
                    Arrays.stream(ases).mapToObj(toServer::path).toArray(int[][]::new), connected[server]);
        }
        return ways;
    }

    /** Whether the heap holds the routes to so many ASes. */
    static boolean fit(int ases, boolean[] sends) {
        return mebibytes(ases, sends) <= mostMebibytes();
    }

    private static long mebibytes(int ases, boolean[] sends) {
        long senders = 0;
        for (boolean sender : sends)
            senders += sender ? 1 : 0;
        return ases * senders * Integer.BYTES >> 20;
    }

    private static long mostMebibytes() {
        return Runtime.getRuntime().maxMemory() * 2 / 3 >> 20;
    }

    private static void fits(int ases, boolean[] sends, int mailboxes) {
        long mebibytes = mebibytes(ases, sends);
        long most = mostMebibytes();
        if (mebibytes > most)
            throw new IllegalArgumentException(
                    "mailboxes " + mailboxes + ": the routes to their " + ases + " ASes take "
                            + mebibytes + " MiB, and the heap allows " + most
                            + ": fewer of them, or more heap (SCHILTRON_JAVA_OPTS=-Xmx4g)");
    }
}
