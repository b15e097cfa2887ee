package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.edge.NodeRole;
import org.schiltron.edge.Route;
import org.schiltron.edge.RouteSettings;
import org.schiltron.edge.TrunkConfig;
import org.schiltron.relay.EdgeServer;

/** Who watches the wire between two nodes counts the same cells whether somebody talks or nobody does. */
@Timeout(180)
class MixCellsTest {
    private static final int RATE = 400;
    /** Cells that a node may be late with. */
    private static final int LATE = 32;

    /** Of one trunk: when, and how many cells have left by then or were given up for good. */
    private record Count(long nowNs, long cells) {
    }

    private static Map<String, Count> count(RouteWorld world) throws Exception {
        Map<String, Count> counts = new TreeMap<>();
        for (RouteNode node : world.nodes) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            node.loop().execute(() -> {
                node.links().forEach(TrunkLink::touch); // what is due at this time leaves before it is counted
                node.loop().execute(() -> {
                    int i = 0;
                    for (TrunkLink link : node.links())
                        counts.put(node.self() + "/" + i++,
                                new Count(node.loop().nowNs(), link.trunk().recordsOut() + link.cellsMissed()));
                    done.complete(null);
                });
            });
            done.get();
        }
        return counts;
    }

    private static void sameAsOwed(Map<String, Count> before, Map<String, Count> after) {
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((trunk, then) -> {
            Count now = after.getOrDefault(trunk, then);
            double owed = (now.nowNs - then.nowNs) * 1e-9 * RATE;
            assertThat((double) (now.cells - then.cells)).as(trunk).isBetween(owed - LATE - 1, owed + LATE + 1);
        });
    }

    @Test
    void theWireSaysTheSameIdleAndLoaded() throws Exception {
        RouteSettings settings = new RouteSettings(2, 4, 2, 2, true, new byte[0]);
        try (RouteWorld world = new RouteWorld(4, _ -> EnumSet.allOf(NodeRole.class), new TrunkConfig(RATE, RATE, 64),
                settings, RouteWorld::echo)) {
            int trunks = 4 * 3; // each opens one to every other, before anybody asks
            RouteWorld.until(
                    () -> world.nodes.stream().allMatch(node -> node.counters().trunksOpen() == 2 * trunks / 4));
            Map<String, Count> start = count(world);
            assertThat(start).hasSize(2 * trunks);
            long padding = world.ingress().counters().paddingOut();
            RouteWorld.until(() -> world.ingress().counters().paddingOut() > padding + 3_000);
            Map<String, Count> idle = count(world);
            sameAsOwed(start, idle);

            EdgeServer edge = world.edge(world.plain(Route.MIX));
            long spoken = world.ingress().counters().recordsOut() - world.ingress().counters().paddingOut();
            byte[] said = world.bytes(500_000);
            try (Socket client = RouteWorld.connect(edge)) {
                RouteWorld.send(client, said);
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(said);
            }
            assertThat(world.ingress().counters().recordsOut() - world.ingress().counters().paddingOut() - spoken)
                    .isGreaterThan(500); // a few are not counted yet
            Map<String, Count> loaded = count(world);
            sameAsOwed(idle, loaded);
        }
    }
}
