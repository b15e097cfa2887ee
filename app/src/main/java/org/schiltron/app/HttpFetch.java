package org.schiltron.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.schiltron.host.MonotonicClock;

/** One HTTP/1.1 GET on a connection of its own, as a plain client does it. */
record HttpFetch(InetSocketAddress server) {
    private static final int MAX_RESPONSE = 1 << 20;

    /**
     * The response's body.
     *
     * @throws IOException if it is not a complete answer with status 200 by {@code deadlineNs}
     */
    byte[] get(long deadlineNs) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, leftMs(deadlineNs));
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] response = readAll(socket, deadlineNs);
            return body(response);
        }
    }

    private static int leftMs(long deadlineNs) throws IOException {
        long left = (deadlineNs - MonotonicClock.nowNs()) / 1_000_000L;
        if (left <= 0)
            throw new IOException("timed out");
        return (int) left;
    }

    private static byte[] readAll(Socket socket, long deadlineNs) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[16 << 10];
        int length = 0;
        while (true) {
            socket.setSoTimeout(leftMs(deadlineNs));
            int count = in.read(buffer, length, buffer.length - length);
            if (count < 0)
                return Arrays.copyOf(buffer, length);
            length += count;
            if (length == buffer.length) {
                if (length >= MAX_RESPONSE)
                    throw new IOException("response of more than a mebibyte");
                buffer = Arrays.copyOf(buffer, 2 * length);
            }
        }
    }

    private static byte[] body(byte[] response) throws IOException {
        String text = new String(response, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.1 200"))
            throw new IOException("no answer with status 200");
        String head = text.substring(0, end).toLowerCase(java.util.Locale.ROOT);
        byte[] body = Arrays.copyOfRange(response, end + 4, response.length);
        int at = head.indexOf("content-length:");
        if (at >= 0) {
            int promised = Integer.parseInt(head.substring(at + 15).lines().findFirst().orElse("0").strip());
            if (body.length != promised)
                throw new IOException("body of " + body.length + " bytes, not " + promised);
        }
        return body;
    }
}
