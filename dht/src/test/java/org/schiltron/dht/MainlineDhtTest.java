package org.schiltron.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.host.Dht;
import org.schiltron.host.Entropy;
import org.schiltron.proof.Identity;
import org.schiltron.proof.MutableItem;

/**
 * Items in a DHT of libtorrent's nodes, on loopback. A walk may miss nodes that were slow to answer each other, as in any
 * DHT, so one that is to find something is made again until it does.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MainlineDhtTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** For as many walks as it takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Of six. */
    private static final int ENOUGH = 4;
    private static final byte[] SALT = "schiltron".getBytes(StandardCharsets.US_ASCII);

    private final Identity owner = Identity.generate(new Entropy());
    private LocalNodes nodes;

    @BeforeEach
    void startNodes() throws Exception {
        nodes = new LocalNodes(6);
    }

    @AfterEach
    void stopNodes() {
        if (nodes != null)
            nodes.close();
    }

    private Dht at(int node) throws Exception {
        return new MainlineDhtProvider().open(List.of(nodes.addresses().get(node)));
    }

    /** Until enough nodes have taken it, for a walk from any of them to come upon one. */
    private void store(MutableItem item) {
        await().atMost(PATIENCE).until(() -> put(item), placed -> placed.accepted() >= ENOUGH);
    }

    /** The one that is found, in the end. */
    private MutableItem find() {
        return await().atMost(PATIENCE).until(this::get, found -> !found.items().isEmpty()).items().getFirst();
    }

    private MutableItem item(long sequence, String value) {
        return MutableItem.sign(owner, SALT, sequence, value.getBytes(StandardCharsets.US_ASCII));
    }

    private Dht.Placed put(MutableItem item) throws Exception {
        try (Dht dht = at(0)) {
            return dht.put(item, LONGEST);
        }
    }

    private Dht.Found get() throws Exception {
        try (Dht dht = at(3)) {
            return dht.get(owner.publicKey(), List.of(SALT), LONGEST);
        }
    }

    @Test
    void whatIsPutAtOneNodeIsFoundFromAnother() throws Exception {
        MutableItem item = item(1, "x".repeat(MutableItem.MAX_VALUE_BYTES));
        assertThat(put(item).latest()).isEqualTo(-1);
        store(item);
        MutableItem found = find();
        assertThat(found.value()).isEqualTo(item.value());
        assertThat(found.sequence()).isEqualTo(1);
        assertThat(found.isSigned()).isTrue();
    }

    @Test
    void theLaterOfTwoIsFoundAndTheEarlierIsPutNoMore() throws Exception {
        store(item(5, "five"));
        store(item(6, "six"));
        Dht.Placed late = await().atMost(PATIENCE).until(() -> put(item(5, "five")), placed -> placed.latest() == 6);
        assertThat(late.asked()).isZero();
        await().atMost(PATIENCE).until(() -> new String(find().value(), StandardCharsets.US_ASCII), "six"::equals);
    }

    @Test
    void anItemThatTheKeyHasNotSignedIsRefusedByTheNodes() throws Exception {
        MutableItem item = item(1, "mine");
        byte[] value = "his!".getBytes(StandardCharsets.US_ASCII);
        MutableItem forged = new MutableItem(item.key(), item.salt(), 1, value, item.signature());
        Dht.Placed placed = await().atMost(PATIENCE).until(() -> put(forged), it -> !it.problem().isEmpty());
        assertThat(placed.accepted()).isZero();
        assertThat(placed.problem()).contains("206");
        assertThat(get().items()).isEmpty();
    }

    @Test
    void nothingThereIsSaidWithHowManyAnswered() throws Exception {
        Dht.Found found = await().atMost(PATIENCE).until(this::get, it -> it.answered() >= ENOUGH);
        assertThat(found.items()).isEmpty();
        assertThat(found.refused()).isZero();
    }

    @Test
    void piecesAreFoundTogether() throws Exception {
        List<byte[]> salts = new ArrayList<>();
        try (Dht dht = at(1)) {
            for (int i = 0; i < 5; i++) {
                salts.add(("piece/" + i).getBytes(StandardCharsets.US_ASCII));
                MutableItem piece = MutableItem.sign(owner, salts.get(i), 7, new byte[900]);
                await().atMost(PATIENCE).until(() -> dht.put(piece, LONGEST), placed -> placed.accepted() >= ENOUGH);
            }
            Dht.Found found = await().atMost(PATIENCE).until(() -> dht.get(owner.publicKey(), salts, LONGEST),
                    it -> it.items().size() == salts.size());
            assertThat(found.items()).extracting(MutableItem::salt).containsExactlyElementsOf(salts);
            assertThat(dht.progress()).isPositive();
        }
    }

    /** He is asked like any other node, and says what he likes. */
    @Test
    void whatALiarSaysIsNotTaken() throws Exception {
        MutableItem item = item(5, "true");
        store(item);
        byte[] forged = item.signature();
        forged[3] ^= 1;
        byte[] key = item.key().bytes();
        Map<String, byte[]> lies = new LinkedHashMap<>();
        lies.put("later, wrongly signed", Liar.item(key, 6, forged, "5:false"));
        lies.put("another's",
                Liar.item(Identity.generate(new Entropy()).publicKey().bytes(), 6, item.signature(), "4:true"));
        lies.put("no string", Liar.item(key, 6, item.signature(), "li1ee"));
        lies.put("too long", Liar.item(key, 6, item.signature(), "1001:" + "x".repeat(1_001)));
        try (Liar liar = new Liar()) {
            nodes.add(liar.address());
            for (Map.Entry<String, byte[]> lie : lies.entrySet()) {
                liar.say(lie.getValue());
                try (Dht dht = new MainlineDhtProvider().open(List.of(nodes.addresses().get(2), liar.address()))) {
                    Dht.Found found = await().atMost(PATIENCE).until(
                            () -> dht.get(owner.publicKey(), List.of(SALT), LONGEST), it -> !it.items().isEmpty());
                    assertThat(found.items()).as(lie.getKey()).singleElement().satisfies(
                            it -> assertThat(it.value()).asString(StandardCharsets.US_ASCII).isEqualTo("true"));
                }
            }
            assertThat(liar.asked()).as("otherwise this shows nothing").isPositive();
        }
    }

    @Test
    void amongLiarsAloneNothingIsFoundAndTheLiesAreCounted() throws Exception {
        MutableItem item = item(5, "true");
        byte[] forged = item.signature();
        forged[3] ^= 1;
        try (Liar liar = new Liar();
                Dht dht = new MainlineDhtProvider().open(List.of(liar.address()))) {
            liar.say(Liar.item(item.key().bytes(), 5, forged, "4:true"));
            Dht.Found found = dht.get(owner.publicKey(), List.of(SALT), LONGEST);
            assertThat(found.items()).isEmpty();
            assertThat(found.refused()).isEqualTo(1);
        }
    }

    @Test
    void garbageIsNoAnswerAndTimeEndsTheWait() throws Exception {
        Random random = new Random(seed());
        byte[] garbage = new byte[1_400];
        random.nextBytes(garbage);
        try (Liar liar = new Liar()) {
            liar.answerEverythingWith(garbage);
            nodes.add(liar.address());
            store(item(5, "true"));
            assertThat(find().value()).as("it disturbs nobody").asString(StandardCharsets.US_ASCII).isEqualTo("true");
            try (Dht dht = new MainlineDhtProvider().open(List.of(liar.address()))) {
                Duration little = Duration.ofMillis(700);
                assertThat(dht.get(owner.publicKey(), List.of(SALT), little)).isEqualTo(new Dht.Found(List.of(), 0, 0));
                assertThat(dht.put(item(6, "true"), little)).isEqualTo(new Dht.Placed(0, 0, -1, ""));
            }
        }
    }

    private static long seed() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        return seed;
    }
}
