package org.schiltron.relay.openings;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.schiltron.relay.Backend;

/** A web server behind an edge that says what it was asked, takes WebSockets, and remembers every request. */
final class Site implements AutoCloseable {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3

    private final String name;
    private final Backend backend;
    private volatile boolean bareLineFeeds;
    private volatile boolean lengthFirst;
    final BlockingQueue<LooseRequests.Seen> seen = new LinkedBlockingQueue<>();
    /** Of each connection that has ended. */
    final BlockingQueue<List<LooseRequests.Seen>> connections = new LinkedBlockingQueue<>();

    Site(String name) throws IOException {
        this.name = name;
        this.backend = Backend.start(this::serve);
    }

    /** From its next connection on; see {@link LooseRequests}. */
    void readsLike(boolean withBareLineFeeds, boolean withLengthFirst) {
        bareLineFeeds = withBareLineFeeds;
        lengthFirst = withLengthFirst;
    }

    InetSocketAddress address() {
        return backend.address();
    }

    private void serve(Socket connection) throws IOException {
        List<LooseRequests.Seen> here = new ArrayList<>();
        try {
            BufferedInputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            LooseRequests requests = new LooseRequests(in, bareLineFeeds, lengthFirst);
            LooseRequests.BeforeBody goOn = () -> {
                if (requests.fields.containsKey("expect"))
                    out.write(text("HTTP/1.1 100 Continue\r\n\r\n"));
            };
            for (LooseRequests.Seen one = requests.next(goOn); one != null; one = requests.next(goOn)) {
                here.add(one);
                seen.add(one);
                String key = requests.fields.get("sec-websocket-key");
                if (key != null) {
                    out.write(text("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n"));
                    echo(new DataInputStream(in), out);
                    return;
                }
                String page = name + " " + one.method() + " " + one.target() + " " + one.body();
                String head = "HTTP/1.1 200 OK\r\nContent-Length: " + page.length() + "\r\n\r\n";
                out.write(text(one.method().equals("HEAD") ? head : head + page));
            }
        } finally {
            connections.add(here);
        }
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text(key + GUID)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Short frames of text, back without their masks (RFC 6455, section 5.2). */
    private static void echo(DataInputStream in, OutputStream out) throws IOException {
        for (int head = in.read(); head >= 0; head = in.read()) {
            int length = in.readUnsignedByte() & 0x7f;
            byte[] mask = in.readNBytes(4);
            byte[] data = in.readNBytes(length);
            for (int i = 0; i < data.length; i++)
                data[i] ^= mask[i % 4];
            out.write(head);
            out.write(data.length);
            out.write(data);
        }
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        backend.close();
    }
}
