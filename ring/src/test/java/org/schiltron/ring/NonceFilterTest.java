package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.machine.SeededRandom;

/** What every nonce filter owes, whichever it is. */
class NonceFilterTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final long seed = Long.getLong("schiltron.seed", System.nanoTime());
    private final SeededRandom random = new SeededRandom(seed);
    private final SegmentAllocator memory = Arena.ofAuto();

    NonceFilterTest() {
        System.out.println("NonceFilterTest -Dschiltron.seed=" + seed);
    }

    enum Kind {
        LINE, LINE_PLAIN, BLOOM, BLOCKED_BLOOM;

        /** Remembers {@code outstanding} requests for a second in 4 bytes each. */
        NonceFilter filter(long outstanding, SegmentAllocator memory) {
            long bytes = Math.max(256, NonceFilter.bytesFor(outstanding));
            return switch (this) {
                case LINE -> NonceFilter.sized(outstanding, memory);
                case LINE_PLAIN -> LineNonceFilter.createPlain(bytes, memory);
                case BLOOM -> new BloomNonceFilter(bytes, outstanding, SECOND_NS, memory);
                case BLOCKED_BLOOM -> new BlockedBloomNonceFilter(bytes, outstanding, SECOND_NS, memory);
            };
        }

        double falsePasses() {
            return switch (this) {
                case LINE, LINE_PLAIN -> 5e-4;
                case BLOOM, BLOCKED_BLOOM -> 0.05;
            };
        }

        double lost() {
            return switch (this) {
                case LINE, LINE_PLAIN -> 1e-3;
                case BLOOM, BLOCKED_BLOOM -> 0.05;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void admitsWhatWasRequestedOnceAndNothingElse(Kind kind) {
        NonceFilter filter = kind.filter(10_000, memory);
        long[] requested = keys(100);
        filter.remember(0, requested, 0, 100);

        assertThat(admitted(filter, 1, requested, 0, 100)).isEqualTo(100);
        assertThat(admitted(filter, 2, requested, 0, 100)).as("replayed").isZero();
        assertThat(admitted(filter, 3, keys(100), 0, 100)).as("never requested").isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void admitsAReplayWithinOneBatchOnce(Kind kind) {
        NonceFilter filter = kind.filter(10_000, memory);
        long key = random.nextLong();
        filter.remember(0, new long[]{key}, 0, 1);

        boolean[] verdicts = new boolean[3];
        filter.admit(1, new long[]{key, key, key}, 0, 3, verdicts);
        assertThat(verdicts).containsExactly(true, false, false);
    }

    @ParameterizedTest
    @EnumSource
    void takesBatchesOfAnySizeAtAnyOffset(Kind kind) {
        for (int size : new int[]{0, 1, 2, 7, 31, 63, 64, 65, 127, 128, 129, 200}) {
            NonceFilter filter = kind.filter(100_000, memory);
            int offset = random.nextInt(70);
            long[] keys = keys(offset + size + 5);
            filter.remember(0, keys, offset, size);

            assertThat(admitted(filter, 1, keys, offset, size)).as("batch of %d at %d", size, offset).isEqualTo(size);
            assertThat(admitted(filter, 1, keys, 0, offset)).as("keys before a batch of %d", size)
                    .isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void worksAtTheSmallestSizesAndExtremeKeys(Kind kind) {
        for (int outstanding = 1; outstanding < 200; outstanding += 1 + random.nextInt(20)) {
            for (long key : new long[]{0, -1, 1, Long.MIN_VALUE, 0xffff_ffffL, 0xffff_ffff_0000_0000L,
                    random.nextLong()}) {
                NonceFilter filter = kind.filter(outstanding, memory);
                assertThat(filter.bytes()).isBetween(64L, 1024L);
                filter.remember(0, new long[]{key}, 0, 1);
                assertThat(admitted(filter, 0, new long[]{key}, 0, 1)).as("key %x", key).isEqualTo(1);
                assertThat(admitted(filter, 0, new long[]{key}, 0, 1)).as("key %x again", key).isZero();
            }
        }
    }

    /**
     * Requests at the full rate it is sized for, answers in random order within a second of theirs, floods and replays
     * in between: against a map that forgets nothing.
     */
    @ParameterizedTest
    @EnumSource
    void agreesWithAMapWithinItsStatedErrors(Kind kind) {
        int outstanding = 50_000;
        int steps = 400;
        int perStep = outstanding / 100;
        NonceFilter filter = kind.filter(outstanding, memory);
        Map<Long, Boolean> open = new HashMap<>();
        long[][] requests = new long[steps][];
        long expected = 0;
        long lost = 0;
        long unrequested = 0;
        long passed = 0;
        for (int step = 0; step < steps; step++) {
            long nowNs = step * (SECOND_NS / 100);
            requests[step] = keys(perStep);
            filter.remember(nowNs, requests[step], 0, perStep);
            for (long key : requests[step])
                open.put(key, true);

            long[] arrivals = keys(2 * perStep);
            for (int i = 0; i < perStep; i++)
                arrivals[i] = requests[Math.max(0, step - random.nextInt(100))][random.nextInt(perStep)];
            boolean[] verdicts = new boolean[arrivals.length];
            filter.admit(nowNs, arrivals, 0, arrivals.length, verdicts);
            for (int i = 0; i < arrivals.length; i++) {
                if (open.remove(arrivals[i]) != null) {
                    expected++;
                    lost += verdicts[i] ? 0 : 1;
                } else {
                    unrequested++;
                    passed += verdicts[i] ? 1 : 0;
                }
            }
        }
        assertThat(passed / (double) unrequested).as("false passes").isLessThan(kind.falsePasses());
        assertThat(lost / (double) expected).as("lost").isLessThan(kind.lost());
    }

    private long[] keys(int count) {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++)
            keys[i] = random.nextLong();
        return keys;
    }

    private static int admitted(NonceFilter filter, long nowNs, long[] keys, int offset, int count) {
        boolean[] verdicts = new boolean[count];
        filter.admit(nowNs, keys, offset, count, verdicts);
        int passes = 0;
        for (boolean pass : verdicts)
            passes += pass ? 1 : 0;
        return passes;
    }
}
