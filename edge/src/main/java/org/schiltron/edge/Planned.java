package org.schiltron.edge;

import java.util.List;

/** What a {@link RoutePlanner} answers. */
public sealed interface Planned {

    /**
     * A way.
     *
     * @param from the ingress
     * @param hops the nodes after it, the egress last; none for proximity
     */
    record Way(Route route, Node from, List<Node> hops) implements Planned {
        public Way {
            hops = List.copyOf(hops);
        }

        public Node egress() {
            return hops.isEmpty() ? from : hops.getLast();
        }
    }

    /** @param reason for people: what there is too little of */
    record NoWay(String reason) implements Planned {
    }
}
