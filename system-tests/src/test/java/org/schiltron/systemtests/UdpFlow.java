package org.schiltron.systemtests;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * Datagrams at an even pace, for so many seconds (a sender that was held up makes good a little of it, not all at once what a link does not hold), to an address that is not public; or their receiver, which says how many have come. A program of the tests' own namespaces.
 *
 * <pre>
 * send ADDRESS PORT FROM-PORT BYTES A-SECOND SECONDS KEY     says "sending", and "sent N"
 * receive PORT KEY QUIET-SECONDS        says "listening", and "received N" when none has come for so long
 * </pre>
 */
final class UdpFlow {
    private static final int MAX_A_SECOND = 50_000;
    private static final int MAX_SECONDS = 30;
    private static final long MADE_GOOD_NS = 80_000_000;

    private UdpFlow() {
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("send"))
            send(InetAddress.ofLiteral(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]),
                    Integer.parseInt(args[4]),
                    Integer.parseInt(args[5]), Integer.parseInt(args[6]), Integer.parseInt(args[7]));
        else
            receive(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    }

    private static void send(InetAddress to, int port, int fromPort, int bytes, int perSecond, int seconds, int key)
            throws Exception {
        if (!to.isLoopbackAddress() && !to.isSiteLocalAddress())
            throw new IllegalArgumentException(to + " is not an address of the tests' own namespaces");
        if (perSecond > MAX_A_SECOND || seconds > MAX_SECONDS)
            throw new IllegalArgumentException("at most " + MAX_A_SECOND + " a second for " + MAX_SECONDS + " s");
        byte[] content = ByteBuffer.allocate(bytes).putInt(key).array();
        try (DatagramSocket socket = new DatagramSocket(fromPort)) {
            long startNs = System.nanoTime();
            long all = (long) perSecond * seconds;
            for (long i = 0; i < all; i++) {
                startNs = Math.max(startNs, System.nanoTime() - MADE_GOOD_NS - i * 1_000_000_000L / perSecond);
                long dueNs = startNs + i * 1_000_000_000L / perSecond;
                for (long leftNs = dueNs - System.nanoTime(); leftNs > 50_000; leftNs = dueNs - System.nanoTime())
                    LockSupport.parkNanos(leftNs);
                socket.send(new DatagramPacket(content, bytes, new InetSocketAddress(to, port)));
                if (i == 0)
                    System.out.println("sending");
            }
            System.out.println("sent " + all);
        }
    }

    private static void receive(int port, int key, int quietSeconds) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(port)) {
            DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
            System.out.println("listening");
            socket.receive(packet);
            socket.setSoTimeout(quietSeconds * 1_000);
            int received = ByteBuffer.wrap(packet.getData()).getInt() == key ? 1 : 0;
            while (true) {
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    System.out.println("received " + received);
                    return;
                }
                received += ByteBuffer.wrap(packet.getData()).getInt() == key ? 1 : 0;
            }
        }
    }
}
