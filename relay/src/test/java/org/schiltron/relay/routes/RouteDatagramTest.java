package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.edge.Route;
import org.schiltron.relay.EdgeServer;

/** Datagrams along routes: whole, each for itself, and over another way when one is lost. */
@Timeout(120)
class RouteDatagramTest {
    private static DatagramSocket echo() throws IOException {
        DatagramSocket socket = new DatagramSocket(RouteWorld.loopback(0));
        Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[65_536];
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    socket.receive(packet);
                    socket.send(packet);
                }
            } catch (IOException e) {
                // closed
            }
        });
        return socket;
    }

    /** Sends until the same comes back: datagrams may be lost. */
    private static boolean comesBack(DatagramSocket client, EdgeServer edge, byte[] said, int tries)
            throws IOException {
        byte[] buffer = new byte[65_536];
        client.setSoTimeout(1_000);
        for (int i = 0; i < tries; i++) {
            client.send(new DatagramPacket(said, said.length, edge.udpAddresses().getFirst()));
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    client.receive(packet);
                    if (Arrays.equals(Arrays.copyOf(buffer, packet.getLength()), said))
                        return true;
                }
            } catch (SocketTimeoutException e) {
                // once more
            }
        }
        return false;
    }

    @ParameterizedTest
    @EnumSource(names = {"SINGLY_INDIRECT", "DOUBLY_INDIRECT", "RANDOM", "MIX"})
    void eachComesBackAsItWas(Route route) throws Exception {
        try (RouteWorld world = new RouteWorld(6, RouteWorld::silent);
                DatagramSocket echo = echo();
                DatagramSocket client = new DatagramSocket(RouteWorld.loopback(0))) {
            EdgeServer edge = world.datagramEdge(route, (InetSocketAddress) echo.getLocalSocketAddress());
            for (int size : new int[]{1, 2, 1_200, 9_000, 60_000})
                assertThat(comesBack(client, edge, world.bytes(size), 20)).as("%d bytes", size).isTrue();
            for (int i = 0; i < 100; i++)
                assertThat(comesBack(client, edge, world.bytes(1 + world.random.nextInt(1_400)), 20)).isTrue();
        }
    }

    @Test
    void anotherWayIsOpenedWhenOneIsLost() throws Exception {
        try (RouteWorld world = new RouteWorld(5, RouteWorld::silent);
                DatagramSocket echo = echo();
                DatagramSocket client = new DatagramSocket(RouteWorld.loopback(0))) {
            EdgeServer edge = world.datagramEdge(Route.SINGLY_INDIRECT,
                    (InetSocketAddress) echo.getLocalSocketAddress());
            assertThat(comesBack(client, edge, new byte[]{1, 2, 3}, 20)).isTrue();
            world.nodes.stream().filter(node -> node.counters().egressLegsOpen() > 0).findFirst().orElseThrow().kill();
            assertThat(comesBack(client, edge, new byte[]{4, 5, 6, 7}, 30)).isTrue();
        }
    }

    /** However the bytes are cut on their way. */
    @Test
    void framesAreTakenOutOfAnyCut() {
        List<byte[]> out = new ArrayList<>();
        DatagramFrames frames = new DatagramFrames(datagram -> {
            byte[] copy = new byte[datagram.remaining()];
            datagram.get(copy);
            out.add(copy);
        });
        ByteBuffer said = ByteBuffer.allocate(70_000);
        int[] sizes = {1, 0, 65_535, 300, 0, 2};
        for (int size : sizes)
            said.putShort((short) size).put(new byte[size]);
        said.flip();
        for (int part = 1; said.hasRemaining(); part = part * 3 % 1_000 + 1) {
            int length = Math.min(part, said.remaining());
            frames.read(said.slice(said.position(), length));
            said.position(said.position() + length);
        }
        assertThat(out).extracting(datagram -> datagram.length).containsExactly(1, 65_535, 300, 2);
    }
}
