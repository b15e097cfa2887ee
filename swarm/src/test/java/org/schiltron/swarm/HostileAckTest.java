package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Acknowledgements that a client with a key of its own can make up: what they may cost the service. */
class HostileAckTest {
    private static final long SEED = Long.getLong("schiltron.seed", 11);
    private static final byte[] DATAGRAM = new byte[1_000];

    private final SessionRig rig = new SessionRig(SEED, 4).open();
    private final Session service = rig.atService();

    /** ACK, without its type, for index {@code largest} alone; for none if negative. */
    private static FrameReader ack(long end, long delayUs, long largest) {
        byte[] frame = new byte[64];
        int at = Varint.write(frame, 0, 0);
        at = Varint.write(frame, at, end);
        at = Varint.write(frame, at, 100_000);
        at = Varint.write(frame, at, delayUs);
        at = Varint.write(frame, at, largest < 0 ? 0 : 1);
        if (largest >= 0)
            at = Varint.write(frame, Varint.write(frame, at, largest), 0);
        return new FrameReader().over(frame, 0, at);
    }

    private void withoutTheClient() {
        rig.network = (from, to, bytes) -> from.equals(SessionRig.CLIENT) ? -1 : SessionRig.MS;
    }

    @Test
    void aDelayBeyondAllMeaningDoesNotTurnTheClockOfTheSession() {
        withoutTheClient();
        long wraps = Long.MAX_VALUE / 1_000 + 1_000_000_000_000L; // in nanoseconds less than nothing
        for (long delayUs : new long[]{wraps, 2 * wraps, Varint.MAX, 1L << 60}) {
            rig.atService(service::ping);
            rig.run(20);
            long last = service.outbound().nextIndex() - 1;
            rig.atService(() -> assertThat(service.outbound().onAck(rig.nowNs, ack(16, delayUs, last))).isTrue());
            assertThat(service.rttNs()).as("seed %d, delay %d", SEED, delayUs).isBetween(0L, 1_000 * SessionRig.MS);
            assertThat(service.outbound().rtt.timeoutNs()).isBetween(0L, 10_000 * SessionRig.MS);
        }
    }

    @Test
    void aWindowWithoutEndAndNoWordOfWhatCameKeepsNoMoreThanTwoWindowsUnderWay() {
        withoutTheClient();
        for (int i = 0; i < 1_000; i++) {
            rig.atService(() -> {
                assertThat(service.outbound().onAck(rig.nowNs, ack(Varint.MAX, 0, -1))).isTrue();
                for (int k = 0; k < 20; k++)
                    service.sendDatagram(rig.nowNs, 1, "", DATAGRAM, 0, DATAGRAM.length);
            });
            rig.run(5);
            assertThat(service.outbound().flight().size()).as("seed %d", SEED)
                    .isLessThanOrEqualTo(2 * Inbound.MAX_WINDOW + 64);
        }
        assertThat(service.outbound().flight().size()).as("it was put to the test").isGreaterThan(2_000);
    }

    @Test
    void whatIsNeverAcknowledgedCountsAgainstTheMemoryForStreams() {
        long limit = 1 << 20;
        SessionRig small = new SessionRig(SEED, 4, EndpointLimits.DEFAULT.withStreamBytes(limit)).open();
        Session of = small.atService();
        small.network = (from, to, bytes) -> from.equals(SessionRig.CLIENT) ? -1 : SessionRig.MS;
        for (int i = 0; i < 1_000 && !of.isClosed(); i++) {
            small.atService(() -> {
                assertThat(of.outbound().onAck(small.nowNs, ack(Varint.MAX, 0, -1))).isTrue();
                for (int k = 0; k < 20; k++)
                    of.sendDatagram(small.nowNs, 1, "", DATAGRAM, 0, DATAGRAM.length);
            });
            small.run(5);
            assertThat(small.service.streamBytes()).as("seed %d", SEED).isLessThan(limit + (64 << 10));
        }
        assertThat(small.closedAtService).isEqualTo(CloseReason.FULL);
        assertThat(small.service.streamBytes()).isZero();
    }

    @Test
    void acknowledgingTheNewestAloneAfterALongTimeKeepsABoundedNumberUnderWay() {
        withoutTheClient();
        int most = 0;
        long acked = -1;
        for (int i = 0; i < 2_500; i++) {
            long newest = i % 500 == 499 ? service.outbound().nextIndex() - 1 : -1; // a round trip of seconds
            boolean fresh = newest > acked;
            acked = fresh ? newest : acked;
            rig.atService(() -> {
                service.outbound().onAck(rig.nowNs, ack(Varint.MAX, 0, fresh ? newest : -1));
                for (int k = 0; k < 20; k++)
                    service.sendDatagram(rig.nowNs, 1, "", DATAGRAM, 0, DATAGRAM.length);
            });
            rig.run(5);
            most = Math.max(most, service.outbound().flight().size());
        }
        assertThat(most).as("seed %d", SEED).isBetween(2_000, Outbound.MAX_UNDER_WAY);
    }
}
