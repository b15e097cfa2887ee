package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.edge.Authenticator;
import org.schiltron.edge.IpAddress;
import org.schiltron.enforce.WordWriter;
import org.schiltron.filter.SecondaryKey;
import org.schiltron.relay.LegAddress;

/** Which packets show which key, and when; nothing is sent. */
class EdgeWordsTest {
    private static final SecondaryKey POINTER = SecondaryKey.parse(List.of("urgent-pointer"));
    private static final Duration OVERLAP = Duration.ofSeconds(5);

    /** Remembers what it was last told, or fails. */
    private static final class Remembering implements WordWriter {
        List<String> lines = List.of();
        boolean fails;
        boolean closed;

        @Override
        public void write(List<Sending> all) throws IOException {
            if (fails)
                throw new IOException("no nft today");
            List<String> next = new ArrayList<>();
            for (Sending one : all)
                next.add((one.from() == null ? "" : one.from().getHostAddress() + " ")
                        + (one.ports() == null ? "" : one.ports().first() + "-" + one.ports().last() + " ")
                        + one.to().getAddress().getHostAddress() + " " + Integer.toHexString(one.key()));
            lines = next;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @TempDir
    Path directory;

    private final Remembering writer = new Remembering();
    private long nowMs = 1_000_000;
    private int opened;
    private final EdgeWords words = new EdgeWords(() -> nowMs, () -> {
        opened++;
        return writer;
    });

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static LegAddress leg(String to) {
        return LegAddress.to(new InetSocketAddress(address(to), 80));
    }

    private static Shown key(int key, @Nullable String source, @Nullable String destination) {
        return new Shown(new Authenticator(source == null ? null : IpAddress.parse(source), 0,
                destination == null ? null : IpAddress.parse(destination), 0, key), null, List.of(), POINTER);
    }

    private void show(String who, Shown shown, LegAddress leg) {
        words.show(who, shown, List.of(leg), OVERLAP);
    }

    @Test
    void nothingIsAskedForWhereThereIsNoWord() {
        writer.fails = true;
        show("shop", Shown.NOTHING, leg("192.0.2.1"));
        assertThat(opened).isZero();
    }

    @Test
    void theNextKeyTakesThePlaceOfTheOneBefore() {
        show("shop", key(0xbeef, null, null), leg("192.0.2.1"));
        assertThat(writer.lines).containsExactly("192.0.2.1 beef");
        show("shop", key(0xcafe, null, null), leg("192.0.2.1"));
        assertThat(writer.lines).containsExactly("192.0.2.1 cafe");
    }

    /** The ring takes the key of the time at all of the service's addresses. */
    @Test
    void afterAMoveEarlierConnectionsShowTheKeyOfTheTime() {
        show("shop", key(0xbeef, null, null), leg("192.0.2.1"));
        words.show("shop", key(0xbeef, null, null), List.of(leg("192.0.2.2")), Duration.ofSeconds(20));
        assertThat(writer.lines).containsExactly("192.0.2.1 beef", "192.0.2.2 beef");
        nowMs += 2_000;
        show("shop", key(0xcafe, null, null), leg("192.0.2.2"));
        nowMs += 2_000;
        show("shop", key(0xf00d, null, null), leg("192.0.2.2"));
        assertThat(writer.lines).containsExactly("192.0.2.1 f00d", "192.0.2.2 f00d");
    }

    /** Where the key goes with an address, the ring takes the two of before together, for the overlap. */
    @Test
    void earlierConnectionsKeepTheKeyOfTheirAddress() {
        show("shop", key(0xbeef, null, "192.0.2.1"), leg("192.0.2.1"));
        show("shop", key(0xcafe, null, "192.0.2.2"), leg("192.0.2.2"));
        assertThat(writer.lines).containsExactly("192.0.2.1 beef", "192.0.2.2 cafe");
        nowMs += OVERLAP.toMillis();
        show("shop", key(0xf00d, null, "192.0.2.3"), leg("192.0.2.3"));
        assertThat(writer.lines).containsExactly("192.0.2.2 cafe", "192.0.2.3 f00d");
    }

    @Test
    void theSameHoldsForSources() {
        LegAddress first = new LegAddress(address("198.51.100.1"), 4_000, 4_999, leg("192.0.2.1").remote());
        LegAddress second = new LegAddress(address("198.51.100.2"), 4_000, 4_999, leg("192.0.2.1").remote());
        show("shop", key(0xbeef, "198.51.100.1", null), first);
        show("shop", key(0xcafe, "198.51.100.2", null), second);
        assertThat(writer.lines).containsExactly("198.51.100.1 4000-4999 192.0.2.1 beef",
                "198.51.100.2 4000-4999 192.0.2.1 cafe");
    }

    @Test
    void oneThatCannotBeWrittenLeavesTheOthersAlone() {
        show("shop", key(0xbeef, null, null), leg("192.0.2.1"));
        writer.fails = true;
        show("plain", Shown.NOTHING, leg("192.0.2.9"));
        assertThatThrownBy(() -> show("shop", key(0xcafe, null, null), leg("192.0.2.1")))
                .isInstanceOf(Failure.class).hasMessageContaining("shop").hasMessageContaining("no nft today");
        writer.fails = false;
        show("game", key(0x1234, null, null), leg("192.0.2.5"));
        assertThat(writer.lines).as("what was before still is").containsExactly("192.0.2.1 beef", "192.0.2.5 1234");
        words.close();
        assertThat(writer.closed).isTrue();
        writer.lines = List.of();
        show("shop", key(0xcafe, null, null), leg("192.0.2.1"));
        assertThat(writer.lines).as("it has ended").isEmpty();
    }

    /** SIGHUP with a file that cannot be shown changes nothing, and does not forget what was due. */
    @Test
    void aFileThatCannotBeShownChangesNothing() throws IOException {
        AuthenticatorFile plain = AuthenticatorFile
                .read(Files.writeString(directory.resolve("plain.toml"), "destination-port = \"8000\"\n"));
        AuthenticatorFile word = AuthenticatorFile.read(Files.writeString(directory.resolve("word.toml"),
                "destination-port = \"9000\"\nword = \"urgent-pointer\"\nkey = \"beef\"\n"));
        List<Integer> dialled = new CopyOnWriteArrayList<>();
        LegAddress backend = leg("192.0.2.1");
        EdgeDialling<LegAddress> dialling = new EdgeDialling<>("shop", words, plain.at(0),
                (moved, shown) -> shown.leg(moved == null ? backend.remote() : moved), List::of,
                (leg, _) -> dialled.add(leg.remote().getPort()));
        try (EdgeAgility agility = new EdgeAgility(() -> nowMs)) {
            agility.follow("shop", "shop", plain, 0, dialling);
            writer.fails = true;
            assertThat(agility.renew("shop", word)).isFalse();
            InetSocketAddress secure = leg("192.0.2.2").remote();
            agility.move("shop", secure, OVERLAP);
            assertThat(dialled).as("the port of before").containsExactly(8_000);
            writer.fails = false;
            assertThat(agility.renew("shop", word)).isTrue();
            assertThat(dialled).containsExactly(8_000, 9_000);
            writer.fails = true;
            agility.move("shop", backend.remote(), OVERLAP);
            assertThat(dialled).as("not there yet").hasSize(2);
            writer.fails = false;
            await().until(() -> dialled.size() == 3);
            assertThat(writer.lines).last().isEqualTo("192.0.2.1 beef");
        }
    }
}
