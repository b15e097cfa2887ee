package org.schiltron.dht;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.schiltron.proof.MutableItem;

/** What the nodes say to which an item was sent. Answers count as in {@link Lookup}. */
final class Placement {
    private static final int MAX_PROBLEM_CHARACTERS = 80;

    private final MutableItem item;
    private final Set<String> open = new HashSet<>();
    private int asked;
    private int accepted;
    private int refused;
    private String problem = "";

    Placement(MutableItem item) {
        this.item = item;
    }

    /** BEP 44's put; libtorrent adds its id and the transaction's. */
    byte[] request(byte[] token) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, "d1:ad");
        put(out, "1:k", item.key().bytes());
        if (item.salt().length > 0)
            put(out, "4:salt", item.salt());
        put(out, "3:seqi" + item.sequence() + "e");
        put(out, "3:sig", item.signature());
        put(out, "5:token", token);
        put(out, "1:v", item.value());
        put(out, "e1:q3:pute");
        return out.toByteArray();
    }

    void sent(InetSocketAddress node, Map<?, ?> packet) {
        if (packet.get("q") instanceof byte[] method && text(method).equals("put")
                && packet.get("t") instanceof byte[] transaction && open.add(question(node, transaction)))
            asked++;
    }

    void received(InetSocketAddress node, Map<?, ?> packet) {
        if (!(packet.get("t") instanceof byte[] transaction) || !open.remove(question(node, transaction)))
            return;
        // libtorrent's errors have an "r" beside their "e"; the type says which it is.
        if (packet.get("y") instanceof byte[] type && text(type).equals("r")) {
            accepted++;
            return;
        }
        refused++;
        if (packet.get("e") instanceof List<?> error && error.size() > 1 && error.get(0) instanceof Long code
                && error.get(1) instanceof byte[] message) {
            String words = text(message).replaceAll("[^ -~]", "?");
            problem = words.substring(0, Math.min(MAX_PROBLEM_CHARACTERS, words.length())) + " (" + code + ")";
        }
    }

    int asked() {
        return asked;
    }

    int accepted() {
        return accepted;
    }

    int answered() {
        return accepted + refused;
    }

    String problem() {
        return problem;
    }

    private static String question(InetSocketAddress node, byte[] transaction) {
        return node + " " + text(transaction);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void put(ByteArrayOutputStream out, String name, byte... value) {
        put(out, name + value.length + ":");
        out.writeBytes(value);
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
