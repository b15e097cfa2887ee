package org.schiltron.internet;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

/** How many links between ASes routes have: from everyone to some drawn destinations. */
final class PathLengths {
    private static final int DESTINATIONS = 200;
    /** One line for all that are longer. */
    private static final int MOST = 12;

    private PathLengths() {
    }

    static Table table(AsGraph graph, long seed, Progress progress) {
        SeededRandom random = new SeededRandom(seed);
        Routes routes = new Routes(graph);
        long[] counts = new long[MOST + 1];
        long reached = 0;
        long hops = 0;
        long asked = 0;
        for (int i = 0; i < DESTINATIONS; i++) {
            progress.at("path lengths", (double) i / DESTINATIONS);
            int destination = random.nextInt(graph.size());
            routes.to(destination);
            for (int u = 0; u < graph.size(); u++) {
                if (u == destination)
                    continue;
                asked++;
                if (!routes.reaches(u))
                    continue;
                reached++;
                hops += routes.hops(u);
                counts[Math.min(MOST, routes.hops(u))]++;
            }
        }
        List<List<Object>> rows = new ArrayList<>();
        for (int length = 1; length <= MOST; length++)
            if (counts[length] > 0)
                rows.add(List.of(length == MOST ? MOST + " or more" : Integer.toString(length),
                        (double) counts[length] / asked));
        if (reached < asked)
            rows.add(List.of("no route", (double) (asked - reached) / asked));
        rows.add(List.of("mean", reached == 0 ? 0.0 : (double) hops / reached));
        return new Table("Lengths of routes, in links between ASes, to " + DESTINATIONS + " drawn destinations",
                List.of("links", "share"), rows);
    }
}
