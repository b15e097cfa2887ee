package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SourcePrefixesTest {
    private static final long SECOND = 1_000_000_000L;

    private static SourcePrefix enter(SourcePrefixes prefixes, String source) {
        return Objects.requireNonNull(prefixes.enter(InetAddress.ofLiteral(source), SECOND));
    }

    @Test
    void aClientIsAnIpv4AddressOrA56() {
        SourcePrefixes prefixes = new SourcePrefixes(EdgeLimits.defaults());
        SourcePrefix v4 = enter(prefixes, "192.0.2.1");
        assertThat(enter(prefixes, "192.0.2.1")).isSameAs(v4);
        assertThat(enter(prefixes, "192.0.2.2")).isNotSameAs(v4);
        SourcePrefix v6 = enter(prefixes, "2001:db8:1:200::1");
        assertThat(enter(prefixes, "2001:db8:1:2ff:ffff::9")).isSameAs(v6);
        assertThat(enter(prefixes, "2001:db8:1:300::1")).isNotSameAs(v6);
        assertThat(enter(prefixes, "::ffff:192.0.2.1")).isSameAs(v4);
    }

    @Test
    void prefixesOfAnyLengthAreToldApart() {
        for (int bits = 1; bits <= 128; bits++) {
            EdgeLimits d = EdgeLimits.defaults();
            SourcePrefixes prefixes = new SourcePrefixes(new EdgeLimits(d.maxConnections(), d.connectionsPerPrefix(),
                    d.legsPerSecond(), d.legsBurst(), 1, 1, Math.min(bits, 32), bits, 1, d.opening(), d.queue(),
                    d.connect(), d.idle(), d.halfClosed(), 1, d.drain(), 0));
            byte[] address = new byte[16];
            SourcePrefix zero = Objects.requireNonNull(prefixes.enter(address(address), SECOND));
            for (int bit = 0; bit < 128; bit++) {
                byte[] other = address.clone();
                other[bit / 8] |= (byte) (0x80 >> bit % 8);
                SourcePrefix found = Objects.requireNonNull(prefixes.enter(address(other), SECOND));
                assertThat(found == zero).as("bit %d of /%d", bit, bits).isEqualTo(bit >= bits);
            }
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onePrefixCannotTakeAllConnections() {
        SourcePrefixes prefixes = new SourcePrefixes(EdgeLimits.defaults().withConnections(5, 3));
        List<SourcePrefix> entered = new ArrayList<>();
        for (int i = 0; i < 3; i++)
            entered.add(enter(prefixes, "192.0.2.1"));
        assertThat(prefixes.enter(InetAddress.ofLiteral("192.0.2.1"), SECOND)).isNull();
        assertThat(prefixes.isFull()).isFalse();
        enter(prefixes, "192.0.2.2");
        enter(prefixes, "192.0.2.3");
        assertThat(prefixes.enter(InetAddress.ofLiteral("192.0.2.4"), SECOND)).isNull();
        assertThat(prefixes.isFull()).isTrue();
        prefixes.leave(entered.getFirst(), SECOND);
        enter(prefixes, "192.0.2.4");
    }

    @Test
    void legsComeAtTheirRateAfterABurst() {
        SourcePrefix prefix = enter(new SourcePrefixes(EdgeLimits.defaults().withLegs(10, 4)), "192.0.2.1");
        for (int i = 0; i < 4; i++)
            assertThat(prefix.takeLeg(SECOND)).isTrue();
        assertThat(prefix.takeLeg(SECOND)).isFalse();
        assertThat(prefix.takeLeg(SECOND + SECOND / 10)).isTrue();
        assertThat(prefix.takeLeg(SECOND + SECOND / 10)).isFalse();
        int more = 0;
        for (long ns = 2 * SECOND; ns < 12 * SECOND; ns += SECOND / 100)
            more += prefix.takeLeg(ns) ? 1 : 0;
        assertThat(more).isBetween(100, 104);
    }

    @Test
    void reconnectingDoesNotWipeTheSlate() {
        SourcePrefixes prefixes = new SourcePrefixes(EdgeLimits.defaults().withLegs(1, 1));
        SourcePrefix first = enter(prefixes, "192.0.2.1");
        assertThat(first.takeLeg(SECOND)).isTrue();
        prefixes.leave(first, SECOND);
        assertThat(enter(prefixes, "192.0.2.1").takeLeg(SECOND + 1)).isFalse();
    }

    @Test
    void whoHasRestedIsForgotten() {
        SourcePrefixes prefixes = new SourcePrefixes(EdgeLimits.defaults().withLegs(1, 1));
        SourcePrefix active = enter(prefixes, "192.0.2.1");
        assertThat(active.takeLeg(SECOND)).isTrue();
        prefixes.leave(enter(prefixes, "192.0.2.2"), SECOND);
        assertThat(prefixes.size()).isEqualTo(1);
        prefixes.leave(active, SECOND);
        prefixes.sweep(SECOND + SECOND / 2);
        assertThat(prefixes.size()).isEqualTo(1);
        prefixes.sweep(3 * SECOND);
        assertThat(prefixes.size()).isZero();
    }

    @Test
    void manyPrefixesThatLeaveAreNotRemembered() {
        SourcePrefixes prefixes = new SourcePrefixes(EdgeLimits.defaults().withConnections(10, 10).withLegs(1, 1));
        for (int i = 0; i < 1_000; i++) {
            SourcePrefix prefix = enter(prefixes, "192.0." + i / 250 + "." + i % 250);
            assertThat(prefix.takeLeg(SECOND)).isTrue();
            prefixes.leave(prefix, SECOND);
        }
        assertThat(prefixes.size()).isLessThanOrEqualTo(21);
    }
}
