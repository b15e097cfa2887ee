package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.edge.Route;
import org.schiltron.edge.Trunk;
import org.schiltron.edge.TrunkClose;
import org.schiltron.edge.TrunkConfig;
import org.schiltron.host.Entropy;
import org.schiltron.proof.Identity;
import org.schiltron.relay.EdgeServer;

/** Who knocks at the port for trunks and is no node. */
@Timeout(120)
class TrunkDoorTest {
    /** What comes back until the connection ends. */
    private static int answer(RouteNode node, byte[] said) throws IOException {
        try (Socket socket = connect(node)) {
            socket.getOutputStream().write(said);
            return socket.getInputStream().readAllBytes().length;
        } catch (SocketException e) {
            return 0; // reset: it had sent more than was read
        }
    }

    private static Socket connect(RouteNode node) throws IOException {
        Socket socket = new Socket();
        socket.connect(node.address());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static byte[] said(Identity self, RouteNode to) {
        Trunk trunk = Trunk.opener(TrunkConfig.DEFAULT, self, to.self(), new Entropy(), 0);
        byte[] out = new byte[Trunk.MAX_TAKE];
        int length = trunk.take(0, out, 0);
        return Arrays.copyOf(out, length);
    }

    private static void stillServes(RouteWorld world) throws IOException {
        EdgeServer edge = world.edge(world.plain(Route.SINGLY_INDIRECT));
        try (Socket client = RouteWorld.connect(edge)) {
            client.getOutputStream().write(5);
            assertThat(client.getInputStream().read()).isEqualTo(5);
        }
    }

    @Test
    void garbageGetsNothing() throws Exception {
        try (RouteWorld world = new RouteWorld(2, RouteWorld::echo)) {
            RouteNode node = world.nodes.get(1);
            for (int i = 0; i < 100; i++) {
                byte[] garbage = world.bytes(1 + world.random.nextInt(2_000));
                garbage[0] = (byte) (2 + world.random.nextInt(200));
                assertThat(answer(node, garbage)).isZero();
            }
            assertThat(node.counters().trunksClosed(TrunkClose.WRONG_VERSION)).isEqualTo(100);
            byte[] wellBegun = world.bytes(108);
            wellBegun[0] = 1;
            wellBegun[1] = 0;
            wellBegun[2] = 0;
            wellBegun[3] = 0;
            assertThat(answer(node, wellBegun)).isZero();
            assertThat(node.counters().trunksClosed(TrunkClose.BAD_HANDSHAKE)).isEqualTo(1);
            stillServes(world);
        }
    }

    @Test
    void halfAHandshakeIsForgottenWithItsConnection() throws Exception {
        try (RouteWorld world = new RouteWorld(2, RouteWorld::echo)) {
            RouteNode node = world.nodes.get(1);
            byte[] whole = said(world.identities.getFirst(), node);
            for (int length = 0; length < whole.length; length += 12)
                try (Socket socket = connect(node)) {
                    socket.getOutputStream().write(whole, 0, length);
                }
            RouteWorld.until(() -> node.counters().trunksClosed(TrunkClose.LOST) == whole.length / 12);
            assertThat(node.counters().trunksOpen()).isZero();
            stillServes(world);
        }
    }

    @Test
    void whoIsNotOnTheListGetsNothing() throws Exception {
        try (RouteWorld world = new RouteWorld(2, RouteWorld::echo)) {
            RouteNode node = world.nodes.get(1);
            Identity stranger = Identity.ofSeed(world.bytes(32));
            assertThat(answer(node, said(stranger, node))).isZero();
            assertThat(node.counters().trunksClosed(TrunkClose.NOT_A_NODE)).isEqualTo(1);
            assertThat(node.counters().trunksOpen()).isZero();
            stillServes(world);
        }
    }

    /** A copy of what a node once said gets an answer, and is no trunk. */
    @Test
    void aRecordingIsNoTrunk() throws Exception {
        try (RouteWorld world = new RouteWorld(2, RouteWorld::echo)) {
            RouteNode node = world.nodes.get(1);
            byte[] recorded = said(world.identities.getFirst(), node);
            for (int i = 0; i < 3; i++)
                try (Socket socket = connect(node)) {
                    socket.getOutputStream().write(recorded);
                    assertThat(socket.getInputStream().readNBytes(56)).hasSize(56);
                    byte[] forged = world.bytes(18);
                    forged[0] = 0;
                    forged[1] = 16; // a record without frames, as a node would say next
                    socket.getOutputStream().write(forged);
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                } catch (SocketException e) {
                    // reset: likewise
                }
            assertThat(node.counters().trunksOpened.sum()).isZero();
            assertThat(node.counters().trunksClosed(TrunkClose.NOT_AUTHENTIC)).isEqualTo(3);
            stillServes(world);
        }
    }

    @Test
    void whoOnlyConnectsDoesNotKeepOthersOut() throws Exception {
        try (RouteWorld world = new RouteWorld(2, RouteWorld::echo)) {
            RouteNode node = world.nodes.get(1);
            stillServes(world); // the trunk is there
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < RouteNode.MOST_STRANGERS + 50; i++)
                silent.add(connect(node));
            RouteWorld.until(() -> node.counters().strangersTurnedAway() == 50);
            stillServes(world);
            world.ingress().cutTrunks();
            RouteWorld.until(() -> node.counters().trunksOpened.sum() > 1);
            stillServes(world); // though all places are taken
            for (Socket socket : silent)
                socket.close();
            RouteWorld.until(() -> node.counters().trunksClosed(TrunkClose.LOST) >= RouteNode.MOST_STRANGERS + 50);
        }
    }

    @Test
    void garbageAtTheLandingHurtsNobody() throws Exception {
        try (RouteWorld world = new RouteWorld(2, RouteWorld::echo)) {
            for (int i = 0; i < 200; i++)
                try (Socket socket = new Socket()) {
                    socket.connect(world.landing.address());
                    socket.setSoTimeout(30_000);
                    byte[] garbage = world.bytes(world.random.nextInt(500));
                    if (i % 2 == 0 && garbage.length > 4) {
                        garbage[0] = (byte) (i % 4 == 0 ? 1 : 3);
                        garbage[1] = 1;
                        garbage[2] = 0;
                    }
                    socket.getOutputStream().write(garbage);
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThanOrEqualTo(4);
                } catch (SocketException e) {
                    // reset: it had sent more than was read
                }
            assertThat(world.landing.legs()).isZero();
            EdgeServer edge = world.edge(world.resumable(Route.SINGLY_INDIRECT));
            try (Socket client = RouteWorld.connect(edge)) {
                client.getOutputStream().write(5);
                assertThat(client.getInputStream().read()).isEqualTo(5);
            }
        }
    }
}
