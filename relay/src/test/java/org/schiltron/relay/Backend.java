package org.schiltron.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A service behind an edge: each connection on a virtual thread. */
public final class Backend implements AutoCloseable {
    /** What it does with a connection, which is closed after it. */
    @FunctionalInterface
    public interface Handler {
        void serve(Socket connection) throws IOException, InterruptedException;
    }

    /** Those that are open or were, in order of arrival. */
    public final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
    /** Connections that were served to their end. */
    public final AtomicInteger endedInOrder = new AtomicInteger();
    private final ServerSocket listening;
    private final Handler handler;

    private Backend(Handler handler) throws IOException {
        this.handler = handler;
        this.listening = new ServerSocket();
        listening.bind(Edges.loopback(0), 4_096);
        Thread.ofVirtual().start(this::accept);
    }

    public static Backend start(Handler handler) throws IOException {
        return new Backend(handler);
    }

    /** Sends back what comes, and ends when its client does. */
    public static Backend echo() throws IOException {
        return start(connection -> connection.getInputStream().transferTo(connection.getOutputStream()));
    }

    /** Leaves connections to the test. */
    public static Backend silent() throws IOException {
        return start(_ -> Thread.sleep(Long.MAX_VALUE));
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                accepted.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            handler.serve(connection);
            endedInOrder.incrementAndGet();
        } catch (IOException | InterruptedException e) {
            // the test looks at the other end
        }
    }

    /** Answers each {@code GET ... CRLF CRLF} with a page of so many bytes, on connections that stay. */
    public static Backend http(int bytes) throws IOException {
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] answer = Arrays.copyOf(head, head.length + bytes);
        return start(connection -> {
            InputStream in = connection.getInputStream();
            OutputStream out = connection.getOutputStream();
            int matched = 0;
            int b = in.read();
            while (b >= 0) {
                matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
                if (matched == 4) {
                    out.write(answer);
                    matched = 0;
                }
                b = in.read();
            }
        });
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket connection : accepted)
            connection.close();
    }
}
