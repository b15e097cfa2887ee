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
                access_log off;
                sendfile on;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                server {
                    listen ADDRESS;
                    root files;
                }
            }
            """;

    private final Path files;
    private final String address;

    private Nginx(Path files, String address) {
        this.files = files;
        this.address = address;
    }

    /** @param host 127.0.0.1 or [::1] */
    static Nginx start(Stage stage, String host) {
        try {
            Path directory = stage.newDirectory("nginx");
            Path files = Files.createDirectory(directory.resolve("files"));
            int port = Stage.freePort();
            Path config = Files.writeString(directory.resolve("nginx.conf"),
                    CONFIG.replace("ADDRESS", host + ":" + port));
            stage.start(List.of(Programs.nginx(), "-p", directory.toString(), "-c", config.toString(), "-e", "stderr"));
            InetAddress at = InetAddress.ofLiteral(host.replace("[", "").replace("]", ""));
            await("nginx accepts").atMost(Child.LONGEST).ignoreException(IOException.class).until(() -> {
                new Socket(at, port).close();
                return true;
            });
            return new Nginx(files, host + ":" + port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code protect} takes it. */
    String address() {
        return address;
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
