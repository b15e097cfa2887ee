package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.schiltron.edge.Node;
import org.schiltron.edge.NodeRole;
import org.schiltron.edge.Route;
import org.schiltron.edge.RoutePlanner;
import org.schiltron.edge.RouteSettings;
import org.schiltron.host.Entropy;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.LegDialer;

/** What a client and a backend see of a connection that goes along a route. */
@Timeout(120)
class RouteCarryTest {
    private static final int NODES = 6;

    static Stream<Arguments> legs() {
        return Stream.of(Route.SINGLY_INDIRECT, Route.DOUBLY_INDIRECT, Route.RANDOM, Route.MIX)
                .flatMap(route -> Stream.of(Arguments.of(route, false), Arguments.of(route, true)));
    }

    private static LegDialer dialer(RouteWorld world, Route route, boolean resumable) {
        return resumable ? world.resumable(route) : world.plain(route);
    }

    @ParameterizedTest
    @MethodSource("legs")
    void tenMegabytesGoBothWays(Route route, boolean resumable) throws Exception {
        try (RouteWorld world = new RouteWorld(NODES, RouteWorld::echo)) {
            EdgeServer edge = world.edge(dialer(world, route, resumable));
            byte[] said = world.bytes(10 << 20);
            try (Socket client = RouteWorld.connect(edge)) {
                RouteWorld.send(client, said);
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(said);
            }
            int between = switch (route) {
                case DOUBLY_INDIRECT -> 1;
                case RANDOM, MIX -> 3;
                default -> 0;
            };
            assertThat(world.nodes.stream().mapToLong(node -> node.counters().hops()).sum()).isEqualTo(between);
            assertThat(world.nodes.stream().mapToLong(node -> node.counters().egressLegs()).sum()).isEqualTo(1);
            RouteWorld.until(() -> world.nodes.stream().allMatch(node -> node.counters().streamsOpen() == 0
                    && node.counters().legsOpen() == 0 && node.counters().egressLegsOpen() == 0)
                    && world.landing.legs() == 0);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("legs")
    void anEndLeavesTheOtherDirectionOpen(Route route, boolean resumable) throws Exception {
        try (RouteWorld world = new RouteWorld(NODES, RouteWorld::silent)) {
            EdgeServer edge = world.edge(dialer(world, route, resumable));
            try (Socket client = RouteWorld.connect(edge); Socket server = world.backendSide.take()) {
                client.getOutputStream().write(new byte[]{1, 2, 3});
                client.shutdownOutput();
                assertThat(server.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
                server.getOutputStream().write(new byte[]{4, 5});
                assertThat(client.getInputStream().readNBytes(2)).containsExactly(4, 5);
                server.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            try (Socket client = RouteWorld.connect(edge); Socket server = world.backendSide.take()) {
                server.getOutputStream().write(7);
                server.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).containsExactly(7);
                client.getOutputStream().write(8);
                assertThat(server.getInputStream().read()).isEqualTo(8);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("legs")
    void aResetArrivesAsAReset(Route route, boolean resumable) throws Exception {
        try (RouteWorld world = new RouteWorld(NODES, RouteWorld::silent)) {
            EdgeServer edge = world.edge(dialer(world, route, resumable));
            try (Socket client = RouteWorld.connect(edge); Socket server = world.backendSide.take()) {
                client.getOutputStream().write(1);
                assertThat(server.getInputStream().read()).isEqualTo(1);
                RouteWorld.reset(client);
                assertThat(RouteWorld.wasReset(server)).isTrue();
            }
            try (Socket client = RouteWorld.connect(edge); Socket server = world.backendSide.take()) {
                server.getOutputStream().write(1);
                assertThat(client.getInputStream().read()).isEqualTo(1);
                RouteWorld.reset(server);
                assertThat(RouteWorld.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_RESET)).isEqualTo(1);
            RouteWorld.until(() -> world.nodes.stream().allMatch(node -> node.counters().streamsOpen() == 0));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SINGLY_INDIRECT", "DOUBLY_INDIRECT", "RANDOM", "MIX"})
    void withoutABackendTheClientIsReset(Route route) throws Exception {
        try (RouteWorld world = new RouteWorld(NODES, RouteWorld::silent)) {
            EgressService nowhere = new EgressService(LegAddress.to(nobody()), LegAddress.to(nobody()));
            for (RouteNode node : world.nodes)
                node.changeAuthenticator(RouteWorld.SERVICE, nowhere, Duration.ofHours(1));
            EdgeServer edge = world.edge(world.plain(route));
            try (Socket client = RouteWorld.connect(edge)) {
                assertThat(RouteWorld.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_REFUSED)).isEqualTo(1);
        }
    }

    private static InetSocketAddress nobody() throws IOException {
        return RouteWorld.loopback(RouteWorld.freePort("127.0.0.1"));
    }

    @Test
    void theEgressDialsFromWhereTheAuthenticatorSays() throws Exception {
        try (RouteWorld world = new RouteWorld(3, RouteWorld::echo)) {
            int port = RouteWorld.freePort("127.0.0.9");
            EgressService bound = new EgressService(
                    new LegAddress(InetAddress.ofLiteral("127.0.0.9"), port, port, world.backendAddress()), null);
            for (RouteNode node : world.nodes)
                node.changeAuthenticator(RouteWorld.SERVICE, bound, Duration.ofHours(1));
            EdgeServer edge = world.edge(world.plain(Route.SINGLY_INDIRECT));
            try (Socket client = RouteWorld.connect(edge)) {
                client.getOutputStream().write(3);
                assertThat(client.getInputStream().read()).isEqualTo(3);
                assertThat(world.backendSide.take().getRemoteSocketAddress())
                        .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.9"), port));
            }
        }
    }

    /** Beacon and servlets are what every node computes from the list. */
    @Test
    void theBeaconAndTheServletsAreThoseThatHashingSays() throws Exception {
        RouteSettings settings = new RouteSettings(2, 2, 3, 3, true, new byte[0]);
        Set<NodeRole> beacon = EnumSet.of(NodeRole.BEACON);
        Set<NodeRole> egress = EnumSet.of(NodeRole.EGRESS);
        try (RouteWorld world = new RouteWorld(7,
                i -> i == 0 ? EnumSet.of(NodeRole.INGRESS) : i < 4 ? beacon : egress, RouteWorld.RECORDS, settings,
                RouteWorld::echo)) {
            RoutePlanner planner = new RoutePlanner(world.list, settings, new Entropy());
            Node from = world.ingress().self();
            List<String> beacons = new ArrayList<>();
            List<String> servlets = new ArrayList<>();
            for (Node node : planner.beacons(RouteWorld.SERVICE, from, _ -> true)) {
                beacons.add(node.name());
                planner.servlets(RouteWorld.SERVICE, node, _ -> true).forEach(other -> servlets.add(other.name()));
            }
            EdgeServer edge = world.edge(world.plain(Route.DOUBLY_INDIRECT));
            for (int i = 0; i < 20; i++)
                try (Socket client = RouteWorld.connect(edge)) {
                    client.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                }
            for (RouteNode node : world.nodes) {
                String name = node.self().name();
                if (!beacons.contains(name))
                    assertThat(node.counters().hops()).as(name).isZero();
                if (!servlets.contains(name))
                    assertThat(node.counters().egressLegs()).as(name).isZero();
            }
            assertThat(beacons.stream().mapToLong(name -> world.node(name).counters().hops()).sum()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @MethodSource("legs")
    void twoHundredLegsAtOnce(Route route, boolean resumable) throws Exception {
        try (RouteWorld world = new RouteWorld(NODES, RouteWorld::echo)) {
            EdgeServer edge = world.edge(dialer(world, route, resumable));
            try (Socket first = RouteWorld.connect(edge)) { // opens trunks
                first.getOutputStream().write(1);
                assertThat(first.getInputStream().read()).isEqualTo(1);
            }
            RouteWorld.until(() -> world.ingress().counters().legsOpen() == 0);
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(RouteWorld.connect(edge));
                if (i % 20 == 19) // a busy machine takes its time for the arithmetic of so many openings
                    RouteWorld.until(() -> world.ingress().counters().legsOpen() == clients.size());
            }
            for (int i = 0; i < clients.size(); i++)
                clients.get(i).getOutputStream().write(new byte[]{(byte) i, (byte) (i >> 8), 9});
            for (int i = 0; i < clients.size(); i++) {
                InputStream in = clients.get(i).getInputStream();
                assertThat(in.readNBytes(3)).containsExactly((byte) i, (byte) (i >> 8), 9);
            }
            assertThat(world.ingress().counters().legsOpen()).isEqualTo(200);
            for (Socket client : clients)
                client.close();
            RouteWorld.until(() -> world.nodes.stream().allMatch(node -> node.counters().streamsOpen() == 0
                    && node.counters().egressLegsOpen() == 0) && world.landing.legs() == 0);
        }
    }
}
