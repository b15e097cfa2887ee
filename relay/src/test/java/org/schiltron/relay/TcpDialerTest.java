package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.host.ProxyProtocol;

/** Where legs come from and what they say first: what a ring and a backend see. */
@Timeout(60)
class TcpDialerTest {
    private static EdgeServer edge(LegAddress address, boolean proxyProtocol) throws IOException {
        return EdgeServer.start(Edges.config(Opening.straightTo(Edges.SERVICE),
                Service.direct(Edges.SERVICE, address, proxyProtocol), Edges.limits()));
    }

    /** As many ports as there are free in a row. */
    private static int freePorts(int count) throws IOException {
        for (int first = 20_000; first < 30_000; first += count) {
            List<ServerSocket> bound = new ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    ServerSocket socket = new ServerSocket();
                    bound.add(socket);
                    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.9"), first + i));
                }
                return first;
            } catch (IOException e) {
                // some other program's
            } finally {
                for (ServerSocket socket : bound)
                    socket.close();
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    @Test
    void legsComeFromTheAuthenticatorsAddressAndPorts() throws Exception {
        int ports = 4;
        int first = freePorts(ports);
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(new LegAddress(InetAddress.ofLiteral("127.0.0.9"), first, first + ports - 1,
                        backend.address()), false)) {
            Set<Integer> seen = new HashSet<>();
            for (int round = 0; round < 5; round++) {
                List<Socket> clients = new ArrayList<>();
                for (int i = 0; i < ports; i++) {
                    Socket client = Edges.connect(edge);
                    clients.add(client);
                    client.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                    InetSocketAddress from = (InetSocketAddress) backend.accepted.take().getRemoteSocketAddress();
                    assertThat(from.getAddress().getHostAddress()).isEqualTo("127.0.0.9");
                    assertThat(from.getPort()).isBetween(first, first + ports - 1);
                    seen.add(from.getPort());
                }
                try (Socket further = Edges.connect(edge)) {
                    assertThat(Edges.wasReset(further)).isTrue();
                }
                assertThat(edge.counters().dropped(EdgeDrop.SOURCE_PORTS)).isEqualTo(round + 1);
                for (Socket client : clients)
                    Edges.reset(client);
                Edges.until(() -> edge.counters().connectionsOpen() == 0);
            }
            assertThat(seen).hasSize(ports);
        }
    }

    @Test
    void anAddressThatIsNotOursIsSaid() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(new LegAddress(InetAddress.ofLiteral("192.0.2.77"), 0, 0, backend.address()),
                        false);
                Socket client = Edges.connect(edge)) {
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.SOURCE_ADDRESS)).isEqualTo(1);
        }
    }

    @Test
    void theBackendLearnsTheRealClientFirst() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = edge(LegAddress.to(backend.address()), true);
                Socket client = Edges.connect(edge);
                Socket server = backend.accepted.take()) {
            client.getOutputStream().write(77);
            byte[] expected = ProxyProtocol.forAddress(false, (InetSocketAddress) client.getLocalSocketAddress(),
                    edge.tcpAddresses().getFirst(), null, null);
            assertThat(server.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
            assertThat(server.getInputStream().read()).isEqualTo(77);
        }
    }

    @Test
    void anAddressThatMakesNoSenseIsNotMade() {
        InetSocketAddress to = Edges.loopback(80);
        assertThat(new LegAddress(null, 5, 5, to).bindsPort()).isTrue();
        for (int[] range : new int[][]{{-1, 5}, {6, 5}, {1, 70_000}, {0, 5}})
            assertThatThrownBy(() -> new LegAddress(null, range[0], range[1], to))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not a range");
        assertThatThrownBy(() -> LegAddress.to(InetSocketAddress.createUnresolved("a.example", 80)))
                .hasMessageContaining("a.example");
    }
}
