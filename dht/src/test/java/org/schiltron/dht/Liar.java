package org.schiltron.dht;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A node that keeps to the protocol until it is asked for an item. */
final class Liar implements AutoCloseable {
    private final DatagramSocket socket = new DatagramSocket(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    private final AtomicInteger asked = new AtomicInteger();
    private volatile byte[] lie = new byte[0];
    private volatile byte @Nullable [] garbage;

    Liar() throws IOException {
        Thread.ofPlatform().daemon().name("liar").start(this::answer);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** @param answer what stands in the answer to a get, after its id and before its token, keys in order */
    void say(byte[] answer) {
        lie = answer;
    }

    void answerEverythingWith(byte[] datagram) {
        garbage = datagram;
    }

    int asked() {
        return asked.get();
    }

    /** @param value bencoded */
    static byte[] item(byte[] key, long sequence, byte[] signature, String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, "1:k32:");
        out.writeBytes(key);
        put(out, "3:seqi" + sequence + "e3:sig64:");
        out.writeBytes(signature);
        put(out, "5:token4:abcd1:v" + value);
        return out.toByteArray();
    }

    private void answer() {
        byte[] buffer = new byte[2_048];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = garbage;
                if (answer == null)
                    answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                if (answer.length > 0)
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private byte[] answer(byte[] question) {
        Map<?, ?> query = Bencode.dictionary(question);
        if (query == null || !(query.get("t") instanceof byte[] transaction)
                || !(query.get("q") instanceof byte[] method))
            return new byte[0];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, "d1:rd2:id20:" + "L".repeat(20));
        String asks = new String(method, StandardCharsets.US_ASCII);
        if (asks.equals("get")) {
            asked.incrementAndGet();
            out.writeBytes(lie);
        } else if (asks.startsWith("get_") || asks.startsWith("find_")) {
            put(out, "5:nodes0:5:token4:abcd");
        }
        put(out, "e1:t" + transaction.length + ":");
        out.writeBytes(transaction);
        put(out, "1:y1:re");
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        socket.close();
    }
}
