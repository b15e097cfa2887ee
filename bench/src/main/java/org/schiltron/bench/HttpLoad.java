package org.schiltron.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Loads a web server, as a process of its own. Reads lines:
 * <ul>
 * <li>{@code bulk ADDRESS PORT SECONDS}: fetches /big over one connection, whole and again until the time is over; answers
 * {@code bulk: BYTES SECONDS};
 * <li>{@code small ADDRESS PORT kept|new CONNECTIONS REQUESTS_PER_SECOND WARM_MS MS}: fetches /small in an open loop. Each
 * connection has requests due at fixed times and latency counts from then, so that what a slow answer holds up is not
 * left out; answers {@code small: REQUESTS ERRORS P50_US P99_US}.
 * </ul>
 */
final class HttpLoad {
    private static final int ANSWER_BYTES = 1 << 16;
    private static final int TIMEOUT_MS = 10_000;

    private HttpLoad() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(words[1]), Integer.parseInt(words[2]));
            String answer;
            try {
                answer = words[0].equals("bulk")
                        ? bulk(to, Integer.parseInt(words[3]))
                        : small(to, words[3].equals("new"), Integer.parseInt(words[4]), Integer.parseInt(words[5]),
                                Integer.parseInt(words[6]), Integer.parseInt(words[7]));
            } catch (IOException e) {
                answer = "0 failed: " + e;
            }
            System.out.println(words[0] + ": " + answer);
        }
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(to, TIMEOUT_MS);
        return socket;
    }

    private static byte[] request(String file, boolean last) {
        return ("GET /" + file + " HTTP/1.1\r\nHost: bench\r\n" + (last ? "Connection: close\r\n" : "") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String bulk(InetSocketAddress to, int seconds) throws IOException {
        byte[] buffer = new byte[ANSWER_BYTES];
        try (Socket socket = connect(to)) {
            long startNs = System.nanoTime();
            long bytes = 0;
            while (System.nanoTime() - startNs < seconds * 1_000_000_000L) {
                socket.getOutputStream().write(request("big", false));
                bytes += readAnswer(socket.getInputStream(), buffer);
            }
            return bytes + " " + (System.nanoTime() - startNs) * 1e-9;
        }
    }

    /** Reads one answer whole; the length of its body. */
    private static long readAnswer(InputStream in, byte[] buffer) throws IOException {
        int held = 0;
        int head = -1;
        while (head < 0) {
            int count = in.read(buffer, held, buffer.length - held);
            if (count <= 0)
                throw new EOFException("no whole answer");
            held += count;
            head = endOfHead(buffer, held);
        }
        String text = new String(buffer, 0, head, StandardCharsets.US_ASCII);
        int at = text.indexOf("Content-Length: ");
        if (!text.startsWith("HTTP/1.1 200") || at < 0)
            throw new IOException("answered " + text.lines().findFirst().orElse(""));
        long length = Long.parseLong(text.substring(at + 16, text.indexOf('\r', at)));
        long left = length - (held - head);
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0)
                throw new EOFException(left + " bytes are missing");
            left -= count;
        }
        return length;
    }

    private static int endOfHead(byte[] buffer, int length) {
        for (int i = 3; i < length; i++)
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n')
                return i + 1;
        return -1;
    }

    private static String small(InetSocketAddress to, boolean fresh, int connections, int rate, int warmMs,
            int measureMs) throws InterruptedException {
        double apartNs = 1e9 * connections / rate;
        int warm = (int) (warmMs * 1e6 / apartNs);
        int measured = (int) (measureMs * 1e6 / apartNs);
        long[] latenciesNs = new long[connections * measured];
        AtomicInteger errors = new AtomicInteger();
        long startNs = System.nanoTime() + 50_000_000L;
        Thread[] threads = new Thread[connections];
        for (int c = 0; c < connections; c++) {
            int self = c;
            threads[c] = Thread.ofPlatform().start(() -> {
                try (Requests requests = new Requests(to, fresh)) {
                    for (int i = 0; i < warm + measured; i++) {
                        long dueNs = startNs + (long) (apartNs * (i + (double) self / connections));
                        while (System.nanoTime() < dueNs)
                            LockSupport.parkNanos(dueNs - System.nanoTime());
                        if (!requests.one())
                            errors.incrementAndGet();
                        if (i >= warm)
                            latenciesNs[self * measured + i - warm] = System.nanoTime() - dueNs;
                    }
                }
            });
        }
        for (Thread thread : threads)
            thread.join();
        Arrays.sort(latenciesNs);
        return latenciesNs.length + " " + errors + " " + quantile(latenciesNs, 0.5) + " "
                + quantile(latenciesNs, 0.99);
    }

    private static long quantile(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))] / 1_000;
    }

    /** One connection, opened when needed. */
    private static final class Requests implements AutoCloseable {
        private final InetSocketAddress to;
        private final boolean fresh;
        private final byte[] request;
        private final byte[] buffer = new byte[8 << 10];
        private Socket socket = new Socket();

        Requests(InetSocketAddress to, boolean fresh) {
            this.to = to;
            this.fresh = fresh;
            request = request("small", fresh);
        }

        boolean one() {
            try {
                if (!socket.isConnected() || socket.isClosed())
                    socket = connect(to);
                socket.getOutputStream().write(request);
                readAnswer(socket.getInputStream(), buffer);
                if (fresh)
                    close();
                return true;
            } catch (IOException e) {
                close();
                return false;
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // nothing is left to be done with it
            }
        }
    }
}
