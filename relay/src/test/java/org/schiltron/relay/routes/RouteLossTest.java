package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.edge.NodeRole;
import org.schiltron.edge.ResetReason;
import org.schiltron.edge.Route;
import org.schiltron.edge.RouteSettings;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.LegAddress;

/** Nodes and trunks that vanish in the middle of a download, and authenticators that change. */
@Timeout(180)
class RouteLossTest {
    private static final int SIZE = 12 << 20;
    private static final int NODES = 6;

    /** What is done to the overlay once some bytes have come. */
    private interface Blow {
        void strike(RouteWorld world, EdgeServer edge);
    }

    private static final byte[] PAGE = page();

    private static byte[] page() {
        byte[] page = new byte[SIZE];
        for (int i = 0; i < page.length; i++)
            page[i] = (byte) (i * 31 + (i >> 9));
        return page;
    }

    private static RouteWorld world() throws Exception {
        return new RouteWorld(NODES, connection -> {
            connection.getOutputStream().write(PAGE);
            connection.shutdownOutput();
            connection.getInputStream().read();
        });
    }

    private static RouteNode busy(RouteWorld world, ToLongFunction<RouteCounters> count) {
        return world.nodes.stream().filter(node -> count.applyAsLong(node.counters()) > 0).findFirst().orElseThrow();
    }

