package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.machine.SeededRandom;

/** Programs that send UDP by SOCKS5, as RFC 1928 has it. */
@Timeout(60)
class SocksUdpTest {
    private static final int SUCCEEDED = 0;
    private static final int FAILED = 1;

    private final long seed = Relays.seed();
    private DatagramSocket dns;
    private DatagramSocket game;
    private Relays relays;
    private SocksFront front;

    @BeforeEach
    void start() throws IOException {
        dns = udp();
        game = udp();
        relays = new Relays(seed, RelayLimits.defaults(), "dns=udp://127.0.0.1:" + dns.getLocalPort(),
                "game=udp://127.0.0.1:" + game.getLocalPort());
        front = SocksFront.listen(relays.client, Relays.loopback(), new SeededRandom(seed));
        relays.tunnels.open();
    }

    @AfterEach
    void stop() {
        front.close();
        relays.close();
        dns.close();
        game.close();
    }

    private static DatagramSocket udp() throws IOException {
        DatagramSocket socket = new DatagramSocket(Relays.loopback());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** An association as a client has it: its control connection, what was answered, and a socket of its own. */
    private final class Client implements AutoCloseable {
        final Socket control = new Socket();
        final DatagramSocket socket = udp();
        final int reply;
        final InetSocketAddress relay;

        Client(boolean tellPort) throws IOException {
            control.setSoTimeout(20_000);
            control.connect(front.localAddress());
            int port = tellPort ? socket.getLocalPort() : 0;
            control.getOutputStream().write(ByteBuffer.allocate(13).put(new byte[]{5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0})
                    .putShort((short) port).array());
            DataInputStream in = new DataInputStream(control.getInputStream());
            assertThat(in.readNBytes(2)).containsExactly(5, 0);
            assertThat(in.readByte()).isEqualTo((byte) 5);
            reply = in.readByte();
            assertThat(in.readNBytes(2)).containsExactly(0, 1);
            relay = new InetSocketAddress(InetAddress.getByAddress(in.readNBytes(4)), in.readUnsignedShort());
        }

        void send(String to, byte... payload) throws IOException {
            sendRaw(join(header(to), payload));
        }

        void sendRaw(byte[] datagram) throws IOException {
            socket.send(new DatagramPacket(datagram, datagram.length, relay));
        }

        @Override
        public void close() throws IOException {
            control.close();
            socket.close();
        }
    }

    private static byte[] header(String to) {
        byte[] name = to.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(7 + name.length).put(new byte[]{0, 0, 0, 3, (byte) name.length}).put(name)
                .putShort((short) 53).array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static DatagramPacket receive(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4_000], 4_000);
        at.receive(packet);
        return packet;
    }

    private static byte[] payload(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private void awaitDropped(RelayDrop reason, int count) {
        await(reason.label()).until(() -> relays.client.counters().dropped(reason) == count);
    }

    @Test
    void datagramsReachTheirBackendsAndAnswersComeBackWithTheirHeader() throws Exception {
        byte[] longest = new byte[UdpFront.MAX_PAYLOAD];
        new Random(seed).nextBytes(longest);
        try (Client one = new Client(false); Client two = new Client(true)) {
            assertThat(one.relay.getAddress()).isEqualTo(front.localAddress().getAddress());
            for (Client client : List.of(one, two)) {
                client.send("DNS.schiltron", longest);
                DatagramPacket atDns = receive(dns);
                assertThat(payload(atDns)).isEqualTo(longest);
                client.send("game.schiltron", (byte) 7);
                DatagramPacket atGame = receive(game);
                assertThat(payload(atGame)).containsExactly(7);
                dns.send(new DatagramPacket(longest, longest.length, atDns.getSocketAddress()));
                assertThat(payload(receive(client.socket))).isEqualTo(join(header("DNS.schiltron"), longest));
                game.send(new DatagramPacket(new byte[]{8}, 1, atGame.getSocketAddress()));
                assertThat(payload(receive(client.socket))).isEqualTo(join(header("game.schiltron"), new byte[]{8}));
            }
            one.send("schiltron", (byte) 9);
            assertThat(payload(receive(dns))).containsExactly(9); // the first is the default one
        }
    }

    @Test
    void whatIsNotServedIsDroppedAndCounted() throws Exception {
        try (Client client = new Client(true); DatagramSocket stranger = udp()) {
            byte[] fragment = join(header("dns.schiltron"), new byte[]{1});
            fragment[2] = 1;
            client.sendRaw(fragment);
            client.sendRaw(new byte[]{0, 0, 0, 3, 100});
            client.send("example.org", (byte) 2);
            client.send("dns.schiltron", new byte[UdpFront.MAX_PAYLOAD + 1]);
            byte[] foreign = join(header("dns.schiltron"), new byte[]{3});
            stranger.send(new DatagramPacket(foreign, foreign.length, client.relay));
            for (RelayDrop reason : List.of(RelayDrop.SOCKS_FRAGMENT, RelayDrop.SOCKS_MALFORMED,
                    RelayDrop.SOCKS_NOT_ALLOWED, RelayDrop.OVERSIZED, RelayDrop.SOCKS_STRANGER))
                awaitDropped(reason, 1);
            client.send("dns.schiltron", (byte) 4);
            assertThat(payload(receive(dns))).containsExactly(4);
        }
    }

    @Test
    void onlyTheClientsOwnAddressIsServed() throws Exception {
        try (Client client = new Client(false);
                DatagramSocket stranger = new DatagramSocket(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0))) {
            byte[] datagram = join(header("dns.schiltron"), new byte[]{1});
            stranger.send(new DatagramPacket(datagram, datagram.length, client.relay));
            awaitDropped(RelayDrop.SOCKS_STRANGER, 1);
        }
    }

    @Test
    void anAssociationEndsWithItsConnection() throws Exception {
        Client client = new Client(false);
        client.send("dns.schiltron", (byte) 1);
        DatagramPacket arrived = receive(dns);
        client.control.getOutputStream().write(new byte[100_000]); // means nothing, and is taken
        client.control.close();
        await().ignoreException(BindException.class).untilAsserted(() -> {
            assertThat(relays.client.counters().flowsOpen()).isZero();
            assertThat(relays.client.counters().connectionsOpen()).isZero();
            new DatagramSocket(client.relay).close(); // free again
        });
        dns.send(new DatagramPacket(new byte[]{2}, 1, arrived.getSocketAddress()));
        awaitDropped(RelayDrop.UNDELIVERED, 1);
        client.close();
    }

    @Test
    void anAssociationOutlivesASession() throws Exception {
        try (Client client = new Client(false)) {
            relays.tunnels.closeSession();
            client.send("dns.schiltron", (byte) 1);
            awaitDropped(RelayDrop.UNDELIVERED, 1);
            relays.tunnels.open();
            client.send("dns.schiltron", (byte) 2);
            assertThat(payload(receive(dns))).containsExactly(2);
        }
    }

    @Test
    void thereAreOnlySoMany() throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < SocksAssociations.MAX_ASSOCIATIONS; i++)
            clients.add(new Client(false));
        assertThat(clients).allSatisfy(client -> assertThat(client.reply).isEqualTo(SUCCEEDED));
        try (Client further = new Client(false)) {
            assertThat(further.reply).isEqualTo(FAILED);
            assertThat(further.control.getInputStream().read()).isNegative();
        }
        clients.removeFirst().close();
        await().until(() -> {
            try (Client next = new Client(false)) {
                return next.reply == SUCCEEDED;
            }
        });
        for (Client client : clients)
            client.close();
    }
}
