package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class AuthenticatorScheduleTest {
    private static final long PERIOD = 5_000;
    private static final long OVERLAP = 2_000;
    private static final long EARLY = 500;
    private static final long T0 = 1_700_000_000_000L; // the beginning of a period

    private final RandomSource random = Draws.random();
    private final byte[] secret = random.bytes(32);

    private static AuthenticatorChoices choices(int addresses, int ports, boolean key) {
        List<IpAddress> destinations = IntStream.range(0, addresses).mapToObj(i -> new IpAddress(0x20010db8L << 32, i))
                .toList();
        return new AuthenticatorChoices(List.of(), List.of(), destinations,
                ports == 0 ? List.of() : List.of(new PortRange(20_000, 20_000 + ports - 1)), key ? 32 : 0);
    }

    private AuthenticatorSchedule schedule(AuthenticatorChoices choices) {
        return new AuthenticatorSchedule(secret, choices, PERIOD, OVERLAP, EARLY, 0);
    }

    @Test
    void everyNodeWithTheSecretComputesTheSame() {
        AuthenticatorChoices choices = choices(200, 1_000, true);
        for (int i = 0; i < 100; i++) {
            long at = T0 + random.nextInt(1_000_000_000);
            assertThat(schedule(choices).at(at)).isEqualTo(schedule(choices).at(at));
            assertThat(schedule(choices).at(at))
                    .as("another secret")
                    .isNotEqualTo(new AuthenticatorSchedule(random.bytes(32), choices, PERIOD, OVERLAP, EARLY, 0)
                            .at(at));
        }
    }

    @Test
    void itIsTheSameThroughAPeriodAndAnotherInTheNext() {
        for (int addresses : new int[]{2, 3, 4, 7}) {
            AuthenticatorSchedule schedule = schedule(choices(addresses, 0, false));
            for (int i = 0; i < 500; i++) {
                long begin = T0 + i * PERIOD;
                assertThat(schedule.at(begin)).isEqualTo(schedule.at(begin + PERIOD - 1));
                assertThat(schedule.nextChange(begin)).isEqualTo(begin + PERIOD);
                assertThat(schedule.nextChange(begin + PERIOD - 1)).isEqualTo(begin + PERIOD);
                assertThat(schedule.at(begin + PERIOD)).as("%d addresses, period %d", addresses, i)
                        .isNotEqualTo(schedule.at(begin));
            }
        }
    }

    @Test
    void everyPartChangesAndAllValuesAreDrawnAboutEvenly() {
        AuthenticatorSchedule schedule = schedule(choices(5, 100, true));
        int[] seen = new int[5];
        for (int i = 0; i < 5_000; i++) {
            Authenticator a = schedule.at(T0 + i * PERIOD);
            Authenticator b = schedule.at(T0 + (i + 1) * PERIOD);
            assertThat(a.destination()).isNotEqualTo(b.destination());
            assertThat(a.destinationPort()).isNotEqualTo(b.destinationPort()).isBetween(20_000, 20_099);
            assertThat(a.key()).isNotEqualTo(b.key());
            IpAddress destination = a.destination();
            assertThat(destination).isNotNull();
            seen[(int) (destination == null ? 0 : destination.low())]++;
        }
        for (int count : seen)
            assertThat(count).isBetween(750, 1_250);
    }

    @Test
    void aSingleChoiceStaysAndOthersAreAbsent() {
        AuthenticatorSchedule schedule = schedule(choices(1, 1, false));
        Authenticator only = schedule.at(T0);
        assertThat(only.text()).isEqualTo("destination=2001:db8::, destination-port=20000");
        assertThat(schedule.at(T0 + PERIOD)).isEqualTo(only);
        assertThat(schedule.accepted(T0)).containsExactly(only);
    }

    @Test
    void oldAndNewAreAcceptedAroundAChange() {
        AuthenticatorSchedule schedule = schedule(choices(50, 50, true));
        Authenticator before = schedule.at(T0 - 1);
        Authenticator now = schedule.at(T0);
        Authenticator after = schedule.at(T0 + PERIOD);
        assertThat(schedule.accepted(T0 - EARLY - 1)).containsExactly(before);
        assertThat(schedule.accepted(T0 - EARLY)).containsExactly(before, now);
        assertThat(schedule.accepted(T0)).containsExactly(now, before);
        assertThat(schedule.accepted(T0 + OVERLAP - 1)).containsExactly(now, before);
        assertThat(schedule.accepted(T0 + OVERLAP)).containsExactly(now);
        assertThat(schedule.accepted(T0 + PERIOD - EARLY)).containsExactly(now, after);
    }

    @Test
    void whoKeepsRulesIsToldWhenTheyChange() {
        AuthenticatorSchedule schedule = schedule(choices(50, 50, true)).changeNow(T0 + 1_234)
                .changeNow(T0 + 2_345);
        for (long at = T0 - 10; at < T0 + 3 * PERIOD;) {
            long next = schedule.nextRules(at);
            assertThat(next).isGreaterThan(at);
            Set<Authenticator> rules = schedule.accepted(at);
            assertThat(schedule.accepted(next - 1)).as("until %d", next - T0).isEqualTo(rules);
            at = next;
        }
    }

    @Test
    void aChangeAheadOfTimeTakesEffectAtOnceAndTheOldOneStaysForTheOverlap() {
        AuthenticatorSchedule old = schedule(choices(2, 0, false));
        long at = T0 + OVERLAP + 100;
        Authenticator compromised = old.at(at);
        AuthenticatorSchedule changed = old.changeNow(at);
        assertThat(changed.epoch()).isEqualTo(1);
        assertThat(changed.at(at)).isNotEqualTo(compromised);
        assertThat(changed.at(at - 1)).isEqualTo(compromised);
        assertThat(changed.accepted(at + 1_999)).containsExactly(changed.at(at), compromised);
        assertThat(changed.accepted(at + OVERLAP)).containsExactly(changed.at(at));
    }

    @Test
    void nodesToldTheEpochAgreeAfterwardsWithThoseThatSawTheChange() {
        AuthenticatorChoices choices = choices(50, 50, true);
        AuthenticatorSchedule saw = schedule(choices).changeNow(T0 + 300).changeNow(T0 + 600);
        AuthenticatorSchedule told = new AuthenticatorSchedule(secret, choices, PERIOD, OVERLAP, EARLY, 2);
        assertThat(told.at(T0 + 600)).isEqualTo(saw.at(T0 + 600));
        assertThat(told.at(T0 + 7 * PERIOD)).isEqualTo(saw.at(T0 + 7 * PERIOD));
    }

    @Test
    void severalChangesInOneOverlapKeepTheLastOnes() {
        AuthenticatorSchedule schedule = schedule(choices(1_000, 1_000, true));
        Set<Authenticator> used = new LinkedHashSet<>();
        used.add(schedule.at(T0 + 2_500));
        for (int i = 0; i < AuthenticatorSchedule.MAX_CHANGES + 3; i++) {
            schedule = schedule.changeNow(T0 + 2_500 + i);
            used.add(schedule.at(T0 + 2_500 + i));
        }
        assertThat(used).hasSize(AuthenticatorSchedule.MAX_CHANGES + 4);
        assertThat(schedule.accepted(T0 + 2_600)).hasSize(AuthenticatorSchedule.MAX_CHANGES + 1);
        assertThat(used).containsAll(schedule.accepted(T0 + 2_600));
        AuthenticatorSchedule last = schedule;
        assertThatThrownBy(() -> last.changeNow(T0)).hasMessageContaining("before the last");
    }

    /** What the ring accepts at any time includes what an egress with a wrong clock, or an old epoch, uses. */
    @Test
    void whatAnEgressUsesIsAcceptedWithinTheClockDifference() {
        AuthenticatorSchedule schedule = schedule(choices(1_000, 1_000, true));
        for (int i = 0; i < 5_000; i++) {
            long at = T0 + random.nextInt(1_000_000);
            long wrong = at - EARLY + random.nextInt((int) (2 * EARLY + 1));
            assertThat(schedule.accepted(at)).as("at %d, egress at %d", at - T0, wrong - T0)
                    .contains(schedule.at(wrong));
            if (at % PERIOD > OVERLAP && at % PERIOD < PERIOD - OVERLAP)
                assertThat(schedule.changeNow(at).accepted(at + 1_000)).contains(schedule.at(at + 1_000));
        }
    }

    @Test
    void theKeySpaceIsReported() {
        assertThat(choices(256, 0, false).keySpaceBits()).isEqualTo(8, within(1e-9));
        assertThat(choices(256, 1_024, true).keySpaceBits()).isEqualTo(8 + 10 + 32, within(1e-9));
        assertThat(choices(1, 0, false).keySpaceBits()).isZero();
        assertThat(new AuthenticatorChoices(List.of(), List.of(new PortRange(1, 4), new PortRange(9, 12)), List.of(),
                List.of(), 0).keySpaceBits()).isEqualTo(3, within(1e-9));
    }

    @Test
    void portsOfSeveralRangesAreAllDrawn() {
        AuthenticatorSchedule schedule = schedule(new AuthenticatorChoices(List.of(),
                List.of(new PortRange(7, 8), new PortRange(100, 100), new PortRange(65_535, 65_535)), List.of(),
                List.of(), 0));
        Set<Integer> ports = new LinkedHashSet<>();
        for (int i = 0; i < 200; i++)
            ports.add(schedule.at(T0 + i * PERIOD).sourcePort());
        assertThat(ports).containsExactlyInAnyOrder(7, 8, 100, 65_535);
    }

    @Test
    void absurdSettingsAreRefused() {
        AuthenticatorChoices ok = choices(2, 0, false);
        assertThatThrownBy(() -> new AuthenticatorSchedule(new byte[31], ok, PERIOD, 0, 0, 0))
                .hasMessageContaining("32 bytes");
        assertThatThrownBy(() -> new AuthenticatorSchedule(secret, ok, 999, 0, 0, 0)).hasMessageContaining("1 s");
        assertThatThrownBy(() -> new AuthenticatorSchedule(secret, ok, Long.MAX_VALUE, 0, 0, 0))
                .hasMessageContaining("366 days");
        assertThatThrownBy(() -> new AuthenticatorSchedule(secret, ok, PERIOD, PERIOD + 1, 0, 0))
                .hasMessageContaining("overlap");
        assertThatThrownBy(() -> new AuthenticatorSchedule(secret, ok, PERIOD, 0, PERIOD, 0))
                .hasMessageContaining("early");
        assertThatThrownBy(() -> new AuthenticatorSchedule(secret, ok, PERIOD, 0, 0, -1))
                .hasMessageContaining("epoch");
        assertThatThrownBy(() -> schedule(ok).at(-1)).hasMessageContaining("set the clock");
        assertThatThrownBy(() -> choices(0, 0, false)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> choices(4_097, 0, false)).hasMessageContaining("at most 4096");
        IpAddress v4 = IpAddress.parse("192.0.2.1");
        IpAddress v6 = IpAddress.parse("2001:db8::1");
        assertThatThrownBy(() -> new AuthenticatorChoices(List.of(v4), List.of(), List.of(v6), List.of(), 0))
                .hasMessageContaining("one family");
        assertThatThrownBy(() -> new AuthenticatorChoices(List.of(v4, v4), List.of(), List.of(), List.of(), 0))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> new AuthenticatorChoices(List.of(),
                List.of(new PortRange(1, 10), new PortRange(10, 11)), List.of(), List.of(), 0))
                .hasMessageContaining("overlap");
    }
}
