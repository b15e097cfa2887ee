package org.schiltron.app;

import java.util.List;

/**
 * What one edge does.
 *
 * @param services whose clients it takes
 * @param egresses for which it is the last node
 */
record EdgeParts(List<EdgeService> services, List<EdgeEgress> egresses) {
    EdgeParts {
        services = List.copyOf(services);
        egresses = List.copyOf(egresses);
    }
}
