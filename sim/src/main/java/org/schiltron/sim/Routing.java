package org.schiltron.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * Routers, the links between them, and which link leads on: the way of the least delay, among such ways that of the fewest
 * links, among those that by the link made first. The ways to one router form a tree (Dijkstra 1959, from the destination),
 * so nothing goes in circles; it is found when the first datagram goes there, with the delays of that moment.
 *
 * <p>Memory: 4 bytes for each pair of routers of which one is a destination.
 */
final class Routing {
    static final int NO_WAY = -1;

    private record Reached(long delayNs, int links, int router) {
    }

    private final List<Router> routers = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Router> starts = new ArrayList<>();
    private final List<Router> ends = new ArrayList<>();
    private final Map<Path, Integer> addresses = new LinkedHashMap<>(); // the routers' own
    private long[] settled = new long[0]; // delays of the links that were there, by number
    private int[][] next = new int[0][]; // by destination, by router: the link that leads on

    boolean isEmpty() {
        return routers.isEmpty();
    }

    Router add(String name) {
        for (Router other : routers)
            if (other.name().equals(name))
                throw new IllegalArgumentException("two routers are called " + name);
        Router router = new Router(routers.size(), name);
        routers.add(router);
        forget();
        return router;
    }

    /** One direction. */
    Link join(Network network, Router from, Router to, RandomSource random) {
        if (from == to)
            throw new IllegalArgumentException("a link from " + from.name() + " to itself");
        Link link = new Link(network, links.size(), new LinkModel(LinkConfig.PERFECT, random));
        links.add(link);
        starts.add(from);
        ends.add(to);
        forget();
        return link;
    }

    private void forget() {
        next = new int[routers.size()][];
    }

    Router router(int index) {
        return routers.get(index);
    }

    Link link(int number) {
        return links.get(number);
    }

    /** Where the link of that number leads. */
    int end(int number) {
        return ends.get(number).index();
    }

    /** The other direction of a trunk: both are made one after the other. */
    static int reverse(int number) {
        return number ^ 1;
    }

    /** The number of the link by which a router sends what goes to another, or {@link #NO_WAY}. */
    int next(int router, int destination) {
        int[] row = next[destination];
        if (row == null) {
            row = towards(destination);
            next[destination] = row;
        }
        return row[router];
    }

    /** The links that a datagram takes; empty where it takes none. @throws IllegalArgumentException if there is no way */
    List<Link> way(Router from, Router to) {
        List<Link> way = new ArrayList<>();
        int at = from.index();
        while (at != to.index()) {
            int link = next(at, to.index());
            if (link == NO_WAY)
                throw new IllegalArgumentException("no way from " + from.name() + " to " + to.name());
            way.add(links.get(link));
            at = end(link);
        }
        return way;
    }

    /** From now on the delays of this moment decide, whatever becomes of the links. */
    void settle() {
        settled = links.stream().mapToLong(link -> link.config().delayNs()).toArray();
    }

    private long delayNs(int link) {
        return link < settled.length ? settled[link] : links.get(link).config().delayNs();
    }

    void setAddresses(Router router, Path ipv4, Path ipv6) {
        router.setAddresses(ipv4, ipv6);
        addresses.put(new Path(0, ipv4.addressHigh(), ipv4.addressLow(), 0), router.index());
        addresses.put(new Path(0, ipv6.addressHigh(), ipv6.addressLow(), 0), router.index());
    }

    /** The index of the router that has that address, or {@link Node#NOWHERE}. */
    int owner(Path address) {
        return addresses.getOrDefault(new Path(0, address.addressHigh(), address.addressLow(), 0), Node.NOWHERE);
    }

    private int[] towards(int destination) {
        List<List<Integer>> into = new ArrayList<>();
        for (int i = 0; i < routers.size(); i++)
            into.add(new ArrayList<>());
        for (int link = 0; link < links.size(); link++)
            into.get(end(link)).add(link);
        int[] row = new int[routers.size()];
        Arrays.fill(row, NO_WAY);
        Reached[] best = new Reached[routers.size()];
        PriorityQueue<Reached> open = new PriorityQueue<>(Comparator.comparingLong(Reached::delayNs)
                .thenComparingInt(Reached::links).thenComparingInt(Reached::router));
        best[destination] = new Reached(0, 0, destination);
        open.add(best[destination]);
        while (!open.isEmpty()) {
            Reached here = open.remove();
            if (best[here.router] != here)
                continue; // a better way was found since
            for (int link : into.get(here.router)) {
                int from = starts.get(link).index();
                Reached by = new Reached(here.delayNs + delayNs(link), here.links + 1, from);
                int better = best[from] == null ? -1 : compare(by, best[from]);
                if (better < 0) {
                    best[from] = by;
                    open.add(by);
                }
                if (better < 0 || (better == 0 && link < row[from]))
                    row[from] = link;
            }
        }
        return row;
    }

    private static int compare(Reached a, Reached b) {
        return a.delayNs != b.delayNs ? Long.compare(a.delayNs, b.delayNs) : Integer.compare(a.links, b.links);
    }
}
