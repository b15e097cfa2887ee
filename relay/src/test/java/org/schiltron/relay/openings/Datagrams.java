package org.schiltron.relay.openings;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;

/** A backend of datagrams that answers each, to where it came from. */
final class Datagrams implements AutoCloseable {
    private final DatagramSocket socket;
    private final Function<byte[], List<byte[]>> answers;
    final BlockingQueue<byte[]> seen = new LinkedBlockingQueue<>();
    /** Where each came from. */
    final BlockingQueue<SocketAddress> sources = new LinkedBlockingQueue<>();

    private Datagrams(Function<byte[], List<byte[]>> answers) throws IOException {
        this.answers = answers;
        this.socket = new DatagramSocket(Edges.loopback(0));
        Thread.ofVirtual().start(this::serve);
    }

    static Datagrams answering(Function<byte[], List<byte[]>> answers) throws IOException {
        return new Datagrams(answers);
    }

    private void serve() {
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            try {
                socket.receive(packet);
                byte[] payload = Arrays.copyOf(packet.getData(), packet.getLength());
                sources.add(packet.getSocketAddress());
                seen.add(payload);
                for (byte[] back : answers.apply(payload))
                    socket.send(new DatagramPacket(back, back.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return;
            }
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    static DatagramSocket client(EdgeServer edge) throws IOException {
        DatagramSocket client = new DatagramSocket(Edges.loopback(0));
        client.connect(edge.udpAddresses().getFirst());
        client.setSoTimeout(20_000);
        return client;
    }

    static void send(DatagramSocket client, byte[] payload) throws IOException {
        client.send(new DatagramPacket(payload, payload.length));
    }

    static byte[] receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        client.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Override
    public void close() {
        socket.close();
    }
}
