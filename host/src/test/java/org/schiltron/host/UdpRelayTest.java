package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.machine.SeededRandom;

/** UDP programs on both sides of a session. */
@Timeout(60)
class UdpRelayTest {
    private final long seed = Relays.seed();
    private DatagramSocket backend;
    private Relays relays;
    private UdpFront front;

    @BeforeEach
    void start() throws IOException {
        backend = new DatagramSocket(Relays.loopback());
        backend.setSoTimeout(20_000);
        start(RelayLimits.defaults(), false);
    }

    private void start(RelayLimits limits, boolean proxyProtocol) throws IOException {
        if (relays != null)
            relays.close();
        relays = new Relays(seed, limits, proxyProtocol, "udp://127.0.0.1:" + backend.getLocalPort());
        front = UdpFront.listen(relays.client, Relays.loopback(), "", new SeededRandom(seed));
        relays.tunnels.open();
    }

    @AfterEach
    void stop() {
        front.close();
        relays.close();
        backend.close();
    }

    private DatagramSocket program() throws IOException {
        DatagramSocket socket = new DatagramSocket(Relays.loopback());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(DatagramSocket from, byte[] payload, SocketAddress to) throws IOException {
        from.send(new DatagramPacket(payload, payload.length, to));
    }

    private static DatagramPacket receive(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        at.receive(packet);
        return packet;
    }

    private static byte[] payload(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void datagramsGoBothWaysWholeAndToTheirOwnProgram() throws Exception {
        Random random = new Random(seed);
        Set<SocketAddress> seen = new HashSet<>();
        try (DatagramSocket one = program(); DatagramSocket two = program()) {
            for (int i = 0; i < 20; i++) {
                DatagramSocket socket = i % 2 == 0 ? one : two;
                byte[] payload = new byte[i < 2 ? UdpFront.MAX_PAYLOAD : random.nextInt(UdpFront.MAX_PAYLOAD + 1)];
                random.nextBytes(payload);
                send(socket, payload, front.localAddress());
                DatagramPacket arrived = receive(backend);
                assertThat(payload(arrived)).isEqualTo(payload);
                seen.add(arrived.getSocketAddress());
                random.nextBytes(payload);
                send(backend, payload, arrived.getSocketAddress());
                assertThat(payload(receive(socket))).isEqualTo(payload);
            }
        }
        assertThat(seen).hasSize(2);
        assertThat(relays.client.counters().flowsOpen()).isEqualTo(2);
        assertThat(relays.client.counters().datagramsIn()).isEqualTo(20);
        await().until(() -> relays.client.counters().datagramsOut() == 20); // counted after it is sent
    }

    @Test
    void tooLongOnesAreDroppedAndCounted() throws Exception {
        try (DatagramSocket program = program()) {
            send(program, new byte[UdpFront.MAX_PAYLOAD + 1], front.localAddress());
            send(program, new byte[]{7}, front.localAddress());
            DatagramPacket arrived = receive(backend);
            assertThat(payload(arrived)).containsExactly(7);
            send(backend, new byte[UdpFront.MAX_PAYLOAD + 1], arrived.getSocketAddress());
            send(backend, new byte[]{8}, arrived.getSocketAddress());
            assertThat(payload(receive(program))).containsExactly(8);
        }
        assertThat(relays.client.counters().dropped(RelayDrop.OVERSIZED)).isEqualTo(1);
        assertThat(relays.service.counters().dropped(RelayDrop.OVERSIZED)).isEqualTo(1);
    }

    @Test
    void idleFlowsAreForgottenOnBothSides() throws Exception {
        start(RelayLimits.defaults().withFlowIdle(Duration.ofMillis(200)), false);
        try (DatagramSocket program = program()) {
            send(program, new byte[]{1}, front.localAddress());
            SocketAddress before = receive(backend).getSocketAddress();
            await().untilAsserted(() -> {
                assertThat(relays.client.counters().flowsOpen()).isZero();
                assertThat(relays.service.counters().flowsOpen()).isZero();
            });
            send(program, new byte[]{2}, front.localAddress());
            assertThat(receive(backend).getSocketAddress()).isNotEqualTo(before);
        }
    }

    @Test
    void theLongestIdleFlowMakesRoom() throws Exception {
        start(RelayLimits.defaults().withMaxFlows(2), false);
        try (DatagramSocket one = program(); DatagramSocket two = program(); DatagramSocket three = program()) {
            send(one, new byte[]{1}, front.localAddress());
            SocketAddress first = receive(backend).getSocketAddress();
            send(two, new byte[]{2}, front.localAddress());
            SocketAddress second = receive(backend).getSocketAddress();
            send(one, new byte[]{1}, front.localAddress());
            assertThat(receive(backend).getSocketAddress()).isEqualTo(first);
            send(three, new byte[]{3}, front.localAddress());
            receive(backend);
            send(one, new byte[]{1}, front.localAddress());
            assertThat(receive(backend).getSocketAddress()).isEqualTo(first);
            send(two, new byte[]{2}, front.localAddress());
            assertThat(receive(backend).getSocketAddress()).isNotEqualTo(second);
        }
        assertThat(relays.client.counters().flowsOpen()).isEqualTo(2);
        assertThat(relays.service.counters().flowsOpen()).isEqualTo(2);
    }

    @Test
    void flowsOutliveASession() throws Exception {
        try (DatagramSocket program = program()) {
            send(program, new byte[]{1}, front.localAddress());
            receive(backend);
            relays.tunnels.closeSession();
            await().until(() -> relays.service.counters().flowsOpen() == 0);
            relays.tunnels.open();
            send(program, new byte[]{2}, front.localAddress());
            DatagramPacket arrived = receive(backend);
            send(backend, new byte[]{3}, arrived.getSocketAddress());
            assertThat(payload(receive(program))).containsExactly(3);
        }
    }

    @Test
    void withoutASessionTheyAreDroppedAndCounted() throws Exception {
        relays.tunnels.closeSession();
        try (DatagramSocket program = program()) {
            send(program, new byte[]{1}, front.localAddress());
            await().until(() -> relays.client.counters().dropped(RelayDrop.UNDELIVERED) == 1);
        }
    }

    @Test
    void theProxyHeaderStandsBeforeEachDatagram() throws Exception {
        start(RelayLimits.defaults(), true);
        try (DatagramSocket program = program()) {
            for (int i = 0; i < 2; i++) {
                send(program, new byte[]{5}, front.localAddress());
                byte[] arrived = payload(receive(backend));
                int length = 16 + 36 + 19;
                assertThat(arrived).hasSize(length + 1);
                assertThat(arrived[13]).isEqualTo((byte) 0x22);
                assertThat(arrived[length]).isEqualTo((byte) 5);
            }
        }
    }

    @Test
    void aBusyPortIsNamed() {
        InetSocketAddress taken = front.localAddress();
        assertThatThrownBy(() -> UdpFront.listen(relays.client, taken, "", new SeededRandom(1)))
                .isInstanceOf(BindException.class)
                .hasMessage("address already in use: 127.0.0.1:" + taken.getPort());
    }
}
