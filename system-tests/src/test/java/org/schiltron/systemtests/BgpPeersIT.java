package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.bgp.BgpConfig;
import org.schiltron.bgp.BgpEvent;
import org.schiltron.bgp.BgpEvent.Cause;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowFamily;
import org.schiltron.bgp.FlowField;
import org.schiltron.bgp.FlowRule;
import org.schiltron.host.BgpConnection;
import org.schiltron.host.Entropy;

/** Flow specifications as real routers take them: GoBGP, BIRD and ExaBGP. */
class BgpPeersIT {
    private static final long MS = 1_000_000;
    private static final List<FlowAction> DROP = List.of(FlowAction.DROP);
    private static final int MANY = 10_000;

    @TempDir
    Path directory;

    private Stage stage;
    private final List<BgpEvent> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void openStage() {
        stage = new Stage(directory);
    }

    @AfterEach
    void closeStage() {
        stage.close();
    }

    /** Tries again soon, so that a test need not wait. */
    private static BgpConfig config(long localAs, long peerAs) {
        return BgpConfig.of(localAs, peerAs, 0x0a00_0001).withHoldSeconds(30).withTimes(5_000 * MS, 100 * MS, 500 * MS);
    }

    private BgpConnection connect(BgpPeer peer) {
        return connect(peer.address(), config(BgpPeer.OUR_AS, BgpPeer.AS));
    }

    private BgpConnection connect(InetSocketAddress to, BgpConfig config) {
        return BgpConnection.start("bgp", to, to.getAddress(), config, new Entropy(), events::add);
    }

    private ConditionFactory patiently(String what) {
        return await(what).atMost(Child.LONGEST).pollInterval(Duration.ofMillis(100));
    }

    private void until(String what, Callable<Boolean> holds) {
        try {
            patiently(what).until(holds);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(events + "\n" + stage, e);
        }
    }

    private <T extends BgpEvent> T event(Class<T> type, Predicate<T> wanted) {
        until(type.getSimpleName(), () -> events(type).anyMatch(wanted));
        return events(type).filter(wanted).findFirst().orElseThrow();
    }

