package org.schiltron.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.schiltron.machine.Path;

@Timeout(60)
class MachineLoopTest {
    private final EchoMachine machine = new EchoMachine();
    private final List<String> events = new CopyOnWriteArrayList<>();

    private MachineLoop<EchoMachine, String> start(UdpOptions options, InetSocketAddress... addresses)
            throws Exception {
        return MachineLoop.start("echo", UdpSockets.bind(options, addresses), machine, options, events::add);
    }

    private static DatagramSocket client(String host) throws Exception {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(host));
        socket.setReceiveBufferSize(4 << 20);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static void send(DatagramSocket socket, InetSocketAddress to, byte[] bytes) throws Exception {
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private static byte[] numbered(int number, int length) {
        byte[] bytes = new byte[length];
        bytes[0] = (byte) (number >> 8);
        bytes[1] = (byte) number;
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#eachAndFamily")
    void datagramsOfEveryLengthCrossUnchanged(UdpOptions options, String host) throws Exception {
        try (var loop = start(options, Drivers.at(host, 0)); DatagramSocket client = client(host)) {
            InetSocketAddress at = loop.sockets().localAddress(0);
            for (int length : new int[]{1, 2, 100, 1_232, 1_452, 2_048}) {
                byte[] sent = new byte[length];
                Arrays.fill(sent, (byte) length);
                send(client, at, sent);
                assertThat(receive(client)).isEqualTo(sent);
            }
            Path source = loop.query((m, now) -> m.lastSource.copy()).join();
            assertThat(source).isEqualTo(Addresses.toPath((InetSocketAddress) client.getLocalSocketAddress()));
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#eachAndFamily")
    void burstComesBackWholeAndInOrder(UdpOptions options, String host) throws Exception {
        try (var loop = start(options, Drivers.at(host, 0)); DatagramSocket client = client(host)) {
            int burst = 1_000;
            for (int i = 0; i < burst; i++)
                send(client, loop.sockets().localAddress(0), numbered(i, 100 + i % 3));
            for (int i = 0; i < burst; i++)
                assertThat(receive(client)).isEqualTo(numbered(i, 100 + i % 3));
            assertThat(loop.sockets().counters().datagramsIn()).isEqualTo(burst);
            await().untilAsserted(() -> assertThat(loop.sockets().counters().datagramsOut()).isEqualTo(burst));
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#eachAndFamily")
    void oneDatagramMayCauseMoreThanABatchHolds(UdpOptions options, String host) throws Exception {
        machine.copies = 500;
        try (var loop = start(options, Drivers.at(host, 0)); DatagramSocket client = client(host)) {
            send(client, loop.sockets().localAddress(0), numbered(7, 1_200));
            for (int i = 0; i < 500; i++)
                assertThat(receive(client)).isEqualTo(numbered(7, 1_200));
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#eachAndFamily")
    void interleavedDestinationsEachGetTheirsInOrder(UdpOptions options, String host) throws Exception {
        try (var loop = start(options, Drivers.at(host, 0));
                DatagramSocket one = client(host);
                DatagramSocket two = client(host);
                DatagramSocket three = client(host)) {
            List<DatagramSocket> clients = List.of(one, two, three);
            List<Path> paths = clients.stream()
                    .map(c -> Addresses.toPath((InetSocketAddress) c.getLocalSocketAddress())).toList();
            int each = 300;
            loop.execute((m, now) -> {
                for (int i = 0; i < each; i++) {
                    for (Path path : paths)
                        m.queue(path, numbered(i, 200 - (i % 40 == 39 ? 100 : 0) + i / 100));
                }
            });
            for (DatagramSocket client : clients) {
                for (int i = 0; i < each; i++)
                    assertThat(receive(client)).isEqualTo(numbered(i, 200 - (i % 40 == 39 ? 100 : 0) + i / 100));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#eachAndFamily")
    void tooLongIsDroppedAndCountedAndEmptyIsHandedOn(UdpOptions options, String host) throws Exception {
        machine.reports = true;
        try (var loop = start(options, Drivers.at(host, 0)); DatagramSocket client = client(host)) {
            InetSocketAddress at = loop.sockets().localAddress(0);
            send(client, at, new byte[2_049]);
            send(client, at, new byte[30_000]);
            send(client, at, new byte[0]);
            send(client, at, new byte[9]);
            assertThat(receive(client)).hasSize(9);
            await().untilAsserted(() -> assertThat(events).containsExactly("datagram 0", "datagram 9"));
            assertThat(loop.sockets().counters().oversizedIn()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void socketsAreToldApart(UdpOptions options) throws Exception {
        assumeTrue(Drivers.hasIpv6(), "no IPv6 on this host");
        try (var loop = start(options, Drivers.at("127.0.0.1", 0), Drivers.at("::1", 0), Drivers.at("127.0.0.1", 0));
                DatagramSocket four = client("127.0.0.1");
                DatagramSocket six = client("::1")) {
            for (int socket = 0; socket < 3; socket++) {
                DatagramSocket client = socket == 1 ? six : four;
                InetSocketAddress at = loop.sockets().localAddress(socket);
                send(client, at, numbered(socket, 10));
                DatagramPacket back = new DatagramPacket(new byte[10], 10);
                client.receive(back);
                assertThat(back.getSocketAddress()).isEqualTo(at);
                assertThat(loop.query((m, now) -> m.lastSource.socket()).join()).isEqualTo(socket);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void wildcardOfIpv6TakesIpv4AsWell(UdpOptions options) throws Exception {
        assumeTrue(Drivers.hasIpv6(), "no IPv6 on this host");
        try (var loop = start(options, Drivers.at("::", 0)); DatagramSocket client = client("127.0.0.1")) {
            send(client, Drivers.at("127.0.0.1", loop.sockets().localAddress(0).getPort()), numbered(1, 10));
            assertThat(receive(client)).isEqualTo(numbered(1, 10));
            assertThat(loop.query((m, now) -> m.lastSource.isIpv4()).join()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void timerFiresAtItsDeadline(UdpOptions options) throws Exception {
        try (var loop = start(options, Drivers.at("127.0.0.1", 0))) {
            long askedNs = MonotonicClock.nowNs();
            loop.execute((m, now) -> m.deadlineNs = askedNs + 5_000_000);
            await().until(() -> events.contains("timer"));
            assertThat(MonotonicClock.nowNs()).isGreaterThanOrEqualTo(askedNs + 5_000_000);
            assertThat(loop.query((m, now) -> m.timers).join()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void commandsOfManyThreadsAllRun(UdpOptions options) throws Exception {
        try (var loop = start(options, Drivers.at("127.0.0.1", 0))) {
            int[] ran = new int[1];
            List<Thread> threads = java.util.stream.IntStream.range(0, 4)
                    .mapToObj(t -> Thread.ofVirtual().start(() -> {
                        for (int i = 0; i < 1_000; i++)
                            loop.query((m, now) -> ran[0]++).join();
                    })).toList();
            for (Thread thread : threads)
                thread.join();
            assertThat(loop.query((m, now) -> ran[0]).join()).isEqualTo(4_000);
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void commandsBeyondTheBoundAreRefused(UdpOptions options) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        try (var loop = start(options, Drivers.at("127.0.0.1", 0))) {
            loop.execute((m, now) -> {
                held.countDown();
                try {
                    assertThat(release.await(50, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
            int taken = 0;
            while (loop.execute((m, now) -> {
            }))
                taken++;
            assertThat(taken).isEqualTo(MachineLoop.MAX_COMMANDS);
            release.countDown();
            await().until(() -> loop.execute((m, now) -> {
            }));
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void commandsPostedBeforeCloseStillSend(UdpOptions options) throws Exception {
        try (DatagramSocket client = client("127.0.0.1")) {
            Path to = Addresses.toPath((InetSocketAddress) client.getLocalSocketAddress());
            var loop = start(options, Drivers.at("127.0.0.1", 0));
            loop.execute((m, now) -> m.send(to, 33, 2));
            loop.close();
            assertThat(receive(client)).hasSize(33);
            assertThat(receive(client)).hasSize(33);
            assertThat(loop.stopped()).isCompletedWithValue(null);
            assertThat(loop.execute((m, now) -> {
            })).isFalse();
            assertThat(loop.query((m, now) -> 1)).isCompletedExceptionally();
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void bugOfTheMachineStopsTheLoopAndIsReported(UdpOptions options) throws Exception {
        try (var loop = start(options, Drivers.at("127.0.0.1", 0)); DatagramSocket client = client("127.0.0.1")) {
            send(client, loop.sockets().localAddress(0), "bug me".getBytes(UTF_8));
            assertThatThrownBy(() -> loop.stopped().join()).isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("a bug, as the test asked");
            assertThat(loop.execute((m, now) -> {
            })).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void busyPortIsNamed(UdpOptions options) throws Exception {
        try (var first = start(options, Drivers.at("0.0.0.0", 0))) {
            int port = first.sockets().localAddress(0).getPort();
            assertThatThrownBy(() -> UdpSockets.bind(options, Drivers.at("0.0.0.0", port)))
                    .isInstanceOf(BindException.class).hasMessage("address already in use: 0.0.0.0:" + port);
            assertThatThrownBy(() -> UdpSockets.bind(options, Drivers.at("192.0.2.77", port)))
                    .isInstanceOf(BindException.class).hasMessage("not an address of this host: 192.0.2.77:" + port);
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#eachAndFamily")
    void refusedAndUnreachableDestinationsDoNotStopTheLoop(UdpOptions options, String host) throws Exception {
        try (var loop = start(options, Drivers.at(host, 0)); DatagramSocket client = client(host)) {
            int closedPort;
            try (DatagramSocket gone = client(host)) {
                closedPort = gone.getLocalPort();
            }
            Path refused = Addresses.toPath(Drivers.at(host, closedPort));
            for (int i = 0; i < 20; i++)
                loop.query((m, now) -> {
                    m.send(refused, 100, 20);
                    return m;
                }).join();
            // From a socket bound to loopback there is no way to any of these.
            for (Path nowhere : List.of(Addresses.toPath(Drivers.at("192.0.2.1", 9)),
                    Addresses.toPath(Drivers.at("2001:db8::1", 9)), Addresses.toPath(Drivers.at("255.255.255.255", 9)),
                    Addresses.toPath(Drivers.at(host, 0)))) {
                loop.query((m, now) -> {
                    m.send(nowhere, 100, 3);
                    return m;
                }).join();
            }
            loop.query((m, now) -> m.copies = 1).join();
            send(client, loop.sockets().localAddress(0), numbered(1, 10));
            assertThat(receive(client)).isEqualTo(numbered(1, 10));
            assertThat(loop.sockets().counters().unreachableOut()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void whatTheReceiveBufferCannotHoldIsCounted(UdpOptions options) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (var loop = start(options.withBuffers(8_192, 65_536), Drivers.at("127.0.0.1", 0));
                DatagramSocket client = client("127.0.0.1")) {
            loop.execute((m, now) -> {
                try {
                    assertThat(release.await(50, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < 500; i++)
                send(client, loop.sockets().localAddress(0), numbered(i, 1_000));
            if (options.driver() == UdpDriver.NATIVE)
                assertThat(loop.sockets().kernelDrops()).isPositive();
            release.countDown();
            await().until(() -> loop.sockets().counters().datagramsIn() > 0);
        }
    }

    @ParameterizedTest
    @MethodSource("org.schiltron.host.Drivers#each")
    void closesUnderLoad(UdpOptions options) throws Exception {
        for (int round = 0; round < 5; round++) {
            AtomicBoolean enough = new AtomicBoolean();
            var loop = start(options, Drivers.at("127.0.0.1", 0));
            try (DatagramSocket client = client("127.0.0.1")) {
                InetSocketAddress at = loop.sockets().localAddress(0);
                Thread load = Thread.ofPlatform().start(() -> {
                    while (!enough.get()) {
                        try {
                            send(client, at, numbered(1, 200));
                        } catch (Exception e) {
                            return;
                        }
                        loop.execute((m, now) -> {
                        });
                    }
                });
                await().until(() -> loop.sockets().counters().datagramsOut() > 100);
                loop.close();
                assertThat(loop.stopped()).isCompletedWithValue(null);
                enough.set(true);
                load.join();
            }
            // The port is free again.
            UdpSockets.bind(options, loop.sockets().localAddress(0)).close();
        }
    }
}
