package org.schiltron.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** Peers that say anything, and worlds in which anything happens; {@code -Dschiltron.seed=N -Dschiltron.mutants=N}. */
class PeerFuzzTest {
    private static final long SEED = Long.getLong("schiltron.seed", 1);
    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 20_000);

    /** Valid messages, and some that routers of three makes were seen to send. */
    private static List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        ByteBuffer out = ByteBuffer.allocate(8_192);
        FakePeer.open(FakePeer.external()).write(out);
        corpus.add(take(out));
        MessageType.KEEPALIVE.write(out, 0);
        corpus.add(take(out));
        Notification.shutdown("maintenance").write(out);
        corpus.add(take(out));
        new Notification(6, 1, TestRules.hex("0001850000000a")).write(out);
        corpus.add(take(out));
        MessageType.ROUTE_REFRESH.write(out, 4);
        corpus.add(take(out.putInt(0x0001_0085)));
        UpdateWriter writer = new UpdateWriter(65_002, false, true);
        SeededRandom random = new SeededRandom(SEED);
        for (FlowFamily family : FlowFamily.values()) {
            writer.beginReach(out, family, List.of(FlowAction.DROP, new FlowAction.Traffic(true, true)));
            for (int i = 0; i < 6; i++) {
                FlowRule rule = TestRules.draw(random);
                if (rule.family() == family)
                    writer.add(rule);
            }
            writer.end();
            corpus.add(take(out));
            writer.beginUnreach(out, family);
            writer.add(family == FlowFamily.IPV4 ? TestRules.host(1) : TestRules.host6(1));
            writer.end();
            corpus.add(take(out));
        }
        // An OPEN with parameters of extended length (RFC 9072) and unknown capabilities.
        corpus.add(TestRules.hex("ff".repeat(16) + "003201 04fdea005a0a000002 ff ff0012 02 000f 0104 0001 0085"
                + "4104 0000fdea 4600 06"));
        return corpus;
    }

    private static byte[] take(ByteBuffer out) {
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        out.clear();
        return bytes;
    }

    private static byte[] mutate(byte[] bytes, SeededRandom random) {
        byte[] mutant = bytes.clone();
        for (int n = random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(3) == 0
                    ? random.nextInt(mutant.length)
                    : mutant.length > 19
                            ? 19 + random.nextInt(mutant.length - 19)
                            : random.nextInt(mutant.length);
            switch (random.nextInt(4)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextLong();
                case 2 -> mutant[at] = (byte) (random.nextInt(2) == 0 ? 0xff : 0);
                default -> {
                    mutant = java.util.Arrays.copyOf(mutant, Math.max(1, at)); // cut, with the length made to fit
                    if (mutant.length > 18)
                        ByteBuffer.wrap(mutant).putShort(16, (short) mutant.length);
                }
            }
        }
        return mutant;
    }

    @Test
    void whateverThePeerSaysTheSessionStandsOrEndsInOrder() {
        List<byte[]> corpus = corpus();
        SeededRandom random = new SeededRandom(SEED);
        Set<String> ends = new TreeSet<>();
        FakePeer peer = new FakePeer(FakePeer.external());
        peer.session.replace(TestRules.hosts(0, 100, FlowAction.DROP));
        long heard = 0;
        for (int i = 0; i < MUTANTS; i++) {
            peer.awaitAttempt();
            if (!peer.session.isEstablished())
                begin(peer, random);
            byte[] mutant = mutate(corpus.get(random.nextInt(corpus.size())), random);
            try {
                peer.send(ByteBuffer.wrap(mutant));
                if (peer.session.isEstablished() && random.nextInt(4) == 0)
                    peer.disconnect("enough"); // what is left of a message would swallow the next
                assertThat(peer.session.rules()).isEqualTo(100);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + SEED + ", mutant " + i + ": " + HexFormat.of().formatHex(mutant), e);
            }
            for (BgpEvent event : peer.told())
                ends.add(event instanceof BgpEvent.Down down
                        ? down.cause() + " " + down.reason().replaceAll("[0-9]+|: .*", "")
                        : event.getClass().getSimpleName());
            heard = Math.max(heard, peer.session.routesHeard());
        }
        assertThat(ends).as("seed %d", SEED).hasSizeGreaterThan(12).contains("Up",
                "REJECTED the peer ended the session", "REFUSED what came is not BGP");
        assertThat(heard).isPositive();
        assertThat(peer.session.malformedUpdates()).isPositive();
    }

    /** Into one of the states. */
    private static void begin(FakePeer peer, SeededRandom random) {
        peer.connect();
        int far = random.nextInt(4);
        if (far > 0)
            peer.send(FakePeer.open(FakePeer.external()));
        if (far > 1)
            peer.sendKeepalive();
    }

    /** Commands, losses, refusals and small windows in any order; in the end the peer has exactly what it should. */
    @Test
    void inTheEndThePeerHasWhatItShould() {
        for (long seed = SEED; seed < SEED + 60; seed++) {
            SeededRandom random = new SeededRandom(seed);
            FakePeer peer = new FakePeer(FakePeer.external());
            Map<FlowRule, List<FlowAction>> wanted = new LinkedHashMap<>();
            try {
                for (int i = 0; i < 300; i++)
                    step(peer, wanted, random);
                for (int i = 0; i < 3 && !peer.session.isEstablished(); i++) {
                    peer.disconnect("once more");
                    peer.awaitAttempt();
                    peer.establish(FakePeer.open(FakePeer.external()));
                }
                peer.drain();
                assertThat(peer.table).isEqualTo(wanted);
                assertThat(peer.session.rules()).isEqualTo(wanted.size());
                peer.session.close(peer.nowNs, "over");
                peer.drain();
                assertThat(peer.table).isEmpty();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void step(FakePeer peer, Map<FlowRule, List<FlowAction>> wanted, SeededRandom random) {
        FlowRule rule = random.nextInt(2) == 0
                ? TestRules.host(random.nextInt(300))
                : TestRules.host6(random.nextInt(300));
        List<FlowAction> actions = List.of(new FlowAction.RateBytes(random.nextInt(3)));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                peer.session.announce(rule, actions);
                wanted.put(rule, actions);
            }
            case 3, 4 -> {
                peer.session.withdraw(rule);
                wanted.remove(rule);
            }
            case 5 -> {
                wanted.clear();
                wanted.putAll(TestRules.hosts(random.nextInt(200), 300, new FlowAction.RateBytes(random.nextInt(3))));
                peer.session.replace(wanted);
            }
            case 6 -> peer.drain(1 + random.nextInt(5_000), 1 + random.nextInt(20_000));
            case 7 -> {
                if (peer.session.isEstablished())
                    peer.sendRefresh(random.nextInt(2) == 0 ? FlowFamily.IPV4 : FlowFamily.IPV6);
            }
            case 8 -> peer.pass(random.nextLong(40 * FakePeer.SECOND));
            case 9 -> {
                if (peer.session.connectionWanted() != BgpSession.NO_CONNECTION && !peer.session.isEstablished()) {
                    peer.disconnect("again");
                    peer.awaitAttempt();
                    peer.establish(FakePeer.open(FakePeer.external()));
                }
            }
            case 10 -> {
                if (peer.session.isEstablished())
                    peer.sendKeepalive();
            }
            default -> {
                if (random.nextInt(10) == 0)
                    peer.disconnect("lost");
            }
        }
    }
}
