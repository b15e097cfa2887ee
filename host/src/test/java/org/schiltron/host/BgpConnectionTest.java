package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.schiltron.bgp.BgpConfig;
import org.schiltron.bgp.BgpEvent;
import org.schiltron.bgp.BgpEvent.Cause;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowFamily;
import org.schiltron.bgp.FlowField;
import org.schiltron.bgp.FlowRule;
import org.schiltron.bgp.FlowRuleBuilder;
import org.schiltron.machine.SeededRandom;

/** With peers that are played octet by octet. Real ones are in the system tests. */
class BgpConnectionTest {
    private static final long MS = 1_000_000;
    private static final int OPEN = 1;
    private static final int UPDATE = 2;
    private static final int NOTIFICATION = 3;
    private static final int KEEPALIVE = 4;
    private static final String MARKER = "ff".repeat(16);
    /** AS 65002, hold time 90 s, FlowSpec of IPv4. */
    private static final String OPEN_HEX = MARKER + "0025 01 04 fdea 005a 0a000002 08 02 06 0104 00010085";
    private static final String KEEPALIVE_HEX = MARKER + "0013 04";
    private static final FlowRule RULE = FlowRule.ipv4().equal(FlowField.PROTOCOL, 17)
            .equal(FlowField.SOURCE_PORT, 53).build();
    private static final List<FlowAction> DROP = List.of(FlowAction.DROP);

    private final List<BgpEvent> events = new CopyOnWriteArrayList<>();

