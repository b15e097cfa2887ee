package org.schiltron.relay.openings;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeLimits;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.Opening;
import org.schiltron.relay.Service;
import org.schiltron.relay.TcpEntrance;
import org.schiltron.relay.TlsIdentity;

/** Edges with doors, and those who knock at them. */
final class Visits {
    static final long NOW = 1_800_000_000;

    private Visits() {
    }

    /** An answer as it came; its head with the empty line. */
    record Answer(int status, String head, String body) {
        String field(String name) {
            int at = head.indexOf("\r\n" + name + ": ");
            return at < 0 ? "" : head.substring(at + name.length() + 4, head.indexOf("\r\n", at + 2));
        }
    }

    static Door open(String service) {
        return new Door(service, Authentication.NONE, null, null);
    }

    static Service service(String name, InetSocketAddress at) {
        return Service.direct(name, LegAddress.to(at), false);
    }

    static EdgeLimits limits() {
        return Edges.limits().withOpening(Duration.ofSeconds(20), Openings.HTTP_OPENING_BYTES);
    }

    static EdgeServer edge(Opening.Factory opening, @Nullable TlsIdentity tls, Service... services)
            throws IOException {
        return edge(List.of(new TcpEntrance(Edges.loopback(0), opening, tls)), limits(), services);
    }

    static EdgeServer edge(List<TcpEntrance> entrances, EdgeLimits limits, Service... services) throws IOException {
        return EdgeServer.start(EdgeConfig.of(entrances, List.of(), List.of(services), limits).withLoops(2));
    }

    /** HTTP to one site for everybody, whatever host is asked for. */
    static EdgeServer plain(Site site) throws IOException {
        return http(Map.of("", open("site")), service("site", site.address()));
    }

    static EdgeServer http(Map<String, Door> doors, Service... services) throws IOException {
        return edge(Openings.http(doors, () -> NOW, Runnable::run), null, services);
    }

    /** The parts one after the other: the second once the edge has read the first. */
    static void sayInTwo(EdgeServer edge, Socket client, byte[] bytes, int cut) throws IOException {
        long before = edge.counters().bytesToBackend();
        client.getOutputStream().write(bytes, 0, cut);
        Edges.until(() -> edge.counters().bytesBuffered() > 0 || edge.counters().bytesToBackend() > before);
        client.getOutputStream().write(bytes, cut, bytes.length - cut);
    }

    static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write(Site.text(text));
    }

    static Answer ask(Socket client, String request) throws IOException {
        say(client, request);
        return answer(client, request.startsWith("HEAD "));
    }

    static Answer answer(Socket client, boolean toHead) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0)
                throw new EOFException("ended in the middle of \"" + head + "\"");
            head.append((char) b);
        }
        Answer bare = new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), "");
        String length = bare.field("Content-Length");
        if (toHead || length.isEmpty())
            return bare;
        byte[] body = in.readNBytes(Integer.parseInt(length));
        return new Answer(bare.status, bare.head, new String(body, StandardCharsets.UTF_8));
    }

    /** Everything until the other end has ended; what came before a reset, too. */
    static String all(Socket client) {
        StringBuilder all = new StringBuilder();
        try {
            for (int b = client.getInputStream().read(); b >= 0; b = client.getInputStream().read())
                all.append((char) b);
        } catch (IOException e) {
            all.append("(reset)");
        }
        return all.toString();
    }

    static HttpClient browser(@Nullable SSLContext tls) {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(20));
        return tls == null ? builder.build() : builder.sslContext(tls).build();
    }

    static URI uri(EdgeServer edge, int entrance, String scheme, String path) {
        return URI.create(scheme + "://localhost:" + edge.tcpAddresses().get(entrance).getPort() + path);
    }

    static HttpResponse<String> send(HttpClient browser, HttpRequest.Builder request) throws Exception {
        return browser.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