    private static void downloadsAll(RouteWorld world, Route route, Blow... blows) throws Exception {
        EdgeServer edge = world.edge(world.resumable(route));
        try (Socket client = RouteWorld.connect(edge)) {
            InputStream in = client.getInputStream();
            byte[] got = new byte[SIZE];
            int part = SIZE / (blows.length + 1);
            int at = 0;
            for (Blow blow : blows) {
                assertThat(in.readNBytes(got, at, part)).isEqualTo(part);
                at += part;
                long resumed = world.ingress().counters().carriersResumed();
                blow.strike(world, edge);
                RouteWorld.until(() -> world.ingress().counters().carriersResumed() > resumed);
            }
            assertThat(in.readNBytes(got, at, SIZE - at)).isEqualTo(SIZE - at);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(Arrays.equals(got, PAGE)).isTrue();
        }
        assertThat(world.backendSide).hasSize(1);
        assertThat(edge.counters().drops()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SINGLY_INDIRECT", "DOUBLY_INDIRECT", "RANDOM"})
    void aKilledEgressIsNotNoticed(Route route) throws Exception {
        try (RouteWorld world = world()) {
            downloadsAll(world, route, (_, _) -> busy(world, RouteCounters::egressLegsOpen).kill());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DOUBLY_INDIRECT", "RANDOM"})
    void aKilledNodeOnTheWayIsNotNoticed(Route route) throws Exception {
        try (RouteWorld world = world()) {
            downloadsAll(world, route, (_, _) -> busy(world, RouteCounters::hopsOpen).kill());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SINGLY_INDIRECT", "DOUBLY_INDIRECT", "RANDOM", "MIX"})
    void cutTrunksAreNotNoticed(Route route) throws Exception {
        try (RouteWorld world = world()) {
            downloadsAll(world, route, (_, _) -> world.ingress().cutTrunks(), (_, _) -> world.ingress().cutTrunks());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SINGLY_INDIRECT", "DOUBLY_INDIRECT", "RANDOM", "MIX"})
    void anotherAuthenticatorIsNotNoticed(Route route) throws Exception {
        try (RouteWorld world = world()) {
            Blow change = (_, _) -> {
                EgressService other = new EgressService(LegAddress.to(world.backendAddress()),
                        new LegAddress(InetAddress.ofLiteral("127.0.0.7"), 0, 0, world.landing.address()));
                for (RouteNode node : world.nodes)
                    node.changeAuthenticator(RouteWorld.SERVICE, other, Duration.ZERO);
            };
            Blow ingress = (_, edge) -> edge.changeAuthenticator(RouteWorld.SERVICE,
                    LegAddress.to(world.backendAddress()), Duration.ofHours(1));
            downloadsAll(world, route, change, ingress, change);
        }
    }

    @Test
    void aPlainLegIsResetWithItsEgress() throws Exception {
        try (RouteWorld world = world()) {
            EdgeServer edge = world.edge(world.plain(Route.SINGLY_INDIRECT));
            try (Socket client = RouteWorld.connect(edge)) {
                assertThat(client.getInputStream().readNBytes(1_000)).hasSize(1_000);
                busy(world, RouteCounters::egressLegsOpen).kill();
                assertThat(RouteWorld.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_UNREACHABLE)).isEqualTo(1);
        }
    }

    @Test
    void aPlainLegIsResetWhenTheOverlapEnds() throws Exception {
        try (RouteWorld world = new RouteWorld(3, RouteWorld::silent)) {
            EdgeServer edge = world.edge(world.plain(Route.SINGLY_INDIRECT));
            try (Socket client = RouteWorld.connect(edge)) {
                world.backendSide.take();
                RouteWorld.until(() -> edge.counters().legsOpen() == 1);
                for (RouteNode node : world.nodes)
                    node.changeAuthenticator(RouteWorld.SERVICE, world.services(), Duration.ZERO);
                assertThat(RouteWorld.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.OVERLAP_ENDED)).isEqualTo(1);
            assertThat(world.nodes.stream().mapToLong(node -> node.counters().resets(ResetReason.AUTHENTICATOR_OVER))
                    .sum()).isEqualTo(2); // at the egress, and as the ingress is told
            try (Socket client = RouteWorld.connect(edge)) {
                assertThat(world.backendSide.take().isConnected()).isTrue();
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    /** Of two egresses one is gone: every leg finds the other, and those that come later do not even try. */
    @Test
    void anotherEgressIsTriedWithinTheTimeForConnecting() throws Exception {
        try (RouteWorld world = new RouteWorld(3,
                i -> i == 0 ? EnumSet.of(NodeRole.INGRESS) : EnumSet.of(NodeRole.EGRESS), RouteWorld.RECORDS,
                RouteSettings.DEFAULT, RouteWorld::echo)) {
            world.nodes.get(1).kill();
            EdgeServer edge = world.edge(world.plain(Route.SINGLY_INDIRECT));
            for (int i = 0; i < 20; i++)
                try (Socket client = RouteWorld.connect(edge)) {
                    client.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                }
            assertThat(world.nodes.get(2).counters().egressLegs()).isEqualTo(20);
            world.restart(1);
            RouteWorld.until(() -> {
                try (Socket client = RouteWorld.connect(edge)) {
                    client.getOutputStream().write(1);
                    return client.getInputStream().read() == 1 && world.nodes.get(1).counters().egressLegs() > 0;
                }
            });
        }
    }

    @Test
    void aNodeThatIsNoIngressBeginsNoLegAtALanding() throws Exception {
        try (RouteWorld world = new RouteWorld(3, _ -> EnumSet.of(NodeRole.EGRESS, NodeRole.BEACON),
                RouteWorld.RECORDS, RouteSettings.DEFAULT, RouteWorld::echo)) {
            EdgeServer edge = world.edge(world.resumable(Route.SINGLY_INDIRECT));
            try (Socket client = RouteWorld.connect(edge)) {
                assertThat(RouteWorld.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_REFUSED)).isEqualTo(1);
            assertThat(world.backendSide).isEmpty();
        }
    }

    @Test
    void aNodeThatIsNoEgressDialsForNobody() throws Exception {
        try (RouteWorld world = new RouteWorld(3, i -> i == 0 ? EnumSet.of(NodeRole.INGRESS) : Set.of(),
                RouteWorld.RECORDS, RouteSettings.DEFAULT, RouteWorld::echo)) {
            EdgeServer edge = world.edge(world.plain(Route.SINGLY_INDIRECT));
            try (Socket client = RouteWorld.connect(edge)) {
                assertThat(RouteWorld.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_UNREACHABLE)).isEqualTo(1);
        }
    }
}
