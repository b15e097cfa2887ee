package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code schiltron edge} between real clients (curl, openssl, wrk) and real servers (nginx), on loopback. */
class EdgeIT {
    private static final int FILE_BYTES = 3_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;

    @BeforeEach
    void begin() {
        stage = new Stage(directory);
    }

    @AfterEach
    void end() {
        stage.close();
    }

    /** Starts an edge; its address for TCP clients. */
    private String edge(String... arguments) {
        return edgeProcess(arguments).awaitLine("edge: ").replaceFirst(" tcp$", "");
    }

    private Child edgeProcess(String... arguments) {
        List<String> all = new ArrayList<>(List.of("edge", "--metrics", "off"));
        all.addAll(List.of(arguments));
        return stage.schiltron(all.toArray(String[]::new));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** The status of an answer, and what came with it in {@code file}. */
    private int status(String url, String file, String... more) {
        List<String> command = new ArrayList<>(List.of(Programs.curl(), "-sS", "-g", "--noproxy", "*", "--max-time",
                "100", "-o", directory.resolve(file).toString(), "-w", "%{http_code}\n"));
        command.addAll(List.of(more));
        command.add(url);
        Child child = stage.start(command);
        return child.awaitExit() == 0 ? Integer.parseInt(child.out().getLast()) : -child.awaitExit();
    }

    /** All that comes back for these bytes until the end of the connection; {@code reset} if it ends by one. */
    private static String said(String edge, String bytes) throws IOException {
        int colon = edge.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(edge.substring(0, colon)),
                    Integer.parseInt(edge.substring(colon + 1))));
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException e) {
            return "reset";
        }
    }

    @Test
    void requestsAreReadAndTheServiceIsToldWhoseTheyAre() throws IOException {
        Nginx nginx = Nginx.startBehindProxyProtocol(stage, "127.0.0.1");
        Path file = nginx.file("big", FILE_BYTES, new Random(1));
        String edge = edge("--listen", "127.0.0.1:0", "--to", nginx.address(), "--verify", "http", "--proxy-protocol");
        assertThat(status("http://" + edge + "/big", "got")).as(stage::toString).isEqualTo(200);
        assertThat(Stage.sha256(directory.resolve("got"))).isEqualTo(Stage.sha256(file));
        org.awaitility.Awaitility.await().atMost(Child.LONGEST)
                .untilAsserted(() -> assertThat(Files.readString(nginx.log())).startsWith("127.0.0.1 "));
        assertThat(said(edge,
                "GET /big HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .as("its end can be seen in two places").startsWith("HTTP/1.1 400 ");
        assertThat(said(edge, "\u0016\u0003\u0001 this is no request\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(Files.readString(nginx.log()).lines()).as("nginx has seen one request").hasSize(1);
    }

    @Test
    void bytesPassAsTheyAreWhereNothingIsVerified() throws IOException {
        Nginx nginx = Nginx.start(stage, "[::1]");
        Path file = nginx.file("big", FILE_BYTES, new Random(2));
        String edge = edge("--listen", "127.0.0.1:0", "--to", nginx.address());
        assertThat(status("http://" + edge + "/big", "got")).as(stage::toString).isEqualTo(200);
        assertThat(Stage.sha256(directory.resolve("got"))).isEqualTo(Stage.sha256(file));
    }

    @Test
    void tokensLetIn() throws IOException {
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        nginx.file("page", 1_000, new Random(3));
        String key = directory.resolve("edge.key").toString();
        stage.ok("key", "new", key);
        String edge = edge("--listen", "127.0.0.1:0", "--to", nginx.address(), "--auth", "token", "--key", key);
        assertThat(status("http://" + edge + "/page", "got")).isEqualTo(401);
        assertThat(status("http://" + edge + "/page", "got", "-H", "Authorization: Bearer 1.alice.xyz")).isEqualTo(401);
        String token = stage.ok("edge", "issue-token", "--key", key, "--for", "alice", "--expires", "1d").out()
                .getFirst();
        assertThat(status("http://" + edge + "/page", "got", "-H", "Authorization: Bearer " + token))
                .as(stage::toString).isEqualTo(200);
        assertThat(directory.resolve("got")).hasSize(1_000);
        String other = stage.ok("edge", "issue-token", "--key", key, "--for", "alice", "--expires", "1d", "--service",
                "another").out().getFirst();
        assertThat(status("http://" + edge + "/page", "got", "-H", "Authorization: Bearer " + other)).isEqualTo(401);
    }

    @Test
    void aPuzzleSaysWhatToDoWithoutJavaScript() throws IOException {
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        nginx.file("page", 1_000, new Random(4));
        String edge = edge("--listen", "127.0.0.1:0", "--to", nginx.address(), "--auth", "puzzle");
        assertThat(status("http://" + edge + "/page", "got")).isEqualTo(503);
        assertThat(status("http://" + edge + "/page", "page.html", "-H", "Accept: text/html")).isEqualTo(503);
        assertThat(Files.readString(directory.resolve("page.html"))).contains("<noscript>").contains("JavaScript")
                .as("nothing from elsewhere").doesNotContain("http://", "https://", "src=");
    }

    @Test
    void tlsPassesThroughAndNothingElse() throws IOException {
        TlsNginx nginx = new TlsNginx(stage);
        Files.write(nginx.files().resolve("page"), new byte[1_000]);
        String port = nginx.url("").replaceAll(".*:", "");
        String edge = edge("--listen", "127.0.0.1:0", "--to", "127.0.0.1:" + port, "--verify", "tls");
        String way = "localhost:" + port + ":" + edge;
        assertThat(status(nginx.url("/page"), "got", "--cacert", nginx.certificate().toString(), "--connect-to", way))
                .as(stage::toString).isEqualTo(200);
        assertThat(directory.resolve("got")).hasSize(1_000);
        assertThat(said(edge, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).doesNotContain("HTTP/");
    }

    /** A grant is earned at the page of one service and lets in to another, which the edge does not see into. */
    @Test
    void aGrantIsEarnedAtThePageAndHoldsForTlsThatPasses() throws IOException {
        Nginx plain = Nginx.start(stage, "127.0.0.1");
        plain.file("page", 500, new Random(5));
        TlsNginx nginx = new TlsNginx(stage);
        Files.write(nginx.files().resolve("page"), new byte[1_000]);
        String port = nginx.url("").replaceAll(".*:", "");
        int shopPort = Stage.freePort();
        // PBKDF2-SHA-256 of "open sesame", 1,000 rounds, as passlib writes it
        write("users", "alice:" + pbkdf2("open sesame") + "\n");
        Path services = write("edge.toml", """
                [[service]]
                name = "page"
                listen = "127.0.0.1:0"
                auth = "grant"
                earn-grant = "password"
                passwords = "users"
                to = "%s"

                [[service]]
                name = "shop"
                listen = "127.0.0.1:%d"
                hosts = ["localhost"]
                verify = "tls"
                auth = "grant"
                grants-of = "page"
                to = "127.0.0.1:%s"
                """.formatted(plain.address(), shopPort, port));
        Child process = edgeProcess("--services", services.toString());
        String page = process.awaitLine("edge: ").replaceFirst(" tcp$", "");
        String shop = "127.0.0.1:" + shopPort;
        String[] tls = {"--cacert", nginx.certificate().toString(), "--connect-to", "localhost:" + port + ":" + shop};
        assertThat(status(nginx.url("/page"), "got", tls)).as("not let in").isNegative();
        assertThat(status("http://" + page + "/page", "got")).isEqualTo(403);
        assertThat(status("http://" + page + "/.schiltron/grant", "got", "-d", "user=alice&password=wrong"))
                .isNotEqualTo(200);
        assertThat(status(nginx.url("/page"), "got", tls)).as("still not").isNegative();
        assertThat(status("http://" + page + "/.schiltron/grant", "answer", "-d", "user=alice&password=open+sesame"))
                .as(stage::toString).isBetween(200, 303);
        assertThat(status(nginx.url("/page"), "got", tls)).as(stage::toString).isEqualTo(200);
        assertThat(status("http://" + page + "/page", "got")).isEqualTo(200);
    }

    private static String pbkdf2(String password) {
        try {
            byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
            var spec = new javax.crypto.spec.PBEKeySpec(password.toCharArray(), salt, 1_000, 256);
            byte[] hash = javax.crypto.SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec)
                    .getEncoded();
            var base64 = java.util.Base64.getEncoder().withoutPadding();
            return "$pbkdf2-sha256$1000$" + base64.encodeToString(salt).replace('+', '.') + "$"
                    + base64.encodeToString(hash).replace('+', '.');
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The service listens at eight ports; which one edges show changes all the while. */
    @Test
    void theAuthenticatorChangesUnderLoadAndNoRequestFails() throws IOException {
        Nginx nginx = Nginx.startAtPorts(stage, "127.0.0.1", 8);
        nginx.file("page", 2_000, new Random(6));
        stage.ok("key", "new", directory.resolve("shop.key").toString());
        int port = Integer.parseInt(nginx.address().replaceAll(".*:", ""));
        Path shown = write("shop-auth.toml", """
                destination-port = "%d-%d"
                secret = "shop.key"
                every = "4s"
                overlap = "4s"
                early = "200ms"
                """.formatted(port, port + 7));
        Child process = edgeProcess("--listen", "127.0.0.1:0", "--to", nginx.address(), "--verify", "http",
                "--authenticator", shown.toString(), "--set", "tune.new-connections-per-second-per-source=100000");
        String edge = process.awaitLine("edge: ").replaceFirst(" tcp$", "");
        Child wrk = stage
                .start(List.of(Programs.wrk(), "-t1", "-c16", "-d12s", "--timeout", "30s", "http://" + edge + "/page"));
        assertThat(wrk.awaitExit()).as(wrk::toString).isZero();
        String out = String.join("\n", wrk.out());
        assertThat(out).as(out).doesNotContain("Socket errors", "Non-2xx").contains("requests in");
        Child status = stage.ok("status", "edge", "--json");
        assertThat(String.join("", status.out())).containsPattern("\"legsChanged\" ?: ?[1-9][0-9]+");
    }

    /** The name has the edge's address while it runs; a wrong key changes nothing. */
    @Test
    void anEdgeIsInTheDnsWhileItRuns() throws IOException {
        NameServers servers = new NameServers(stage, "");
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        write("tsig.key", NameServers.TSIG + "\n");
        write("other.key", NameServers.TSIG.replace('c', 'd') + "\n");
        String dns = """
                server = "%s"
                zone = "shop.example"
                name = "www.shop.example"
                key-name = "edges"
                secret = "tsig.key"
                addresses = ["192.0.2.7", "2001:db8::7"]
                """.formatted(servers.authority());
        Path file = write("dns.toml", dns);
        assertThat(servers.addresses("www")).isEmpty();
        Child edge = edgeProcess("--listen", "127.0.0.1:0", "--to", nginx.address(), "--dns", file.toString());
        edge.awaitLine("dns: ");
        assertThat(servers.addresses("www")).containsExactly("192.0.2.7");
        stage.refused(1, "NOTAUTH", "edge", "dns", "remove",
                write("wrong.toml", dns.replace("tsig.key", "other.key")).toString());
        assertThat(servers.addresses("www")).containsExactly("192.0.2.7");
        stage.ok("edge", "dns", "remove", file.toString());
        assertThat(servers.addresses("www")).isEmpty();
        stage.ok("edge", "dns", "add", file.toString());
        assertThat(servers.addresses("www")).containsExactly("192.0.2.7");
        assertThat(edge.terminate()).as(edge::toString).isZero();
        assertThat(servers.addresses("www")).isEmpty();
    }

    @Test
    void whatDoesNotFitTogetherIsSaidInOneLine() throws IOException {
        Path weak = write("weak.toml", "source = \"127.0.0.1\"\n");
        stage.refused(2, "3.5", "edge", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:80", "--authenticator",
                weak.toString());
        Path bad = write("bad.toml", """
                [[service]]
                name = "shop"
                listen = "127.0.0.1:0"
                to = "127.0.0.1:80"
                aut = "token"
                """);
        stage.refused(2, "bad.toml:5: service 1.aut: no such key; did you mean auth?", "edge", "--services",
                bad.toString());
    }
}
