package org.schiltron.overlays;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.schiltron.edge.Node;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.NodeRole;
import org.schiltron.edge.Planned;
import org.schiltron.edge.Route;
import org.schiltron.edge.RoutePlanner;
import org.schiltron.edge.RouteSettings;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;

/**
 * The nodes before one service and the requests of a round over one route, as the planner of edges draws them: who hands on to
 * whom how often, and who sends to the service.
 */
final class Overlay {
    /** Mayday, section 5; roles by lot. The others only relay. With proximity routing all nodes are ingress and egress. */
    static final int NODES = 100;
    static final int INGRESSES = 60;
    static final int BEACONS = 8;
    static final int EGRESSES = 4;
    /** Ways drawn: the requests of a round. */
    static final int WAYS = 1_000;
    private static final String SERVICE = "shop";
    private static final int FIRST_ADDRESS = 0xc633_6401; // 198.51.100.1

    private static final List<PublicKey> KEYS = IntStream.range(0, NODES)
            .mapToObj(i -> Identity.generate(new SeededRandom(i)).publicKey()).toList();

    private final Route route;
    private final boolean covered;
    private final List<Node> nodes;
    private final List<Integer> ingresses;
    private final List<Integer> egresses;
    private final List<Integer> suspects;
    /** Packets of requests from a node to another, by their numbers. */
    private final int[][] handedOn;
    private final int[] toService;
    private int fewestHops = Integer.MAX_VALUE;
    private int mostHops;
    private int sameAgain;

    /**
     * With cover traffic if the route is mix.
     *
     * @param order the nodes' numbers in the order in which they are given roles
     */
    Overlay(Route route, int[] order, RandomSource random) {
        this.route = route;
        covered = route == Route.MIX;
        handedOn = new int[NODES][NODES];
        toService = new int[NODES];
        NodeList list = nodes(route, order);
        nodes = list.nodes();
        ingresses = list.with(NodeRole.INGRESS).stream().map(Overlay::number).toList();
        egresses = list.with(NodeRole.EGRESS).stream().map(Overlay::number).toList();
        suspects = IntStream.range(0, NODES).boxed()
                .filter(node -> route == Route.PROXIMITY || !isIngress(node)).toList();
        RoutePlanner planner = new RoutePlanner(list, RouteSettings.DEFAULT, random);
        int before = -1;
        for (int i = 0; i < WAYS; i++) {
            Node from = nodes.get(ingresses.get(random.nextInt(ingresses.size())));
            if (!(planner.plan(SERVICE, route, from, _ -> true) instanceof Planned.Way way))
                throw new IllegalStateException("no way from " + from);
            int at = number(from);
            for (Node hop : way.hops()) {
                handedOn[at][number(hop)]++;
                at = number(hop);
            }
            toService[at]++;
            fewestHops = Math.min(fewestHops, way.hops().size());
            mostHops = Math.max(mostHops, way.hops().size());
            sameAgain += at == before ? 1 : 0;
            before = at;
        }
    }

    private Overlay(Overlay other) {
        route = other.route;
        covered = false;
        nodes = other.nodes;
        ingresses = other.ingresses;
        egresses = other.egresses;
        suspects = other.suspects;
        handedOn = other.handedOn;
        toService = other.toService;
        fewestHops = other.fewestHops;
        mostHops = other.mostHops;
        sameAgain = other.sameAgain;
    }

    /** The same nodes and requests, with nothing on the trunks but those: edges without tune.cells-per-second. */
    Overlay uncovered() {
        return new Overlay(this);
    }

    private static NodeList nodes(Route route, int[] order) {
        Node[] nodes = new Node[NODES];
        for (int i = 0; i < NODES; i++) {
            Set<NodeRole> roles = EnumSet.noneOf(NodeRole.class);
            if (route == Route.PROXIMITY)
                roles.addAll(EnumSet.of(NodeRole.INGRESS, NodeRole.EGRESS));
            else if (i < EGRESSES)
                roles.add(NodeRole.EGRESS);
            else if (i < EGRESSES + BEACONS)
                roles.add(NodeRole.BEACON);
            else if (i < EGRESSES + BEACONS + INGRESSES)
                roles.add(NodeRole.INGRESS);
            int node = order[i];
            nodes[node] = new Node("n" + node, new HostPort("198.51.100." + (node + 1), 4_434), KEYS.get(node), roles);
        }
        return new NodeList(List.of(nodes));
    }

    static int[] order(RandomSource random) {
        int[] order = IntStream.range(0, NODES).toArray();
        for (int i = NODES - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    private static int number(Node node) {
        return Integer.parseInt(node.name().substring(1));
    }

    static int address(int node) {
        return FIRST_ADDRESS + node;
    }

    Route route() {
        return route;
    }

    boolean isIngress(int node) {
        return nodes.get(node).is(NodeRole.INGRESS);
    }

    /** By their numbers. */
    List<Integer> ingresses() {
        return ingresses;
    }

    List<Integer> egresses() {
        return egresses;
    }

    /** Nodes that may be an egress for all that clients are told: with proximity routing all, else those that take no clients. */
    List<Integer> suspects() {
        return suspects;
    }

    boolean sendsToService(int node) {
        return toService[node] > 0;
    }

    /** How many packets of requests on the way from one to the other somebody who watches can tell from cover traffic. */
    int seen(int from, int to) {
        return covered ? 0 : handedOn[from][to];
    }

    boolean isCovered() {
        return covered;
    }

    /** Whether requests take as many hops wherever they come in, so that their time says nothing (Mayday, section 4.2). */
    boolean isEven() {
        return fewestHops == mostHops;
    }

    /** How often a request left over the same egress as the one before. */
    int sameAgain() {
        return sameAgain;
    }
}