    private <T extends BgpEvent> Stream<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast);
    }

    private static List<String> readings(BgpPeer peer) {
        return peer.rules().entrySet().stream().map(rule -> rule.getKey() + " => " + rule.getValue()).toList();
    }

    private static FlowRule host(int number) {
        return FlowRule.ipv4().destination(0, 0xffff_c000_0200L, 24).source(0, 0xffff_0a00_0000L | number, 32)
                .equal(FlowField.PROTOCOL, 17).build();
    }

    private static Map<FlowRule, List<FlowAction>> hosts(int count) {
        Map<FlowRule, List<FlowAction>> rules = new LinkedHashMap<>();
        for (int i = 0; i < count; i++)
            rules.put(host(i), DROP);
        return rules;
    }

    @Test
    void everyComponentReadsTheSameInGoBgpAndIsGoneInTheEnd() throws Exception {
        GoBgp peer = GoBgp.start(stage);
        try (BgpConnection connection = connect(peer)) {
            assertThat(connection.replace(BgpRows.rules(BgpRows::gobgp)).get()).isTrue();
            until("all are there", () -> peer.rules().size() == BgpRows.readings(BgpRows::gobgp).size());
            assertThat(readings(peer)).containsExactlyInAnyOrderElementsOf(BgpRows.readings(BgpRows::gobgp));
            connection.close("good night");
        }
        until("the table is empty", () -> peer.rules().isEmpty());
        until("the farewell is read",
                () -> String.join("\n", peer.child().out()).contains("Communicated-Reason=\"good night\""));
    }

    @Test
    void everyComponentReadsTheSameInBirdAndIsGoneInTheEnd() throws Exception {
        Bird peer = Bird.start(stage);
        try (BgpConnection connection = connect(peer)) {
            assertThat(connection.replace(BgpRows.rules(BgpRows::bird)).get()).isTrue();
            until("all are there", () -> peer.count() == BgpRows.ALL.size());
            assertThat(readings(peer)).containsExactlyInAnyOrderElementsOf(BgpRows.readings(BgpRows::bird));
            connection.close("good night");
        }
        until("the table is empty", () -> peer.count() == 0);
        until("the farewell is read",
                () -> String.join("\n", peer.child().err()).contains("\"good night\""));
    }

    @Test
    void everyComponentReadsTheSameInExaBgpAndIsWithdrawnInTheEnd() throws Exception {
        ExaBgp peer = ExaBgp.start(stage);
        try (BgpConnection connection = connect(peer)) {
            assertThat(connection.replace(BgpRows.rules(BgpRows::exabgp)).get()).isTrue();
            until("all are there", () -> peer.rules().size() == BgpRows.readings(BgpRows::exabgp).size());
            assertThat(readings(peer)).containsExactlyInAnyOrderElementsOf(BgpRows.readings(BgpRows::exabgp));
        }
        until("all are withdrawn", () -> peer.rules().isEmpty());
    }

    @Test
    void aChangeIsAllThatIsSent() throws Exception {
        ExaBgp peer = ExaBgp.start(stage);
        try (BgpConnection connection = connect(peer)) {
            Map<FlowRule, List<FlowAction>> rules = hosts(200);
            assertThat(connection.replace(rules).get()).isTrue();
            event(BgpEvent.Announced.class, e -> e.rules() == 200);
            until("all are there", () -> peer.rules().size() == 200
                    && peer.updates().stream().filter(update -> update.toString().contains("end of")).count() == 2);
            int before = peer.updates().size();
            rules.remove(host(7));
            rules.put(host(500), DROP);
            rules.put(host(8), List.of(new FlowAction.RateBytes(1_000)));
            assertThat(connection.replace(rules).get()).isTrue();
            until("the change is there", () -> peer.updates().size() >= before + 3);
            String text = "flow destination-ipv4 192.0.2.0/24 source-ipv4 10.0.%s/32 protocol =udp";
            assertThat(peer.updates().stream().skip(before)).containsExactlyInAnyOrder(
                    List.of("-" + text.formatted("0.7")), List.of("+" + text.formatted("1.244") + " -> rate-limit:0"),
                    List.of("+" + text.formatted("0.8") + " -> rate-limit:1000"));
            assertThat(connection.replace(rules).get()).isTrue();
            assertThat(connection.announce(host(501), DROP).get()).isTrue();
            until("the next is there", () -> peer.updates().size() >= before + 4);
            assertThat(peer.updates()).hasSize(before + 4);
        }
    }

    private void assertComesBack(BgpPeer peer) throws Exception {
        try (BgpConnection connection = connect(peer)) {
            assertThat(connection.replace(hosts(50)).get()).isTrue();
            until("all are there", () -> peer.rules().size() == 50);
            peer.child().kill();
            event(BgpEvent.Down.class, d -> d.wasUp() && d.cause() == Cause.LOST);
            connection.withdraw(host(1)).get();
            connection.announce(host(99), DROP).get();
            event(BgpEvent.Down.class, e -> e.cause() == Cause.UNREACHABLE);
            peer.start();
            until("all are there again", () -> peer.rules().size() == 50);
            assertThat(String.join("\n", peer.rules().keySet())).contains("10.0.0.99").doesNotContain("10.0.0.1/");
        }
    }

    @Test
    void aKilledGoBgpGetsAllAgain() throws Exception {
        assertComesBack(GoBgp.start(stage));
    }

    @Test
    void aKilledBirdGetsAllAgain() throws Exception {
        assertComesBack(Bird.start(stage));
    }

    @Test
    void aFrozenPeerIsGivenUpAndComesBack() throws Exception {
        Bird peer = Bird.start(stage);
        BgpConfig impatient = config(BgpPeer.OUR_AS, BgpPeer.AS).withHoldSeconds(3);
        try (BgpConnection connection = connect(peer.address(), impatient)) {
            connection.replace(hosts(10)).get();
            until("all are there", () -> peer.count() == 10);
            peer.child().freeze();
            BgpEvent.Down down = event(BgpEvent.Down.class, d -> d.wasUp() && d.cause() == Cause.SILENT);
            assertThat(down.reason()).isEqualTo("the peer was silent for 3 s");
            peer.child().thaw();
            until("it is up again", () -> events.stream().filter(BgpEvent.Up.class::isInstance).count() >= 2
                    && connection.isEstablished());
            until("all are there again", () -> peer.count() == 10);
        }
    }

    @Test
    void peersThatExpectAnotherSystemSaySo() {
        GoBgp goBgp = new GoBgp(stage, 64_999, "ipv4-flowspec");
        goBgp.start();
        try (BgpConnection _ = connect(goBgp)) {
            BgpEvent.Down down = event(BgpEvent.Down.class, e -> e.cause() == Cause.REJECTED);
            assertThat(down.reason()).isEqualTo("the peer rejected the session: OPEN message error, bad peer AS (2/2)");
        }
        events.clear();
        Bird bird = new Bird(stage, "127.0.0.1", "127.0.0.1", 64_999, Bird.BOTH);
        bird.start();
        try (BgpConnection _ = connect(bird)) {
            assertThat(event(BgpEvent.Down.class, e -> e.cause() == Cause.REJECTED).reason()).contains("bad peer AS");
        }
        events.clear();
        try (BgpConnection _ = connect(bird.address(), config(64_999, 65_003))) {
            assertThat(event(BgpEvent.Down.class, e -> e.cause() == Cause.REFUSED).reason())
                    .isEqualTo("the peer is AS 65002, not 65003 as configured");
        }
    }

    @Test
    void aPeerThatDoesNotKnowThisAddressTurnsUsAway() {
        Bird peer = new Bird(stage, "127.0.0.1", "127.0.0.9", BgpPeer.OUR_AS, Bird.BOTH);
        peer.start();
        try (BgpConnection _ = connect(peer)) {
            assertThat(event(BgpEvent.Down.class, e -> e.cause() == Cause.LOST).reason())
                    .contains("does the peer know this address as its neighbour's?");
        }
    }

    @Test
    void aPeerWithoutFlowSpecIsNamed() throws Exception {
        GoBgp peer = new GoBgp(stage, BgpPeer.OUR_AS, "ipv4-unicast", "ipv6-flowspec");
        peer.start();
        try (BgpConnection connection = connect(peer)) {
            connection.announce(host(1), DROP).get();
            event(BgpEvent.Missing.class, e -> e.family() == FlowFamily.IPV4);
            assertThat(event(BgpEvent.Up.class, e -> true).families()).containsExactly(FlowFamily.IPV6);
            event(BgpEvent.Announced.class, e -> e.rules() == 1);
            assertThat(peer.rules()).isEmpty();
        }
        events.clear();
        Bird none = Bird.start(stage, "ipv4 { import all; export none; };");
        try (BgpConnection _ = connect(none)) {
            event(BgpEvent.Down.class, e -> e.reason().contains("capability"));
            assertThat(events).noneMatch(BgpEvent.Announced.class::isInstance);
        }
    }

    @Test
    void aPeerWithRoomForTenSaysSo() throws Exception {
        Bird peer = Bird.start(stage,
                "flow4 { table rules4; import all; export none; receive limit 10 action disable; };");
        try (BgpConnection connection = connect(peer)) {
            connection.replace(hosts(11)).get();
            assertThat(event(BgpEvent.Down.class, e -> e.cause() == Cause.REJECTED && e.wasUp()).reason())
                    .contains("maximum number of prefixes reached (6/1)");
        }
    }

    @Test
    void insideASystemOverIpv6() throws Exception {
        Bird peer = new Bird(stage, "::1", "::1", BgpPeer.AS, Bird.BOTH);
        peer.start();
        try (BgpConnection connection = connect(peer.address(), config(BgpPeer.AS, BgpPeer.AS))) {
            connection.replace(hosts(1)).get();
            until("it is there", () -> peer.count() == 1);
            assertThat(peer.birdc("show", "route", "all")).anyMatch(line -> line.contains("BGP.local_pref: 100"))
                    .anyMatch(line -> line.matches("\\s*BGP\\.as_path:\\s*"));
        }
    }

    @Test
    void aPeerThatAsksHearsAllAgain() throws Exception {
        Bird peer = Bird.start(stage);
        try (BgpConnection connection = connect(peer)) {
            connection.replace(hosts(30)).get();
            until("all are there", () -> peer.count() == 30);
            assertThat(imported(peer)).isEqualTo(30);
            peer.birdc("reload", "in", "schiltron");
            until("all came again", () -> imported(peer) == 60);
            assertThat(events).noneMatch(e -> e instanceof BgpEvent.Down down && down.wasUp());
        }
    }

    /** The updates that BIRD has received for IPv4. */
    private static int imported(Bird peer) {
        String line = peer.birdc("show", "protocols", "all", "schiltron").stream()
                .filter(l -> l.contains("Import updates:")).findFirst().orElseThrow();
        return Integer.parseInt(line.trim().split("\\s+", -1)[2]);
    }

    @Test
    void tenThousandRulesArriveAndLeave() throws Exception {
        Bird bird = Bird.start(stage);
        GoBgp goBgp = GoBgp.start(stage);
        Map<FlowRule, List<FlowAction>> rules = hosts(MANY);
        try (BgpConnection toBird = connect(bird); BgpConnection toGoBgp = connect(goBgp)) {
            until("both are up", () -> toBird.isEstablished() && toGoBgp.isEstablished());
            long startNs = System.nanoTime();
            assertThat(toBird.replace(rules).get()).isTrue();
            until("all are there", () -> bird.count() == MANY);
            System.out.println("BIRD has " + MANY + " rules after " + (System.nanoTime() - startNs) / MS + " ms");
            assertThat(toGoBgp.replace(rules).get()).isTrue();
            until("all are there", () -> goBgp.count() == MANY);
            assertThat(toBird.replace(hosts(1)).get()).isTrue();
            until("one is left", () -> bird.count() == 1);
        }
    }
}
