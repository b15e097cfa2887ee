package org.schiltron.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A web server with files of random bytes, on a loopback address. */
final class Nginx {
    private static final String CONFIG = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events {
                worker_connections 256;
            }
            http {
                log_format client '$proxy_protocol_addr $proxy_protocol_port';
                access_log LOG;
                sendfile on;
                send_timeout 10m;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                server {
                    LISTEN
                    root files;
                }
            }
            """;

    private final Path directory;
    private final Path files;
    private final String address;

    private Nginx(Path directory, Path files, String address) {
        this.directory = directory;
        this.files = files;
        this.address = address;
    }

    /** @param host 127.0.0.1 or [::1] */
    static Nginx start(Stage stage, String host) {
        return start(stage, host, 1, "", "off");
    }

    /** At so many ports, one after the other; its address has the first. */
    static Nginx startAtPorts(Stage stage, String host, int ports) {
        return start(stage, host, ports, "", "off");
    }

    /** Wants to be told who comes, and logs the address and the port it is told. (Values such as 0xE0 it can log from 1.23.2 on.) */
    static Nginx startBehindProxyProtocol(Stage stage, String host) {
        return start(stage, host, 1, " proxy_protocol", "access.log client");
    }

    /** Answers every request with a text, at port 8080 of all addresses of a network namespace. */
    static void answering(Stage stage, Namespaces net, String namespace, String text) {
        try {
            Path directory = stage.newDirectory("nginx");
            Path config = Files.writeString(directory.resolve("nginx.conf"), CONFIG.replace("LISTEN", """
                    listen 8080;
                    listen [::]:8080 ipv6only=on;
                    client_max_body_size 100m;
                    keepalive_requests 1000000;
                    location / { return 200 "%s"; }
                    """.formatted(text)).replace("LOG", "off"));
            net.on(namespace, Programs.nginx(), "-p", directory.toString(), "-c", config.toString(), "-e", "stderr");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Nginx start(Stage stage, String host, int ports, String listenOption, String log) {
        try {
            Path directory = stage.newDirectory("nginx");
            Path files = Files.createDirectory(directory.resolve("files"));
            int port = Stage.freePort();
            StringBuilder listen = new StringBuilder();
            for (int i = 0; i < ports; i++)
                listen.append("listen ").append(host).append(':').append(port + i).append(listenOption).append(";\n");
            Path config = Files.writeString(directory.resolve("nginx.conf"),
                    CONFIG.replace("LISTEN", listen).replace("LOG", log));
            stage.start(List.of(Programs.nginx(), "-p", directory.toString(), "-c", config.toString(), "-e", "stderr"));
            InetAddress at = InetAddress.ofLiteral(host.replace("[", "").replace("]", ""));
            await("nginx accepts").atMost(Child.LONGEST).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
                new Socket(at, port).close();
                return true;
            });
            return new Nginx(directory, files, host + ":" + port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code protect} takes it. */
    String address() {
        return address;
    }

    Path log() {
        return directory.resolve("access.log");
    }

    /** Makes a file to serve. */
    Path file(String name, long bytes, Random random) {
        Path file = files.resolve(name);
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(file)) {
            for (long left = bytes; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
