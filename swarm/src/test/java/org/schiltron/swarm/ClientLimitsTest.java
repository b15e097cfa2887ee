package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a service asks of one client, and what it lets it have. */
class ClientLimitsTest {
    private static final int RATE = 100;
    private static final int SECONDS = 10;

    private final SessionRig rig = new SessionRig(5, 4).open();

    private void limit(ClientLimits limits) {
        rig.atService(() -> rig.service.limit(rig.nowNs, rig.atService().peer(), limits));
    }

    private long openStream() {
        List<Long> ids = new ArrayList<>();
        rig.atClient(() -> ids.add(rig.atClient().openStream(rig.nowNs, "")));
        return ids.getFirst();
    }

    /** The client's program writes all it can. */
    private void flood(long stream, long ms) {
        byte[] bytes = new byte[100_000];
        for (long end = rig.nowNs + ms * SessionRig.MS; rig.nowNs < end;) {
            rig.atClient(() -> rig.atClient().write(rig.nowNs, stream, bytes, 0, bytes.length));
            rig.run(20);
        }
    }

    @Test
    void aClientIsAskedForNoMorePacketsThanItMaySend() {
        long stream = openStream();
        flood(stream, 2_000);
        long unlimited = rig.atService().packetsIn;
        assertThat(unlimited).isGreaterThan(10 * 2 * RATE);

        limit(ClientLimits.DEFAULT.withPacketsPerSecond(RATE));
        flood(stream, 1_000); // what was asked for before still comes
        assertThat(rig.atService().status().advertisedRate()).isEqualTo(RATE);
        assertThat(rig.atClient().status().grantedRate()).isEqualTo(RATE);
        long before = rig.atService().packetsIn;
        long read = rig.delivered;
        flood(stream, SECONDS * 1_000);
        assertThat(rig.atService().packetsIn - before).isBetween(RATE * SECONDS / 2L, RATE * (SECONDS + 1L));
        assertThat(rig.delivered - read).as("and what comes is of use").isGreaterThan(RATE * SECONDS / 2 * 1_000);

        rig.atService(() -> rig.service.limit(rig.nowNs, rig.atService().peer(), null));
        before = rig.atService().packetsIn;
        flood(stream, 4_000);
        assertThat(rig.atService().packetsIn - before).as("free again").isGreaterThan(10 * 4 * RATE);
    }

    @Test
    void aClientThatIgnoresTheRateIsAskedForNoMoreEither() {
        long stream = openStream();
        limit(ClientLimits.DEFAULT.withPacketsPerSecond(RATE));
        flood(stream, 1_000);
        byte[] bytes = new byte[100_000];
        long before = rig.atService().packetsIn;
        for (long end = rig.nowNs + SECONDS * 1_000 * SessionRig.MS; rig.nowNs < end;) {
            rig.atClient(() -> {
                rig.atClient().outbound().advertised = 100_000;
                rig.atClient().write(rig.nowNs, stream, bytes, 0, bytes.length);
            });
            rig.run(1);
        }
        assertThat(rig.atService().packetsIn - before).isBetween(RATE * SECONDS / 2L, RATE * (SECONDS + 1L));
    }

    @Test
    void aClientIsSentNoMorePacketsThanItMayHave() {
        long stream = openStream();
        rig.atClient(() -> rig.atClient().write(rig.nowNs, stream, new byte[1], 0, 1));
        assertThat(rig.runUntil(() -> rig.streamsOpened == 1, 1_000)).isTrue();
        limit(ClientLimits.DEFAULT.withPacketsPerSecond(RATE));
        long before = rig.atService().packetsOut;
        byte[] bytes = new byte[100_000];
        for (long end = rig.nowNs + SECONDS * 1_000 * SessionRig.MS; rig.nowNs < end;) {
            rig.atService(() -> rig.atService().write(rig.nowNs, stream, bytes, 0, bytes.length));
            rig.run(20);
        }
        assertThat(rig.atService().packetsOut - before).isBetween(RATE * SECONDS / 2L, RATE * (SECONDS + 1L));
    }

    @Test
    void anIdleSessionUnderItsLimitWakesAndSleeps() {
        limit(ClientLimits.DEFAULT.withPacketsPerSecond(ClientLimits.MIN_PACKETS_PER_SECOND));
        rig.run(60_000);
        long stream = openStream();
        long before = rig.delivered;
        rig.atClient(() -> rig.atClient().write(rig.nowNs, stream, new byte[3_000], 0, 3_000));
        assertThat(rig.runUntil(() -> rig.delivered - before == 3_000, 10_000)).isTrue();
        rig.run(120_000);
        assertThat(rig.atService().isOpen()).isTrue();
    }

    @Test
    void streamsBeyondTheLimitAreResetAtOnceAndLater() {
        for (int i = 0; i < 10; i++)
            openStream();
        assertThat(rig.runUntil(() -> rig.atService().status().streams() == 10, 1_000)).isTrue();
        limit(ClientLimits.DEFAULT.withStreams(3));
        assertThat(rig.atService().status().streams()).isEqualTo(3);
        assertThat(rig.runUntil(() -> rig.atClient().status().streams() == 3, 1_000)).isTrue();
        openStream();
        assertThat(rig.runUntil(() -> rig.atClient().status().streams() == 3, 1_000)).isTrue();
        assertThat(rig.atService().status().streams()).isEqualTo(3);
        assertThat(rig.streamsReset).isEqualTo(7);
    }

    @Test
    void theOldestSessionGivesWay() {
        Session first = rig.atService();
        rig.addClient(); // of the same key
        assertThat(rig.runUntil(() -> rig.atService() != first && rig.atService().isOpen(), 20_000)).isTrue();
        assertThat(first.isOpen()).isTrue();
        limit(ClientLimits.DEFAULT.withSessions(1));
        assertThat(first.isOpen()).isFalse();
        assertThat(rig.atService().isOpen()).isTrue();
    }

    @Test
    void limitsAreListedUntilTheyAreLifted() {
        ClientLimits limits = new ClientLimits(1, 2, 300);
        limit(limits);
        assertThat(rig.service.limited()).containsExactly(java.util.Map.entry(rig.atService().peer(), limits));
        rig.atService(() -> rig.service.limit(rig.nowNs, rig.atService().peer(), null));
        assertThat(rig.service.limited()).isEmpty();
    }

    @Test
    void limitsAreWithinBounds() {
        for (int[] wrong : new int[][]{{0, 1, 100}, {1, 0, 100}, {1, 1, 9}, {1, 1, 10_000_001}})
            assertThatThrownBy(() -> new ClientLimits(wrong[0], wrong[1], wrong[2]))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is not in");
    }
}
