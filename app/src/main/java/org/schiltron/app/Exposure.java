package org.schiltron.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.schiltron.host.Addresses;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a service is out of a flood's reach, said honestly. An off-path ring protects only while the real address is
 * unknown or filtered upstream of the link; what this process cannot see, it does not claim.
 *
 * @param level    the best that can be said
 * @param why      one line
 * @param warnings what an attacker could use now, each with what to do
 */
record Exposure(Level level, String why, List<String> warnings) {
    /** Best first. */
    enum Level {
        ON_PATH_RING("on-path ring"), UPSTREAM_FILTER("upstream filter"), ADDRESS_HIDDEN(
                "address hidden, unverified"), HOST_FIREWALL("host firewall only"), NONE("none");

        private final String title;

        Level(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        /** Whether a flood of the link is answered at all; never for the last two. */
        boolean isProtected() {
            return compareTo(ADDRESS_HIDDEN) <= 0;
        }
    }

    /** What the operator says stands upstream; nobody at this end can find out. */
    enum Upstream {
        NOTHING, FILTER, ON_PATH_RING
    }

    /**
     * @param embedded  whether the swarm is this process's own
     * @param rings     how many ring nodes the service uses
     * @param firewall  whether this host drops what it did not ask for
     * @param listeners sockets open to other hosts
     * @param pointing  names that resolve to this host
     */
    static Exposure judge(boolean embedded, int rings, Upstream upstream, boolean firewall, List<Listener> listeners,
            List<String> pointing) {
        List<String> warnings = new ArrayList<>();
        if (!embedded) {
            for (Listener listener : listeners)
                warnings.add(listener
                        + " is open to other hosts, and tells who probes it that the service is here: bind it to loopback");
            for (String name : pointing)
                warnings.add(
                        name + " still points to this host: remove the record, and move to an address it never named");
        }
        Level level;
        String why;
        if (embedded) {
            level = Level.NONE;
            why = "the swarm is embedded in this process, which is for trying out: it protects nothing by itself";
        } else if (upstream == Upstream.ON_PATH_RING) {
            level = Level.ON_PATH_RING;
            why = "as configured: a ring stands on the path, upstream of the link";
        } else if (upstream == Upstream.FILTER) {
            level = Level.UPSTREAM_FILTER;
            why = "as configured: the provider lets only the ring nodes through";
        } else if (rings > 0 && warnings.isEmpty()) {
            level = Level.ADDRESS_HIDDEN;
            why = "only the ring nodes know the address; whoever learns it can flood the link (a filter upstream would end that)";
        } else if (firewall) {
            level = Level.HOST_FIREWALL;
            why = (rings > 0 ? "the address can be found" : "without ring nodes the mailboxes know the address")
                    + ": the firewall here spares the service, not the link";
        } else {
            level = Level.NONE;
            why = rings > 0
                    ? "the address can be found, and nothing filters what comes to it"
                    : "without ring nodes the mailboxes know the address, and nothing filters what comes to it";
        }
        return new Exposure(level, why, List.copyOf(warnings));
    }

    /** Those of the names that resolve to an address of this machine. */
    static List<String> pointingHere(List<String> names, Set<InetAddress> ours) {
        Set<String> pointing = new TreeSet<>();
        for (String name : names) {
            try {
                for (InetAddress address : InetAddress.getAllByName(name)) {
                    if (ours.contains(address))
                        pointing.add(name);
                }
            } catch (UnknownHostException e) {
                // Points nowhere: what is wanted.
            }
        }
        return List.copyOf(pointing);
    }

    void report(ObjectNode status) {
        ObjectNode node = status.putObject("exposure").put("level", level.title()).put("protected",
                level.isProtected()).put("why", why);
        warnings.forEach(node.putArray("warnings")::add);
    }

    /**
     * A socket that other hosts can reach.
     *
     * @param protocol tcp or udp
     */
    record Listener(String protocol, InetSocketAddress address) {
        @Override
        public String toString() {
            return protocol + " " + Addresses.toText(address);
        }
    }
}
