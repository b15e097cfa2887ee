package org.schiltron.internet;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One point of a figure: bots against mailboxes or server, and what still gets through from each mailbox to the server
 * (section 4.3 of the paper). Clients reach their mailboxes unmolested, as the paper assumes; a packet has come through
 * when the server's request for it has reached the mailbox and the packet has reached the server.
 *
 * <pre>
 *   bots --> [links between ASes] --> [mailbox's access link]          request: server --> mailbox
 *   bots --> [links between ASes] --|ring|--> [server's access link]   packet:  mailbox --> server
 * </pre>
 *
 * @param mailboxBits of a mailbox's access link, each direction
 * @param serverBits  of the server's
 * @param goodBits    of all clients together, shared by all mailboxes alike
 * @param atServer    the share of the attack that goes to the server's address; the rest goes to the mailboxes
 */
record Siege(Scene scene, Capacities capacities, double mailboxBits, double serverBits, double goodBits,
        double atServer) {
    /** A request beside a full packet: about 120 of 1,200 bytes. */
    static final double REQUEST_SHARE = 0.1;

    /** @param ringed by node */
    Result against(Botnet botnet, boolean[] ringed, IntConsumer progress) {
        AsGraph graph = scene.world().graph();
        Mailboxes mailboxes = scene.mailboxes();
        Ways ways = scene.ways();
        double perMailbox = goodBits / mailboxes.count();
        int groups = mailboxes.ases().length;
        double[] targetOfGroup = new double[groups];
        for (int i = 0; i < mailboxes.count(); i++)
            targetOfGroup[mailboxes.group()[i]] += botnet.targets()[i];
        double[] sources = new double[graph.size()];
        for (int g = 0; g < groups; g++)
            sources[mailboxes.ases()[g]] = perMailbox * mailboxes.counts()[g];
        List<Demand> demands = new ArrayList<>(groups + 2);
        for (int g = 0; g < groups; g++)
            demands.add(Demand.of(ways.toMailboxes()[g], botnet.rates(), (1 - atServer) * targetOfGroup[g])
                    .withPath(ways.fromServer()[g], REQUEST_SHARE * perMailbox * mailboxes.counts()[g]));
        demands.add(Demand.of(ways.toServer(), sources, 1));
        demands.add(Demand.attack(ways.toServer(), botnet.rates(), atServer));
        Loads loads = new Congestion(graph, capacity(), demands, ringed).solve(progress);
        return result(botnet, loads, targetOfGroup);
    }

    /** Bit/s of each slot. Where the server's link is faster than its network's category, the network's are as fast. */
    private double[] capacity() {
        AsGraph graph = scene.world().graph();
        double[] capacity = capacities.of(graph, scene.world().ranks());
        for (int slot = 0; slot < capacity.length; slot++)
            if (graph.from[slot] == scene.server() || graph.to[slot] == scene.server())
                capacity[slot] = Math.max(capacity[slot], serverBits);
        return capacity;
    }

    private Result result(Botnet botnet, Loads loads, double[] targetOfGroup) {
        Mailboxes mailboxes = scene.mailboxes();
        Ways ways = scene.ways();
        double perMailbox = goodBits / mailboxes.count();
        int groups = mailboxes.ases().length;
        double serverPasses = passing(serverBits, loads.arrived()[groups] + loads.arrived()[groups + 1]);
        double[] arrives = new double[mailboxes.count()];
        double[] access = new double[mailboxes.count()];
        for (int i = 0; i < arrives.length; i++) {
            int g = mailboxes.group()[i];
            double requests = REQUEST_SHARE * perMailbox * loads.passing(ways.fromServer()[g]);
            double flood = loads.arrived()[g] - requests * mailboxes.counts()[g];
            double own = targetOfGroup[g] == 0 ? 0 : flood * botnet.targets()[i] / targetOfGroup[g];
            access[i] = own;
            arrives[i] = !ways.connected()[g]
                    ? 0
                    : loads.passing(ways.fromServer()[g]) * passing(mailboxBits, own + requests + perMailbox)
                            * loads.passing(ways.mailboxWays()[g]) * serverPasses;
        }
        return new Result(arrives, access, loads, serverPasses);
    }

    static double passing(double capacity, double offered) {
        return offered <= capacity ? 1 : capacity / offered;
    }

    /**
     * @param arrives of each mailbox, the share of packets that reach the server through it
     * @param flood   of each mailbox, bit/s of attack at its access link
     * @param serverPasses the server's access link's share
     */
    record Result(double[] arrives, double[] flood, Loads loads, double serverPasses) {
        /** The share of mailboxes that lose at most {@code loss}. */
        double within(double loss) {
            int count = 0;
            for (double share : arrives)
                if (share >= 1 - loss)
                    count++;
            return (double) count / arrives.length;
        }

        double mean() {
            double sum = 0;
            for (double share : arrives)
                sum += share;
            return sum / arrives.length;
        }
    }
}