    private BgpConnection connect(int port) {
        BgpConfig config = BgpConfig.of(65_001, 65_002, 0x0a00_0001).withFamilies(FlowFamily.IPV4)
                .withTimes(10_000 * MS, 20 * MS, 100 * MS);
        return BgpConnection.start("bgp", new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                InetAddress.getLoopbackAddress(), config, new SeededRandom(1), events::add);
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static Socket accept(ServerSocket server) throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static void send(Socket to, String hex) throws IOException {
        to.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** The type of the next message. */
    private static int next(Socket from) throws IOException {
        DataInputStream in = new DataInputStream(from.getInputStream());
        assertThat(in.readNBytes(16)).containsOnly(0xff);
        int length = in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readNBytes(length - 19);
        return type;
    }

    private static void establish(Socket peer) throws IOException {
        assertThat(next(peer)).isEqualTo(OPEN);
        send(peer, OPEN_HEX + KEEPALIVE_HEX);
        assertThat(next(peer)).isEqualTo(KEEPALIVE);
    }

    private BgpEvent.Down down() {
        await().atMost(Duration.ofMinutes(1)).until(() -> events.stream().anyMatch(BgpEvent.Down.class::isInstance));
        return events.stream().filter(BgpEvent.Down.class::isInstance).map(BgpEvent.Down.class::cast).findFirst()
                .orElseThrow();
    }

    @Test
    void itComesUpAsSoonAsThereIsSomebodyAndAgainAfterEachLoss() throws Exception {
        int port;
        try (ServerSocket gone = listen(0)) {
            port = gone.getLocalPort();
        }
        try (BgpConnection connection = connect(port)) {
            assertThat(connection.announce(RULE, DROP).get()).isTrue();
            assertThat(down().cause()).isEqualTo(Cause.UNREACHABLE);
            assertThat(down().reason()).contains("refused");
            try (ServerSocket server = listen(port)) {
                for (int i = 0; i < 3; i++) {
                    try (Socket peer = accept(server)) {
                        establish(peer);
                        assertThat(next(peer)).isEqualTo(UPDATE);
                        assertThat(next(peer)).as("end of table").isEqualTo(UPDATE);
                        assertThat(connection.isEstablished()).isTrue();
                    }
                }
            }
        }
        assertThat(events).filteredOn(BgpEvent.Up.class::isInstance).hasSize(3);
        assertThat(events).anyMatch(e -> e instanceof BgpEvent.Down d && d.cause() == Cause.LOST && d.wasUp());
        assertThat(events).last().isInstanceOfSatisfying(BgpEvent.Down.class,
                d -> assertThat(d.cause()).isEqualTo(Cause.CLOSED));
    }

    /** Though the peer talks on: what lies unread in a closed socket makes the system reset it. */
    @Test
    void theLastWordArrives() throws Exception {
        try (ServerSocket server = listen(0); BgpConnection connection = connect(server.getLocalPort())) {
            connection.replace(Map.of(RULE, DROP)).get();
            Thread closer = Thread.ofVirtual().unstarted(() -> connection.close("good night"));
            try (Socket peer = accept(server)) {
                establish(peer);
                assertThat(next(peer)).isEqualTo(UPDATE);
                assertThat(next(peer)).isEqualTo(UPDATE);
                closer.start();
                send(peer, KEEPALIVE_HEX.repeat(1_000));
                assertThat(next(peer)).as("withdrawal").isEqualTo(UPDATE);
                assertThat(next(peer)).isEqualTo(NOTIFICATION);
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
            closer.join();
            assertThat(connection.isEstablished()).isFalse();
            assertThatThrownBy(() -> connection.announce(RULE, DROP).get()).isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void whatThePeerSaysWrongIsAnsweredAndTold() throws Exception {
        try (ServerSocket server = listen(0); BgpConnection _ = connect(server.getLocalPort())) {
            try (Socket peer = accept(server)) {
                assertThat(next(peer)).isEqualTo(OPEN);
                send(peer, OPEN_HEX.replace("fdea", "fdeb"));
                assertThat(next(peer)).isEqualTo(NOTIFICATION);
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(down().cause()).isEqualTo(Cause.REFUSED);
            assertThat(down().reason()).isEqualTo("the peer is AS 65003, not 65002 as configured");
            try (Socket peer = accept(server)) {
                establish(peer);
            }
        }
    }

    @Test
    void aPeerThatReadsNothingDelaysNobodysEnd() throws Exception {
        try (ServerSocket server = listen(0)) {
            server.setReceiveBufferSize(4_096);
            BgpConnection connection = connect(server.getLocalPort());
            try (Socket peer = accept(server)) {
                establish(peer);
                Map<FlowRule, List<FlowAction>> rules = new LinkedHashMap<>();
                for (int i = 0; i < 30_000; i++) { // 6 MB, more than the system's buffers hold
                    FlowRuleBuilder rule = FlowRule.ipv4().source(0, 0xffff_0a00_0000L + i, 32);
                    for (int port = 1_000; port < 1_064; port++)
                        rule.equal(FlowField.PORT, port);
                    rules.put(rule.build(), DROP);
                }
                assertThat(connection.replace(rules).get()).isTrue();
                await().atMost(Duration.ofMinutes(1)).until(() -> peer.getInputStream().available() > 0);
                connection.close("over");
            }
        }
        assertThat(events).last().isInstanceOfSatisfying(BgpEvent.Down.class, d -> {
            assertThat(d.cause()).isEqualTo(Cause.CLOSED);
            assertThat(d.reason()).contains("did not take the last messages");
        });
    }

    @Test
    void mistakesAreTheCallersAndChangeNothing() throws Exception {
        assertThatIllegalArgumentException().isThrownBy(() -> BgpConnection.start("bgp",
                InetSocketAddress.createUnresolved("router.example", 179), null, BgpConfig.of(1, 2, 3),
                new SeededRandom(1), events::add));
        try (ServerSocket server = listen(0); BgpConnection connection = connect(server.getLocalPort())) {
            FlowRule ipv6 = FlowRule.ipv6().equal(FlowField.PROTOCOL, 17).build();
            assertThatThrownBy(() -> connection.announce(ipv6, DROP).get()).hasMessageContaining("IPv6");
            assertThat(connection.announce(RULE, DROP).get()).isTrue();
            assertThat(connection.withdraw(RULE).get()).isTrue();
        }
    }
}
