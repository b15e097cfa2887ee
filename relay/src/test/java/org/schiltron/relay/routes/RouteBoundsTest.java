package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.schiltron.edge.Route;
import org.schiltron.relay.EdgeServer;

/** What one client can make the overlay hold. */
@Timeout(120)
class RouteBoundsTest {
    private static final int SIZE = 16 << 20;

    static Stream<Arguments> legs() {
        return RouteCarryTest.legs();
    }

    @ParameterizedTest
    @MethodSource("legs")
    void aSlowReaderHoldsUpNobodyAndIsHeldWithinBounds(Route route, boolean resumable) throws Exception {
        List<AtomicLong> written = new ArrayList<>();
        try (RouteWorld world = new RouteWorld(6, connection -> flood(connection, written))) {
            EdgeServer edge = world.edge(resumable ? world.resumable(route) : world.plain(route));
            try (Socket slow = new Socket()) {
                slow.setReceiveBufferSize(16 << 10);
                slow.setSoTimeout(40_000);
                slow.connect(edge.tcpAddresses().getFirst());
                assertThat(slow.getInputStream().readNBytes(1)).hasSize(1);
                try (Socket quick = RouteWorld.connect(edge)) {
                    assertThat(quick.getInputStream().readNBytes(SIZE)).hasSize(SIZE);
                }
                AtomicLong held;
                synchronized (written) {
                    held = written.getFirst();
                }
                // At each of five nodes 256 KiB for both directions of streams and cells, at both ends of a resumable
                // leg 256 KiB, and what kernels hold of its own connections.
                assertThat(held.get()).isLessThan(4 << 20);
                assertThat(slow.getInputStream().readNBytes(SIZE - 1)).hasSize(SIZE - 1);
            }
        }
    }

    private static void flood(Socket connection, List<AtomicLong> written) throws IOException {
        AtomicLong count = new AtomicLong();
        synchronized (written) {
            written.add(count);
        }
        connection.setSendBufferSize(64 << 10);
        OutputStream out = connection.getOutputStream();
        byte[] chunk = new byte[16 << 10];
        for (int sent = 0; sent < SIZE; sent += chunk.length) {
            out.write(chunk);
            count.addAndGet(chunk.length);
        }
    }
}
