package org.schiltron.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A web server with a certificate of its own for localhost. */
final class TlsNginx {
    private static final String CONFIG = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events {
                worker_connections 64;
            }
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                server {
                    listen 127.0.0.1:PORT ssl;
                    ssl_certificate cert.pem;
                    ssl_certificate_key key.pem;
                    root files;
                    location /moved { return 302 /.well-known/schiltron; }
                    location /plain { return 302 http://localhost:PORT/.well-known/schiltron; }
                    location /file { return 302 file:///etc/passwd; }
                    location /loop { return 302 /loop; }
                }
            }
            """;

    private final Path directory;
    private final int port = Stage.freePort();

    TlsNginx(Stage stage) {
        directory = stage.newDirectory("tls");
        try {
            Files.createDirectory(files());
            Child certificate = stage.start(List.of(Programs.openssl(), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", directory.resolve("key.pem").toString(), "-out",
                    certificate().toString()));
            if (certificate.awaitExit() != 0)
                throw new AssertionError(certificate);
            Path config = Files.writeString(directory.resolve("nginx.conf"),
                    CONFIG.replace("PORT", Integer.toString(port)));
            stage.start(List.of(Programs.nginx(), "-p", directory.toString(), "-c", config.toString(), "-e", "stderr"));
            await("nginx accepts").atMost(Child.LONGEST).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return true;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To trust. */
    Path certificate() {
        return directory.resolve("cert.pem");
    }

    /** What lies at the root. */
    Path files() {
        return directory.resolve("files");
    }

    String url(String path) {
        return "https://localhost:" + port + path;
    }
}
