package org.schiltron.bench;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Datagrams within a network namespace of {@link BorderSpaces}, at a rate that swings evenly between two:
 * {@code SpaceFlood FROM TO PORT BYTES LEAST MOST PERIOD-MS MS}, both rates in datagrams a second. Says
 * {@code began MS-SINCE-1970} before the first, and {@code sent N} after the last. Goes nowhere else: the address must be one of
 * the spaces', and this process must not be in the namespace of the one that has started it.
 */
final class SpaceFlood {
    private static final double MOST_A_SECOND = 50_000;
    private static final long LONGEST_MS = 120_000;
    /** What is due for longer is not made up for: the rate stays below the most. */
    private static final double LATEST_SECONDS = 0.02;
    private static final Path SPACE = Path.of("/proc/self/ns/net");

    private SpaceFlood() {
    }

    public static void main(String[] args) throws IOException {
        InetAddress to = InetAddress.ofLiteral(args[1]);
        double least = Double.parseDouble(args[4]);
        double most = Double.parseDouble(args[5]);
        long periodMs = Long.parseLong(args[6]);
        long ms = Long.parseLong(args[7]);
        if (!args[1].startsWith(BorderSpaces.NET) || isParentsSpace())
            throw new IOException(to + " is not in network namespaces of this program's own");
        if (!(least > 0 && least <= most && most <= MOST_A_SECOND) || periodMs < 1 || ms < 1 || ms > LONGEST_MS)
            throw new IOException("at most " + MOST_A_SECOND + " a second for " + LONGEST_MS + " ms");
        byte[] content = new byte[Integer.parseInt(args[3])];
        DatagramPacket packet = new DatagramPacket(content, content.length,
                new InetSocketAddress(to, Integer.parseInt(args[2])));
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(args[0]), 0))) {
            System.out.println("began " + System.currentTimeMillis());
            long startNs = System.nanoTime();
            long sent = 0;
            double done = 0; // of what was due, what came too late to be sent included
            for (double passedMs = 0; passedMs < ms; passedMs = (System.nanoTime() - startNs) * 1e-6) {
                double due = due(passedMs, least, most, periodMs);
                for (done = Math.max(done, due - most * LATEST_SECONDS); done < due; done++) {
                    socket.send(packet);
                    sent++;
                }
                LockSupport.parkNanos(200_000);
            }
            System.out.println("sent " + sent);
        }
    }

    private static boolean isParentsSpace() throws IOException {
        Path parent = Path.of("/proc/" + ProcessHandle.current().parent().orElseThrow().pid() + "/ns/net");
        return Files.readSymbolicLink(SPACE).equals(Files.readSymbolicLink(parent));
    }

    /** How many by then: the rate rises from the least to the most in half a period, and falls again. */
    private static double due(double passedMs, double least, double most, long periodMs) {
        double phase = passedMs % periodMs / periodMs;
        double area = phase < 0.5 ? phase * phase : 0.25 + (phase - 0.5) - (phase - 0.5) * (phase - 0.5);
        return least * passedMs / 1e3
                + (most - least) * (Math.floor(passedMs / periodMs) * 0.5 + area) * periodMs / 1e3;
    }
}
