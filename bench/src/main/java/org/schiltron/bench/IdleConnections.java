package org.schiltron.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections to web servers on loopback that are asked once and then wait, as a process of its own: {@code IdleConnections COUNT PORT}.
 * Says {@code open N}, of which so many have been answered; then, for each line it reads, {@code answered N}, of which so many were
 * when asked once more.
 */
final class IdleConnections {
    private static final byte[] REQUEST = "GET /page HTTP/1.1\r\nHost: bench\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    /** An address of 127/8 has some 28,000 ports. */
    private static final int PER_ADDRESS = 10_000;

    private IdleConnections() {
    }

    public static void main(String[] args) throws IOException {
        int count = Integer.parseInt(args[0]);
        var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        List<SocketChannel> open = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        int answered = 0;
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (i >= PER_ADDRESS)
                channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.1." + i / PER_ADDRESS), 0));
            channel.connect(to);
            open.add(channel);
            answered += ask(channel, buffer) ? 1 : 0;
        }
        System.out.println("open " + answered);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (lines.readLine() != null) {
            answered = 0;
            for (SocketChannel channel : open)
                answered += ask(channel, buffer) ? 1 : 0;
            System.out.println("answered " + answered);
        }
    }

    /** Whether there is a whole answer: its head, then as much as that says. */
    private static boolean ask(SocketChannel channel, ByteBuffer buffer) throws IOException {
        channel.write(ByteBuffer.wrap(REQUEST));
        buffer.clear();
        while (channel.read(buffer) > 0) {
            String so = StandardCharsets.US_ASCII.decode(buffer.duplicate().flip()).toString();
            int head = so.indexOf("\r\n\r\n");
            int length = so.indexOf("Content-Length: ");
            if (!so.startsWith("HTTP/1.1 200 ") || head < 0 || length < 0)
                return false;
            if (so.length() >= head + 4 + Integer.parseInt(so.substring(length + 16, so.indexOf('\r', length))))
                return true;
        }
        return false;
    }
}
