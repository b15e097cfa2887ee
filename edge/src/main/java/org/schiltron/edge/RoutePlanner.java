package org.schiltron.edge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.schiltron.machine.RandomSource;

/**
 * Draws the ways of requests over the list of nodes (Mayday, section 3.5). No way visits a node twice. For a service the
 * egresses are the first few owners of its name on the ring of egresses, so few nodes have to hold its authenticator; for
 * {@link Route#DOUBLY_INDIRECT} the beacons are owners of the service's name, and the servlets owners of beacon and
 * service together.
 */
public final class RoutePlanner {
    /** Services whose last egress is remembered; past it the one asked for longest ago is forgotten. */
    private static final int MOST_SERVICES = 4_096;

    private final NodeList list;
    private final RouteSettings settings;
    private final RandomSource random;
    private final HashRing beacons;
    private final HashRing egresses;
    private final Map<String, String> lastEgress = new LinkedHashMap<>(16, 0.75f, true);

    public RoutePlanner(NodeList list, RouteSettings settings, RandomSource random) {
        this.list = list;
        this.settings = settings;
        this.random = random;
        beacons = ring(NodeRole.BEACON);
        egresses = ring(NodeRole.EGRESS);
    }

    /**
     * @param from the ingress, one of the list
     * @param up   false for nodes known to be down; not asked about {@code from}
     */
    public Planned plan(String service, Route route, Node from, Predicate<Node> up) {
        Predicate<Node> other = node -> !node.equals(from) && up.test(node);
        return switch (route) {
            case PROXIMITY -> from.is(NodeRole.EGRESS)
                    ? new Planned.Way(route, from, List.of())
                    : new Planned.NoWay(from + " is no egress, which proximity routing asks of every ingress");
            case SINGLY_INDIRECT -> through(service, route, from, 0, other);
            case DOUBLY_INDIRECT -> doubly(service, from, other);
            case RANDOM -> through(service, route, from, settings.randomHops(), other);
            case MIX -> through(service, route, from, settings.mixHops(), other);
        };
    }

    /** The beacons of a service as an ingress sees them, its first first. */
    public List<Node> beacons(String service, Node from, Predicate<Node> up) {
        return owners(beacons, service, settings.beacons(), node -> !node.equals(from) && up.test(node));
    }

    /** The servlets that a beacon hands a service's requests on to, its first first. */
    public List<Node> servlets(String service, Node beacon, Predicate<Node> up) {
        return owners(egresses, beacon.name() + "/" + service, settings.servlets(),
                node -> !node.equals(beacon) && up.test(node));
    }

    private Planned doubly(String service, Node from, Predicate<Node> other) {
        List<Node> candidates = beacons(service, from, other);
        if (candidates.isEmpty())
            return new Planned.NoWay("no beacon beside " + from + " is up");
        Node beacon = settings.differentEgress() ? draw(candidates) : candidates.getFirst();
        List<Node> servlets = servlets(service, beacon, other);
        if (servlets.isEmpty())
            return new Planned.NoWay("no egress beside " + from + " and the beacon " + beacon + " is up");
        return new Planned.Way(Route.DOUBLY_INDIRECT, from, List.of(beacon, egress(service, servlets)));
    }

    /** A way through some nodes drawn at random, each once. */
    private Planned through(String service, Route route, Node from, int count, Predicate<Node> other) {
        List<Node> candidates = owners(egresses, service, settings.servlets(), other);
        if (candidates.isEmpty())
            return new Planned.NoWay("no egress beside " + from + " is up");
        Node egress = egress(service, candidates);
        List<Node> left = new ArrayList<>(list.nodes().stream().filter(other).filter(n -> !n.equals(egress)).toList());
        if (left.size() < count)
            return new Planned.NoWay("a " + route.text() + " route has " + count + " nodes between " + from
                    + " and its egress, and only " + left.size() + " are up");
        List<Node> hops = new ArrayList<>();
        while (hops.size() < count)
            hops.add(left.remove(random.nextInt(left.size())));
        hops.add(egress);
        return new Planned.Way(route, from, hops);
    }

    private Node egress(String service, List<Node> candidates) {
        if (!settings.differentEgress())
            return candidates.getFirst();
        String last = lastEgress.get(service);
        List<Node> fresh = candidates.stream().filter(node -> !node.name().equals(last)).toList();
        Node egress = draw(fresh.isEmpty() ? candidates : fresh);
        if (!lastEgress.containsKey(service) && lastEgress.size() == MOST_SERVICES)
            lastEgress.remove(lastEgress.keySet().iterator().next());
        lastEgress.put(service, egress.name());
        return egress;
    }

    private Node draw(List<Node> from) {
        return from.get(random.nextInt(from.size()));
    }

    private HashRing ring(NodeRole role) {
        return new HashRing(list.with(role).stream().map(Node::name).toList(), HashRing.POINTS, settings.salt());
    }

    private List<Node> owners(HashRing ring, String key, int count, Predicate<Node> up) {
        return ring.owners(key, count, name -> up.test(node(name))).stream().map(this::node).toList();
    }

    private Node node(String name) {
        return Objects.requireNonNull(list.byName(name));
    }
}
