package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the streams of a client may make the service hold. */
class StreamMemoryTest {
    private static final long SEED = Long.getLong("schiltron.seed", 5);
    private static final long LIMIT = 4 << 20;

    private final SessionRig rig = new SessionRig(SEED, 4, EndpointLimits.DEFAULT.withStreamBytes(LIMIT)).open();
    private final Session service = rig.atService();
    private final Session client = rig.atClient();

    /** One byte at the end of the stream's credit, and none of what is before it. */
    private static byte[] lastByte(int stream) {
        byte[] frame = new byte[32];
        frame[0] = Frames.STREAM;
        int at = Varint.write(frame, Varint.write(frame, 1, stream), Stream.INITIAL_CREDIT - 1);
        frame[at + 1] = 1; // length, not the end
        return Arrays.copyOf(frame, at + 3);
    }

    @Test
    void aByteFarAheadInEachOfManyStreamsEndsTheSessionBeforeItFillsTheMemory() {
        long most = 0;
        for (int stream = 1; stream <= Streams.MAX_STREAMS && !client.isClosed(); stream++) {
            byte[] frame = lastByte(stream);
            rig.atClient(() -> client.control(frame));
            rig.run(20);
            most = Math.max(most, rig.service.streamBytes());
        }
        assertThat(most).as("seed %d", SEED).isBetween(LIMIT / 2, LIMIT + (128 << 10));
        assertThat(rig.closedAtService).isEqualTo(CloseReason.FULL);
        assertThat(service.held()).isZero();
        assertThat(rig.service.streamBytes()).as("of its next session").isLessThan(20_000);
    }

    @Test
    void aProgramWhoseClientTakesNothingIsHeldBackBeforeItFillsTheMemory() {
        long[] streams = new long[64];
        rig.atClient(() -> Arrays.setAll(streams, i -> client.openStream(rig.nowNs, "")));
        rig.run(500);
        assertThat(rig.streamsOpened).isEqualTo(streams.length);
        rig.network = (from, to, bytes) -> from.equals(SessionRig.CLIENT) ? -1 : SessionRig.MS;
        byte[] much = new byte[SendBuffer.CAPACITY];
        for (long stream : streams) {
            rig.atService(() -> service.write(rig.nowNs, stream, much, 0, much.length));
            assertThat(rig.service.streamBytes()).as("seed %d", SEED).isLessThanOrEqualTo(LIMIT);
        }
        assertThat(rig.service.streamBytes()).isGreaterThan(LIMIT / 2);
        assertThat(service.isOpen()).isTrue();
    }

    @Test
    void whatIsHeldIsGivenBack() {
        rig.network = (from, to, bytes) -> SessionRig.MS;
        byte[] much = new byte[200_000];
        long[] stream = new long[1];
        rig.atClient(() -> {
            stream[0] = client.openStream(rig.nowNs, "");
            client.write(rig.nowNs, stream[0], much, 0, much.length);
        });
        assertThat(rig.client.streamBytes()).isGreaterThanOrEqualTo(much.length);
        assertThat(rig.runUntil(() -> rig.delivered == much.length, 20_000)).as("seed %d", SEED).isTrue();
        rig.run(1_000);
        assertThat(rig.service.streamBytes()).as("acknowledgements").isLessThan(10_000);
        assertThat(rig.client.streamBytes()).as("acknowledgements").isLessThan(10_000);
    }
}
