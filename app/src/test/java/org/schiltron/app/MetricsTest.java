package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;

class MetricsTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void everyDropReasonIsThereFromTheStart() throws IOException {
        Counters counters = new Counters();
        counters.in(100);
        counters.drop(Drop.BAD_COOKIE);
        try (Metrics metrics = Metrics.serve(ANY)) {
            metrics.add("mailbox", "3", counters);
            metrics.gauge("schiltron_mailbox_gets", "gets that wait", "3", () -> 7);
            metrics.gauge("schiltron_mailbox_gets", "gets that wait", "4", () -> 8);
            String text = scrape(metrics);
            for (Drop reason : Drop.values())
                assertThat(text).contains("schiltron_drops_total{instance=\"3\",reason=\"" + reason.label()
                        + "\",role=\"mailbox\"} " + (reason == Drop.BAD_COOKIE ? "1.0" : "0.0"));
            assertThat(text).contains("schiltron_datagrams_in_total{instance=\"3\",role=\"mailbox\"} 1.0",
                    "schiltron_bytes_in_total{instance=\"3\",role=\"mailbox\"} 100.0",
                    "schiltron_mailbox_gets{instance=\"3\"} 7.0", "schiltron_mailbox_gets{instance=\"4\"} 8.0");
        }
    }

    @Test
    void aBusyPortIsOneLine() {
        try (Metrics first = Metrics.serve(ANY)) {
            InetSocketAddress busy = new InetSocketAddress(ANY.getAddress(), first.port());
            Failure failure = catchThrowableOfType(Failure.class, () -> Metrics.serve(busy));
            assertThat(failure.exit()).isEqualTo(Exit.CANNOT_LISTEN);
            assertThat(failure.line()).contains(":" + first.port()).contains("in use");
        }
    }

    private static String scrape(Metrics metrics) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + metrics.port() + "/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
