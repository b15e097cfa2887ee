package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayDeque;

import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class LineNonceFilterTest {
    /** Losses come in bunches, a line at a time: with so many the bound is nine standard deviations off. */
    private static final int MEASURED = 1_000_000;

    private final long seed = Long.getLong("schiltron.seed", System.nanoTime());
    private final SeededRandom random = new SeededRandom(seed);
    private final SegmentAllocator memory = Arena.ofAuto();

    LineNonceFilterTest() {
        System.out.println("LineNonceFilterTest -Dschiltron.seed=" + seed);
    }

    @Test
    void choosesVectorsOnlyWhereTheModuleIs() {
        boolean absent = "absent".equals(System.getProperty("schiltron.vector"));
        assertThat(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()).isEqualTo(!absent);
        LineNonceFilter filter = LineNonceFilter.create(64, memory);
        if (absent)
            assertThat(filter).isExactlyInstanceOf(LineNonceFilter.class);
        else
            assertThat(filter instanceof VectorLineNonceFilter).isEqualTo(VectorLineNonceFilter.worthwhile());
    }

    /** The scalar reference beside the vector kernel: same bytes after the same operations, same verdicts. */
    @Test
    void decidesAlikeWithAndWithoutVectors() {
        for (long lines : new long[]{1, 2, 3, 7, 31, 1000}) {
            LineNonceFilter plain = LineNonceFilter.createPlain(lines * 64 + random.nextInt(64), memory);
            LineNonceFilter other = LineNonceFilter.create(lines * 64, memory);
            assertThat(plain.bytes()).isEqualTo(lines * 64);
            for (int round = 0; round < 200; round++) {
                int count = random.nextInt(200);
                int offset = random.nextInt(9);
                long[] keys = fewKeys(offset + count);
                if (random.nextInt(2) == 0) {
                    plain.remember(0, keys, offset, count);
                    other.remember(0, keys, offset, count);
                } else {
                    boolean[] plainVerdicts = new boolean[count];
                    boolean[] otherVerdicts = new boolean[count];
                    plain.admit(0, keys, offset, count, plainVerdicts);
                    other.admit(0, keys, offset, count, otherVerdicts);
                    assertThat(otherVerdicts).isEqualTo(plainVerdicts);
                }
                assertThat(other.memory.mismatch(plain.memory)).as("%d lines, round %d", lines, round).isEqualTo(-1);
            }
        }
    }

    /** One line against a queue of 31 fingerprints, over thousands of turns round. */
    @Test
    void forgetsTheOldestOfALineFirst() {
        NonceFilter filter = LineNonceFilter.create(64, memory);
        ArrayDeque<Long> slots = new ArrayDeque<>(); // 0 where one was used
        for (int i = 0; i < 31; i++)
            slots.add(0L);
        boolean[] verdict = new boolean[1];
        long[] keys = new long[1];
        for (int step = 0; step < 100_000; step++) {
            long fingerprint = 1L + random.nextInt(64); // few enough to meet again
            keys[0] = keyOf(fingerprint);
            if (random.nextInt(3) > 0) {
                filter.remember(0, keys, 0, 1);
                slots.removeFirst();
                slots.addLast(fingerprint);
            } else if (java.util.Collections.frequency(slots, fingerprint) <= 1) {
                filter.admit(0, keys, 0, 1, verdict);
                boolean expected = slots.contains(fingerprint);
                assertThat(verdict[0]).as("step %d", step).isEqualTo(expected);
                slots = replaced(slots, fingerprint);
            }
        }
    }

    @Test
    void losesAsStatedBySecondsOfAge() {
        int outstanding = 200_000;
        assertThat(lostAtAge(outstanding, outstanding)).as("at the full memory").isLessThan(1e-3);
        assertThat(lostAtAge(outstanding, outstanding / 2)).as("at half of it").isLessThan(1e-4);
    }

    @Test
    void passesAtMostItsStatedShareWhenNothingIsEverAnswered() {
        int outstanding = 20_000;
        NonceFilter filter = NonceFilter.sized(outstanding, memory);
        long[] requests = keys(10 * outstanding);
        filter.remember(0, requests, 0, requests.length);
        long passed = 0;
        int tries = 2_000_000;
        boolean[] verdicts = new boolean[1000];
        for (int i = 0; i < tries; i += 1000) {
            filter.admit(0, keys(1000), 0, 1000, verdicts);
            for (boolean pass : verdicts)
                passed += pass ? 1 : 0;
        }
        // 31 in 65,535 is 946 expected; six standard deviations above
        assertThat(passed).isLessThan(946 + 6 * 31).isGreaterThan(700);
    }

    /** Each customer has a filter sized by its quota: one that requests a hundred times its own harms itself alone. */
    @Test
    void oneCustomersFloodPushesOutNoneOfAnothers() {
        NonceFilter honest = NonceFilter.sized(1_000, memory);
        NonceFilter flooder = NonceFilter.sized(1_000, memory);
        long[] requests = keys(500);
        honest.remember(0, requests, 0, 500);
        long[] flood = keys(100_000);
        flooder.remember(0, flood, 0, flood.length);

        boolean[] verdicts = new boolean[flood.length];
        honest.admit(1, requests, 0, 500, verdicts);
        assertThat(java.util.Arrays.copyOf(verdicts, 500)).doesNotContain(false);
        flooder.admit(1, flood, 0, flood.length / 2, verdicts);
        int stood = 0;
        for (int i = 0; i < flood.length / 2; i++)
            stood += verdicts[i] ? 1 : 0;
        assertThat(stood).as("of the flooder's old requests").isLessThan(100);
    }

    @Test
    void sizesByWholeLinesAndRefusesNonsense() {
        assertThat(NonceFilter.bytesFor(1)).isEqualTo(64);
        assertThat(NonceFilter.bytesFor(16)).isEqualTo(64);
        assertThat(NonceFilter.bytesFor(17)).isEqualTo(128);
        assertThat(NonceFilter.bytesFor(12_500_000)).isEqualTo(50_000_000);
        assertThat(LineNonceFilter.create(64 * 3, memory).memory.address() % 64).isZero();
        assertThatThrownBy(() -> NonceFilter.bytesFor(0)).hasMessageContaining("0 requests");
        assertThatThrownBy(() -> LineNonceFilter.create(63, memory)).hasMessageContaining("63 bytes");
    }

    private double lostAtAge(int outstanding, int laterRequests) {
        NonceFilter filter = NonceFilter.sized(outstanding, memory);
        filter.remember(0, keys(2 * outstanding), 0, 2 * outstanding);
        long[] requests = keys(laterRequests + MEASURED);
        boolean[] verdicts = new boolean[1000];
        long lost = 0;
        for (int at = 0; at < requests.length; at += 1000) {
            filter.remember(0, requests, at, 1000);
            if (at < laterRequests)
                continue;
            filter.admit(0, requests, at - laterRequests, 1000, verdicts);
            for (boolean pass : verdicts)
                lost += pass ? 0 : 1;
        }
        return (double) lost / MEASURED;
    }

    private static ArrayDeque<Long> replaced(ArrayDeque<Long> slots, long used) {
        ArrayDeque<Long> left = new ArrayDeque<>();
        for (long slot : slots)
            left.add(slot == used ? 0L : slot);
        return left;
    }

    /** A key of the only line with this fingerprint. */
    private long keyOf(long fingerprint) {
        return random.nextLong() << 32 | ((fingerprint - 1) << 32) / 0xffff + 1;
    }

    /** Keys that meet again, so that hits, duplicates and misses all occur. */
    private long[] fewKeys(int count) {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++)
            keys[i] = random.nextLong(300) * 0x9e37_79b9_7f4a_7c15L;
        return keys;
    }

    private long[] keys(int count) {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++)
            keys[i] = random.nextLong();
        return keys;
    }
}
