package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.host.MonotonicClock;
import org.schiltron.wire.Wire;

class DemoTest {
    @Test
    void aFloodIsAimedAtLoopbackOnly() {
        for (String address : List.of("192.0.2.1", "10.0.0.1", "8.8.8.8", "2001:db8::1", "0.0.0.0")) {
            assertThatThrownBy(
                    () -> new Flood.Target(new InetSocketAddress(InetAddress.ofLiteral(address), 53), Wire.PUT))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("loopback addresses only");
        }
        assertThat(new Flood.Target(DemoNet.loopback(53), Wire.PUT).address().getPort())
                .isEqualTo(53);
    }

    @Test
    void aLinkOfferedTenTimesWhatItCarriesDropsNineOfTen() {
        SharedLink link = new SharedLink(2_500_000, 0, 7);
        int passed = 0;
        for (int i = 0; i < 20_000; i++)
            if (link.offer(i * 50_000L, 1_222) >= 0)
                passed++;
        assertThat(passed).isBetween(1_500, 3_000); // 2,000 a second, and the queue
        assertThat(link.takeLoss()).isBetween(0.8, 0.95);
        assertThat(link.takeLoss()).isZero();
    }

    @Test
    void anIdleLinkPassesAllAfterItsDelay() {
        SharedLink link = new SharedLink(2_500_000, 5_000_000, 7);
        for (int i = 1; i < 100; i++) {
            long nowNs = i * 10_000_000L;
            assertThat(link.offer(nowNs, 1_222)).isEqualTo(nowNs + 5_500_000L);
        }
    }

    @Test
    void clientsReachTheServiceThroughTheEmulatedInternet() throws Exception {
        try (DemoBackend backend = new DemoBackend(); DemoNet net = new DemoNet(backend.address(), 1)) {
            assertThat(net.awaitConnected(60_000_000_000L)).isTrue();
            long deadlineNs = MonotonicClock.nowNs() + 60_000_000_000L;
            byte[] page = new HttpFetch(backend.address()).get(deadlineNs);
            assertThat(net.clients().getFirst().fetch().get(deadlineNs)).isEqualTo(page);
            assertThat(net.oldAddress().fetch(new HttpFetch(backend.address()), deadlineNs)).isEqualTo(page);
        }
    }

    @Test
    void theTableFitsATerminalOf80Columns() {
        StringWriter table = new StringWriter();
        DemoResult.table(new PrintWriter(table), Arrays.stream(DemoPhase.values())
                .map(phase -> new DemoResult(phase, 100_000.4, 1, 3_276_800, 3_952.64, 3_999.96)).toList());
        assertThat(table.toString().lines()).hasSize(2 + DemoPhase.values().length)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(80));
    }

    @Test
    void theJsonHasThePromisedNames() {
        DemoResult result = new DemoResult(DemoPhase.ADDRESS_LEAKED_FILTERED, 20_000.4, 0.99999, 327_680, 60.04, 79.96);
        assertThat(DemoResult.json(List.of(result)).toString()).isEqualTo(
                "{\"phases\":[{\"name\":\"address-leaked-filtered\",\"path\":\"schiltron\",\"attackPps\":20000,"
                        + "\"successRate\":1.0,\"goodputBytesPerSecond\":327680,\"p50Ms\":60.0,\"p99Ms\":80.0}]}");
    }
}
