package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

class SourceGrantsTest {
    private static Path ipv6(long high, long low) {
        return new Path(0, high, low, 443);
    }

    @Test
    void anAddressIsLetInUntilItsTime() {
        SourceGrants grants = new SourceGrants(10);
        Path source = Path.ofIpv4(0xc0000201, 1);
        assertThat(grants.granted(source, 100)).isFalse();
        assertThat(grants.grant(source, 200, 100)).isTrue();
        assertThat(grants.until(Path.ofIpv4(0xc0000201, 9_999), 199)).isEqualTo(200);
        assertThat(grants.granted(source, 200)).isFalse();
        assertThat(grants.granted(Path.ofIpv4(0xc0000202, 1), 150)).isFalse();
        grants.grant(source, 150, 100);
        assertThat(grants.until(source, 100)).as("a shorter one takes nothing away").isEqualTo(200);
        grants.revoke(source);
        assertThat(grants.granted(source, 100)).isFalse();
    }

    @Test
    void anIpv6AddressStandsForItsNetwork() {
        SourceGrants grants = new SourceGrants(10);
        grants.grant(ipv6(0x20010db8_00000001L, 7), 200, 100);
        assertThat(grants.granted(ipv6(0x20010db8_00000001L, -1), 100)).isTrue();
        assertThat(grants.granted(ipv6(0x20010db8_00000002L, 7), 100)).isFalse();
        assertThat(grants.granted(Path.of(0, new byte[]{1, 2, 3, 4}, 1), 100)).isFalse();
    }

    @Test
    void theSameAddressInBothFormsIsOne() {
        SourceGrants grants = new SourceGrants(10);
        grants.grant(Path.of(0, new byte[]{1, 2, 3, 4}, 1), 200, 100);
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4};
        assertThat(grants.granted(Path.of(0, mapped, 1), 100)).isTrue();
    }

    @Test
    void whenFullThoseWhoAreInStay() {
        SourceGrants grants = new SourceGrants(3);
        for (int i = 0; i < 3; i++)
            assertThat(grants.grant(Path.ofIpv4(i, 1), 200 + i, 100)).isTrue();
        assertThat(grants.grant(Path.ofIpv4(9, 1), 300, 150)).isFalse();
        assertThat(grants.grant(Path.ofIpv4(0, 1), 300, 150)).as("who is in may stay longer").isTrue();
        assertThat(grants.grant(Path.ofIpv4(9, 1), 300, 201)).as("one has expired").isTrue();
        assertThat(grants.size()).isEqualTo(3);
        assertThat(grants.granted(Path.ofIpv4(0, 1), 201)).isTrue();
    }

    @Test
    void manyGrantsAgainstAModel() {
        RandomSource random = Fuzz.random();
        SourceGrants grants = new SourceGrants(50);
        Map<Integer, Long> model = new LinkedHashMap<>();
        long now = 1_000;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(3);
            int source = random.nextInt(120);
            long at = now;
            if (grants.grant(Path.ofIpv4(source, 1), now + 60, now))
                model.merge(source, now + 60, Math::max);
            else
                assertThat(model.values().stream().filter(end -> end > at).count()).isGreaterThanOrEqualTo(50);
            int asked = random.nextInt(120);
            assertThat(grants.granted(Path.ofIpv4(asked, 2), now)).isEqualTo(model.getOrDefault(asked, 0L) > now);
            assertThat(grants.size()).isLessThanOrEqualTo(50);
        }
    }
}
