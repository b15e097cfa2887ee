package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /metrics HTTP/1.1           | 200
            GET /metrics?name=x HTTP/1.0    | 200
            HEAD /metrics HTTP/1.1          | 200
            POST /metrics HTTP/1.1          | 405
            DELETE /metrics HTTP/1.1        | 405
            GET / HTTP/1.1                  | 404
            GET /metricsx HTTP/1.1          | 404
            POST /-/quit HTTP/1.1           | 404
            GET http://other.example/metrics HTTP/1.1 | 404
            rubbish                         | 400
            GET /metrics                    | 400
            """)
    void onlyReadsOfMetricsAreServed(String request, int status) throws IOException {
        try (Metrics metrics = Metrics.serve(ANY)) {
            metrics.add("mailbox", "0", new Counters());
            String answer = ask(metrics, request + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            assertThat(answer.contains("schiltron_datagrams_in"))
                    .isEqualTo(status == 200 && request.startsWith("GET"));
            assertThat(answer.contains("Allow: GET, HEAD")).isEqualTo(status == 405);
        }
    }

    /** Parts of an embedded swarm have the same numbers as the role they serve. */
    @Test
    void socketsOfSeveralRolesInOneProcessAreToldApart() throws IOException {
        UdpSockets sockets = UdpSockets.bindShards(UdpOptions.defaults(), 1, ANY).getFirst();
        try (Metrics metrics = Metrics.serve(ANY)) {
            metrics.add("mailbox", "0", sockets);
            metrics.add("ring", "0", sockets);
            assertThat(scrape(metrics)).contains("schiltron_udp_trains_refused_total{instance=\"0\",role=\"ring\"} 0.0",
                    "schiltron_udp_receive_dropped_total{instance=\"0\",role=\"mailbox\"} 0.0");
        } finally {
            sockets.close();
        }
    }

    @Test
    void anEndlessRequestIsCutOff() throws IOException {
        try (Metrics metrics = Metrics.serve(ANY)) {
            metrics.add("mailbox", "0", new Counters());
            assertThat(ask(metrics, "GET /metrics HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431 ");
            assertThat(scrape(metrics)).contains("schiltron_datagrams_in");
        }
    }

    private static String ask(Metrics metrics, String request) throws IOException {
        try (Socket socket = new Socket(ANY.getAddress(), metrics.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
