package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;

/** Programs, fronts, real sessions, real mailboxes, backends: all over loopback sockets. */
@Timeout(90)
class RealSessionTest {
    private static final int MAILBOXES = 4;
    private static final int SOCKET_TIMEOUT_MS = 30_000;

    private final List<AutoCloseable> open = new ArrayList<>();
    private ServerSocket backend;
    private DatagramSocket udpBackend;
    private StreamRelay client;
    private @Nullable MachineLoop<ClientEndpoint, SessionEvent> clientLoop;

    @BeforeEach
    void start() throws IOException {
        backend = new ServerSocket();
        backend.bind(Relays.loopback());
        backend.setSoTimeout(SOCKET_TIMEOUT_MS);
        udpBackend = new DatagramSocket(Relays.loopback());
        udpBackend.setSoTimeout(SOCKET_TIMEOUT_MS);
        List<Path> mailboxes = new ArrayList<>();
        for (int i = 0; i < MAILBOXES; i++) {
            UdpSockets sockets = UdpSockets.bind(UdpOptions.defaults(), Relays.loopback());
            Mailbox mailbox = new Mailbox(MailboxConfig.ofLink(10_000_000), new Entropy());
            MachineLoop<Mailbox, MailboxEvent> loop = MachineLoop.start("mailbox-" + i, sockets, mailbox, event -> {
            });
            open.add(loop);
            mailboxes.add(Addresses.toPath(sockets.localAddress(0)));
        }
        Identity service = Identity.generate(new Entropy());
        startService(service, mailboxes);
        startClient(service, mailboxes);
    }

    private void startService(Identity identity, List<Path> mailboxes) throws IOException {
        SocketPoller poller = SocketPoller.start("service-poller");
        open.add(poller);
        ServiceEndpoint machine = new ServiceEndpoint(ServiceConfig.of(mailboxes, List.of()), identity, new Entropy());
        Backends backends = Backends.parse(List.of("127.0.0.1:" + backend.getLocalPort(),
                "udp://127.0.0.1:" + udpBackend.getLocalPort()), false);
        CompletableFuture<MachineLoop<ServiceEndpoint, SessionEvent>> loop = new CompletableFuture<>();
        StreamRelay relay = StreamRelay.forService(
                command -> loop.join().execute((m, nowNs) -> command.accept(nowNs)), poller, RelayLimits.defaults(),
                backends);
        loop.complete(MachineLoop.start("service", UdpSockets.bind(UdpOptions.defaults(), Relays.loopback()), machine,
                relay::onEvent));
        open.add(loop.join());
    }

    private void startClient(Identity service, List<Path> mailboxes) throws IOException {
        SocketPoller poller = SocketPoller.start("client-poller");
        open.add(poller);
        ClientEndpoint machine = new ClientEndpoint(
                new ClientConfig(service.publicKey(), mailboxes, true, EndpointLimits.DEFAULT),
                Identity.generate(new Entropy()), new Entropy());
        CompletableFuture<MachineLoop<ClientEndpoint, SessionEvent>> loop = new CompletableFuture<>();
        StreamRelay relay = StreamRelay.forClient(
                command -> loop.join().execute((m, nowNs) -> command.accept(nowNs)), poller, RelayLimits.defaults());
        loop.complete(MachineLoop.start("client", UdpSockets.bind(UdpOptions.defaults(), Relays.loopback()), machine,
                relay::onEvent));
        open.add(loop.join());
        client = relay;
        clientLoop = loop.join();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : open.reversed())
            part.close();
        backend.close();
        udpBackend.close();
    }

    @Test
    void bytesCrossBothWaysAndEndInOrder() throws Exception {
        long seed = Relays.seed();
        byte[] sent = new byte[2_000_000];
        new Random(seed).nextBytes(sent);
        try (TcpFront front = TcpFront.listen(client, Relays.loopback(), ""); Socket program = new Socket()) {
            program.setSoTimeout(SOCKET_TIMEOUT_MS);
            program.connect(front.localAddress());
            program.getOutputStream().write(1); // held until the session is open
            try (Socket server = backend.accept()) {
                assertThat(server.getInputStream().read()).isEqualTo(1);
                Thread.startVirtualThread(() -> echo(server));
                Thread.startVirtualThread(() -> send(program, sent));
                assertThat(Arrays.equals(program.getInputStream().readAllBytes(), sent)).isTrue();
            }
        }
        await().until(() -> client.counters().connectionsOpen() == 0);
        assertThat(client.counters().connectionsReset()).isZero();
    }

    /** Longer than the credit a stream starts with, so that more must be given even when it overtakes the opening. */
    @Test
    void longAnswersArriveWholeEachTime() throws Exception {
        byte[] answer = new byte[200_000];
        new Random(Relays.seed()).nextBytes(answer);
        try (TcpFront front = TcpFront.listen(client, Relays.loopback(), "")) {
            for (int i = 0; i < 30; i++) {
                try (Socket program = new Socket()) {
                    program.setSoTimeout(SOCKET_TIMEOUT_MS);
                    program.connect(front.localAddress());
                    program.shutdownOutput();
                    try (Socket server = backend.accept()) {
                        Thread.startVirtualThread(() -> send(server, answer));
                        assertThat(Arrays.equals(program.getInputStream().readAllBytes(), answer)).isTrue();
                    }
                }
            }
        }
    }

    private static void send(Socket program, byte[] bytes) {
        try {
            program.getOutputStream().write(bytes);
            program.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void echo(Socket server) {
        try {
            server.getInputStream().transferTo(server.getOutputStream());
            server.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void connectionsAreResetWithTheirSession() throws Exception {
        try (TcpFront front = TcpFront.listen(client, Relays.loopback(), ""); Socket program = new Socket()) {
            program.setSoTimeout(SOCKET_TIMEOUT_MS);
            program.connect(front.localAddress());
            program.getOutputStream().write(1);
            try (Socket server = backend.accept()) {
                server.setSoTimeout(SOCKET_TIMEOUT_MS);
                assertThat(server.getInputStream().read()).isEqualTo(1);
                Objects.requireNonNull(clientLoop)
                        .execute((machine, nowNs) -> machine.close(nowNs, CloseReason.STOPPING));
                assertThatThrownBy(() -> program.getInputStream().read()).isInstanceOf(SocketException.class);
                assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void datagramsCrossWhole() throws Exception {
        try (UdpFront front = UdpFront.listen(client, Relays.loopback(), "", new Entropy());
                DatagramSocket program = new DatagramSocket(Relays.loopback())) {
            byte[] payload = new byte[UdpFront.MAX_PAYLOAD];
            new Random(Relays.seed()).nextBytes(payload);
            program.setSoTimeout(1_000);
            await().pollInterval(Duration.ofMillis(100)).atMost(Duration.ofSeconds(30)).until(() -> { // none is repeated
                program.send(new DatagramPacket(payload, payload.length, front.localAddress()));
                return client.counters().datagramsIn() > 0;
            });
            DatagramPacket arrived = new DatagramPacket(new byte[2_000], 2_000);
            udpBackend.receive(arrived);
            assertThat(Arrays.copyOf(arrived.getData(), arrived.getLength())).isEqualTo(payload);
            udpBackend.send(new DatagramPacket(payload, payload.length, arrived.getSocketAddress()));
            program.setSoTimeout(SOCKET_TIMEOUT_MS);
            program.receive(arrived);
            assertThat(Arrays.copyOf(arrived.getData(), arrived.getLength())).isEqualTo(payload);
        }
    }
}
