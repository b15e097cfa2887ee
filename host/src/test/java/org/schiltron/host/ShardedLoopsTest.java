package org.schiltron.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ShardedLoopsTest {
    private final UdpOptions options = UdpOptions.defaults().withDriver(UdpDriver.NATIVE);

    @BeforeEach
    void nativeOnly() {
        Assumptions.assumeTrue(UdpDriver.NATIVE.loads(), "steering needs the native driver");
    }

    private ShardedLoops<EchoMachine, String> start(List<UdpSockets> shards) {
        return ShardedLoops.start("shard", shards, i -> new EchoMachine(), options, event -> {
        });
    }

    private static long[] received(ShardedLoops<EchoMachine, String> group) {
        return group.loops().stream().mapToLong(loop -> loop.sockets().counters().datagramsIn()).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::"})
    void byteOneOfThePayloadPicksTheShardWhoeverSends(String host) throws Exception {
        Assumptions.assumeTrue(host.startsWith("127") || Drivers.hasIpv6(), "no IPv6 on this host");
        List<UdpSockets> shards = UdpSockets.bindShards(options, 3, Drivers.at(host, 0));
        try (var group = start(shards)) {
            InetSocketAddress at = Drivers.at(host.equals("::") ? "127.0.0.1" : host,
                    shards.getFirst().localAddress(0).getPort());
            for (int sender = 0; sender < 4; sender++) {
                try (DatagramSocket client = new DatagramSocket(0, InetAddress.getByName(at.getHostString()))) {
                    for (int shard = 0; shard < 256; shard++)
                        client.send(new DatagramPacket(new byte[]{9, (byte) shard, 9}, 3, at));
                }
            }
            // Of 0..255, 86 leave remainder 0 by 3, and 85 each of the others.
            await().untilAsserted(() -> assertThat(received(group)).containsExactly(4 * 86, 4 * 85, 4 * 85));
        }
    }

    @Test
    void whatHasNoShardByteGoesToTheFirst() throws Exception {
        List<UdpSockets> shards = UdpSockets.bindShards(options, 3, Drivers.at("127.0.0.1", 0));
        try (var group = start(shards); DatagramSocket client = new DatagramSocket()) {
            for (int i = 0; i < 8; i++)
                client.send(new DatagramPacket(new byte[]{7}, i % 2, shards.getFirst().localAddress(0)));
            await().untilAsserted(() -> assertThat(received(group)).containsExactly(8, 0, 0));
        }
    }

    @Test
    void aPortInUseIsNotShared() throws Exception {
        List<UdpSockets> shards = UdpSockets.bindShards(options, 2, Drivers.at("127.0.0.1", 0));
        try (var group = start(shards)) {
            InetSocketAddress at = shards.getFirst().localAddress(0);
            assertThat(group.loops()).hasSize(2);
            assertThatThrownBy(() -> UdpSockets.bindShards(options, 2, at)).isInstanceOf(BindException.class)
                    .hasMessageStartingWith("address already in use: 127.0.0.1:");
        }
    }

    @Test
    void oneShardsBugStopsTheGroup() throws Exception {
        List<UdpSockets> shards = UdpSockets.bindShards(options, 2, Drivers.at("127.0.0.1", 0));
        try (var group = start(shards); DatagramSocket client = new DatagramSocket()) {
            client.send(new DatagramPacket("bug me".getBytes(UTF_8), 6, shards.getFirst().localAddress(0)));
            assertThatThrownBy(() -> group.stopped().join()).hasRootCauseMessage("a bug, as the test asked");
            assertThat(group.loops()).allMatch(loop -> loop.stopped().isDone());
        }
    }

    @Test
    void theOtherDriverSaysThatItCannot() {
        assertThatThrownBy(
                () -> UdpSockets.bindShards(options.withDriver(UdpDriver.PORTABLE), 2, Drivers.at("127.0.0.1", 0)))
                .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("native UDP driver");
    }
}
