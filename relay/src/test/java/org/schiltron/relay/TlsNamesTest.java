package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.host.ProxyProtocol;

/** TLS that passes through, by name, between real clients and servers of the JDK. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class TlsNamesTest {
    @TempDir
    static Path folder;
    private static Keys one;
    private static Keys two;

    @BeforeAll
    static void makeKeys() throws Exception {
        one = Keys.make(folder, "one.example", "EC");
        two = Keys.make(folder, "two.example", "EC");
    }

    /** Takes TLS and answers each byte; what came before TLS goes to the queue. */
    private static Backend backend(Keys keys, LinkedBlockingQueue<byte[]> headers) throws Exception {
        SSLContext context = Keys.context(keys, List.of());
        return Backend.start(connection -> {
            headers.add(proxyHeader(connection.getInputStream()));
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connection, "edge", 0, true)) {
                tls.setUseClientMode(false);
                tls.getInputStream().transferTo(tls.getOutputStream());
            }
        });
    }

    private static byte[] proxyHeader(InputStream in) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(in.readNBytes(16));
        byte[] fixed = header.toByteArray();
        header.writeBytes(in.readNBytes((fixed[14] & 0xff) << 8 | fixed[15] & 0xff));
        return header.toByteArray();
    }

    private static EdgeServer edge(Backend first, Backend second, @Nullable String other) throws IOException {
        TlsNames names = new TlsNames(SimpleHello::new, Map.of("one.example", "one", "*.example", "two"), other);
        return EdgeServer.start(EdgeConfig.of(List.of(new TcpEntrance(Edges.loopback(0), names, null)), List.of(),
                List.of(Service.direct("one", LegAddress.to(first.address()), true),
                        Service.direct("two", LegAddress.to(second.address()), true)),
                Edges.limits()));
    }

    private static SSLSocket connect(EdgeServer edge, String name) throws Exception {
        SSLSocket socket = (SSLSocket) Keys.context(null, List.of(one, two)).getSocketFactory().createSocket();
        socket.connect(edge.tcpAddresses().getFirst());
        socket.setSoTimeout(20_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(new String[]{"h2", "http/1.1"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void eachNameReachesItsServiceAndTheServiceLearnsNameAndClient() throws Exception {
        LinkedBlockingQueue<byte[]> headers = new LinkedBlockingQueue<>();
        try (Backend first = backend(one, headers);
                Backend second = backend(two, headers);
                EdgeServer edge = edge(first, second, null)) {
            for (String name : List.of("two.example", "one.example", "other.example")) {
                try (SSLSocket client = connect(edge, name)) {
                    client.getOutputStream().write(7);
                    assertThat(client.getInputStream().read()).isEqualTo(7);
                    assertThat(client.getSession().getPeerPrincipal().getName())
                            .isEqualTo(name.equals("one.example") ? "CN=one.example" : "CN=two.example");
                    assertThat(headers.take()).isEqualTo(
                            ProxyProtocol.forAddress(false, (InetSocketAddress) client.getLocalSocketAddress(),
                                    edge.tcpAddresses().getFirst(), name, "h2"));
                }
            }
        }
    }

    @Test
    void anUnknownNameIsToldSoInTheProtocolsOwnWords() throws Exception {
        LinkedBlockingQueue<byte[]> headers = new LinkedBlockingQueue<>();
        try (Backend first = backend(one, headers);
                Backend second = backend(two, headers);
                EdgeServer edge = edge(first, second, null);
                SSLSocket client = connect(edge, "a.b.example")) {
            assertThatThrownBy(client::startHandshake).isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            assertThat(edge.counters().dropped(EdgeDrop.NAME_UNKNOWN)).isEqualTo(1);
            assertThat(headers).isEmpty();
        }
    }

    @Test
    void anUnknownNameMayHaveAServiceToo() throws Exception {
        LinkedBlockingQueue<byte[]> headers = new LinkedBlockingQueue<>();
        try (Backend first = backend(one, headers);
                Backend second = backend(two, headers);
                EdgeServer edge = edge(first, second, "one");
                SSLSocket client = connect(edge, "a.b.example")) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            assertThat(client.getSession().getPeerPrincipal().getName()).isEqualTo("CN=one.example");
        }
    }

    @Test
    void whatIsNoTlsIsNotPassedOn() throws Exception {
        LinkedBlockingQueue<byte[]> headers = new LinkedBlockingQueue<>();
        try (Backend first = backend(one, headers);
                Backend second = backend(two, headers);
                EdgeServer edge = edge(first, second, "one");
                Socket client = Edges.connect(edge)) {
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(
                    java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).startsWith(21, 3, 3);
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_REFUSED)).isEqualTo(1);
            assertThat(headers).isEmpty();
        }
    }
}
