package org.schiltron.app;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;

/** The small HTTP service that the demo protects when it is given none: one page of 4 KB. */
final class DemoBackend implements AutoCloseable {
    private static final int PAGE_BYTES = 4_096;

    private final HttpServer server;

    DemoBackend() throws IOException {
        byte[] page = new byte[PAGE_BYTES];
        new SplittableRandom(4).nextBytes(page);
        server = HttpServer.create(DemoNet.loopback(0), 256);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, page.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(page);
            }
        });
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
