package org.schiltron.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * As much of HTTP/1.1 (RFC 9110, RFC 9112) as a scrape needs: GET and HEAD of {@code /metrics}, one request for each
 * connection. Anything else is answered with what is wrong. The JDK's own server is not used, since it spins, writing to the
 * log, once the process has no file descriptor left.
 */
final class MetricsServer implements AutoCloseable {
    /** Bytes of a request up to its empty line. */
    static final int MAX_REQUEST = 8_192;
    /** Scrapes at once; more connections are closed unanswered. */
    private static final int MAX_CONNECTIONS = 16;
    private static final int BACKLOG = 64;
    private static final Duration TIME_FOR_ONE = Duration.ofSeconds(10);
    /** Read and thrown away after the answer, so that closing does not reset the connection under it. */
    private static final int MAX_REST = 65_536;

    /** Writes what Prometheus reads. */
    interface Page {
        /**
         * @param accept the request's Accept header, "" if it has none
         * @return the content's type
         */
        String write(String accept, ByteArrayOutputStream out) throws IOException;
    }

    private final Page page;
    private final LocalServer server;
    private final int port;

    private MetricsServer(ServerSocketChannel listener, Page page) throws IOException {
        this.page = page;
        port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        server = LocalServer.start("metrics", listener, MAX_CONNECTIONS, TIME_FOR_ONE, this::serve);
    }

    /** @param at resolved; port 0 takes a free one */
    static MetricsServer open(InetSocketAddress at, Page page) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.bind(at, BACKLOG);
            return new MetricsServer(listener, page);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        server.close();
    }

    private void serve(SocketChannel channel) throws IOException {
        String request = readRequest(channel);
        if (request.isEmpty())
            return;
        ByteBuffer answer = ByteBuffer.wrap(answer(request));
        while (answer.hasRemaining())
            channel.write(answer);
        channel.shutdownOutput();
        ByteBuffer rest = ByteBuffer.allocate(1_024);
        for (int left = MAX_REST; left > 0 && channel.read(rest.clear()) > 0;)
            left -= rest.position();
    }

    /** Up to the empty line, or as much as is too much; "" if the other end leaves before. */
    private static String readRequest(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_REQUEST);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0)
                return "";
            String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
            if (text.contains("\r\n\r\n"))
                return text;
        }
        return new String(buffer.array(), StandardCharsets.ISO_8859_1);
    }

    private byte[] answer(String request) throws IOException {
        if (!request.contains("\r\n\r\n"))
            return plain("431 Request Header Fields Too Large", "", "the request is longer than 8 KiB\n");
        String[] words = request.substring(0, request.indexOf("\r\n")).split(" ", -1);
        if (words.length != 3 || !words[2].startsWith("HTTP/1."))
            return plain("400 Bad Request", "", "not a request of HTTP/1.1\n");
        String target = words[1].indexOf('?') < 0 ? words[1] : words[1].substring(0, words[1].indexOf('?'));
        if (!target.equals("/metrics"))
            return plain("404 Not Found", "", "metrics are at /metrics\n");
        boolean head = words[0].equals("HEAD");
        if (!head && !words[0].equals("GET"))
            return plain("405 Method Not Allowed", "Allow: GET, HEAD\r\n", "metrics can be read only\n");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        String type = page.write(header(request, "accept"), content);
        return message("200 OK", "Content-Type: " + type + "\r\n", content.toByteArray(), head);
    }

    private static String header(String request, String name) {
        return request.lines().skip(1).takeWhile(line -> !line.isEmpty())
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":")).findFirst()
                .map(line -> line.substring(name.length() + 1).strip()).orElse("");
    }

    private static byte[] plain(String status, String headers, String text) {
        return message(status, headers + "Content-Type: text/plain; charset=utf-8\r\n",
                text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static byte[] message(String status, String headers, byte[] content, boolean head) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + content.length
                + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        if (!head)
            out.writeBytes(content);
        return out.toByteArray();
    }
}
