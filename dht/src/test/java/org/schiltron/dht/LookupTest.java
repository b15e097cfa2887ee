package org.schiltron.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.host.Entropy;
import org.schiltron.proof.Identity;
import org.schiltron.proof.MutableItem;

/** What counts as an answer, and what is made of it. */
class LookupTest {
    private static final byte[] SALT = ascii("schiltron");
    private static final long SECOND_NS = 1_000_000_000;

    private final Identity owner = Identity.generate(new Entropy());
    private final byte[] target = MutableItem.target(owner.publicKey(), SALT);
    private final Lookup lookup = new Lookup(owner.publicKey(), SALT);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static InetSocketAddress node(int number) {
        return new InetSocketAddress(InetAddress.ofLiteral("203.0.113." + number), 6881);
    }

    private void ask(int number) {
        lookup.sent(node(number),
                Map.of("q", ascii("get"), "t", ascii("t" + number), "a", Map.of("target", target)));
    }

    private static Map<String, Object> answer(String transaction, Map<String, Object> content) {
        return Map.of("y", ascii("r"), "t", ascii(transaction), "r", content);
    }

    /** An id that differs from the target in its last byte. */
    private byte[] near(int distance) {
        byte[] id = target.clone();
        id[19] ^= (byte) distance;
        return id;
    }

    private Map<String, Object> content(MutableItem item, int distance) {
        Map<String, Object> content = new LinkedHashMap<>(Map.of("id", near(distance), "token", ascii("token")));
        content.putAll(Map.of("k", item.key().bytes(), "seq", item.sequence(), "sig", item.signature(), "v",
                item.value()));
        return content;
    }

    @Test
    void theLatestSignedItemAndTheNearestNodesAreKept() {
        for (int i = 1; i <= 12; i++) {
            ask(i);
            lookup.received(node(i),
                    answer("t" + i, content(MutableItem.sign(owner, SALT, 10 + i % 5, ascii("v")), 13 - i)), 0);
        }
        MutableItem best = lookup.best();
        assertThat(best == null ? -1 : best.sequence()).isEqualTo(14);
        assertThat(lookup.nearest(true, 3)).extracting(Lookup.Near::address).containsExactly(node(12), node(11),
                node(10));
        assertThat(lookup.nearest(false, 3)).isEmpty();
        assertThat(lookup.answered()).isEqualTo(12);
    }

    @Test
    void onlyTheAskedAnswerAndOnlyOnce() {
        Map<String, Object> good = content(MutableItem.sign(owner, SALT, 1, ascii("v")), 1);
        ask(1);
        lookup.received(node(2), answer("t1", good), 0);
        lookup.received(node(1), answer("t2", good), 0);
        assertThat(lookup.answered()).isZero();
        Map<String, Object> error = new LinkedHashMap<>(answer("t1", good));
        error.put("y", ascii("e"));
        lookup.received(node(1), error, 0);
        lookup.received(node(1), answer("t1", good), 0);
        assertThat(lookup.answered()).as("the question is used up").isZero();
        assertThat(lookup.best()).isNull();
        lookup.sent(node(3), Map.of("q", ascii("get"), "t", ascii("t3"), "a", Map.of("target", near(1))));
        lookup.received(node(3), answer("t3", good), 0);
        assertThat(lookup.answered()).as("another's question").isZero();
    }

    @Test
    void whatTheKeyHasNotSignedIsCounted() {
        MutableItem good = MutableItem.sign(owner, SALT, 1, ascii("v"));
        Map<String, Object> lies = new LinkedHashMap<>(Map.of("seq", 2L, "sig", new byte[64], "v", ascii("w"), "k",
                new byte[32]));
        lies.put("v ", 7L);
        int number = 0;
        for (Map.Entry<String, Object> lie : lies.entrySet()) {
            number++;
            Map<String, Object> content = content(good, number);
            content.put(lie.getKey().strip(), lie.getValue());
            ask(number);
            lookup.received(node(number), answer("t" + number, content), 0);
            assertThat(lookup.refused()).as(lie.getKey()).isEqualTo(number);
        }
        assertThat(lookup.best()).isNull();
    }

    @Test
    void aWalkIsOverWhenItIsWholeOrNobodyNewAnswers() {
        lookup.begin(true);
        ask(1);
        assertThat(lookup.isSettled(60 * SECOND_NS, true)).as("nobody has answered").isFalse();
        lookup.received(node(1), answer("t1", Map.of("id", near(1))), 0);
        assertThat(lookup.isSettled(SECOND_NS, true)).isFalse();
        assertThat(lookup.isSettled(3 * SECOND_NS, true)).isTrue();
        assertThat(lookup.isSettled(3 * SECOND_NS, false)).as("it may not have known its way").isFalse();
        lookup.walked();
        assertThat(lookup.isSettled(SECOND_NS, true)).isTrue();
        lookup.begin(false);
        lookup.walked();
        assertThat(lookup.isSettled(3 * SECOND_NS, true)).as("begun too early").isFalse();
        lookup.offer(MutableItem.sign(owner, SALT, 1, ascii("v")));
        assertThat(lookup.isSettled(SECOND_NS, false)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "d", "de1", "i1e", "le", "d1:a", "d1:ai1", "d1:ai1x", "d1:a-1:e", "d1:a9:xe",
            "di1e1:ae",
            "d1:a99999999999999999999:xe", "d1:aie e", "d1:alllllllllllllllleeeeeeeeeeeeeeeee"})
    void notDictionaries(String text) {
        assertThat(Bencode.dictionary(ascii(text))).isNull();
    }

    @Test
    void randomlyChangedPacketsBreakNothing() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        Random random = new Random(seed);
        byte[] valid = new Placement(MutableItem.sign(owner, SALT, 1, ascii("v"))).request(ascii("token"));
        assertThat(Bencode.dictionary(valid)).isNotNull();
        List<Map<?, ?>> read = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(valid,
                    Math.max(1, valid.length - random.nextInt(3) * random.nextInt(valid.length)));
            for (int changes = random.nextInt(4); changes > 0; changes--)
                bytes[random.nextInt(bytes.length)] = (byte) "0123456789dlie:x".charAt(random.nextInt(16));
            Map<?, ?> content = Bencode.dictionary(bytes);
            if (content == null)
                continue;
            lookup.sent(node(1), content);
            lookup.received(node(1), content, 0);
            read.add(content);
        }
        assertThat(read).as("some are still dictionaries").isNotEmpty();
    }
}
