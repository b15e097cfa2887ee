package org.schiltron.sim;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.schiltron.machine.SeededRandom;

/**
 * The seeds of a random test: printed when it fails, one only if {@code -Dschiltron.seed} names it. The first is 0, or
 * {@code -Dschiltron.first}.
 */
final class Seeds {
    interface Test {
        void run(long seed, SeededRandom random);
    }

    private Seeds() {
    }

    static void each(int count, Test test) {
        Long only = Long.getLong("schiltron.seed");
        long first = only == null ? Long.getLong("schiltron.first", 0) : only;
        for (long seed = first; seed < first + (only == null ? count : 1); seed++)
            run(seed, test);
    }

    /**
     * The same on all cores, for a test whose seeds share nothing. Goes on after a failure, and fails with the lowest
     * seed that did and how many others.
     */
    static void spread(int count, Test test) {
        Long only = Long.getLong("schiltron.seed");
        long first = only == null ? Long.getLong("schiltron.first", 0) : only;
        AtomicReference<AssertionError> lowest = new AtomicReference<>();
        AtomicInteger failures = new AtomicInteger();
        LongStream.range(first, first + (only == null ? count : 1)).parallel().forEach(seed -> {
            try {
                run(seed, test);
            } catch (AssertionError e) {
                failures.incrementAndGet();
                System.out.println(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
                lowest.accumulateAndGet(e, (old, now) -> old == null || seedOf(now) < seedOf(old) ? now : old);
            }
        });
        AssertionError failure = lowest.get();
        if (failure != null)
            throw new AssertionError(failures + " of " + count + " seeds fail: " + failure.getMessage(), failure);
    }

    private static long seedOf(AssertionError failure) {
        String message = String.valueOf(failure.getMessage());
        return Long.parseLong(message.substring(5, message.indexOf(':')));
    }

    private static void run(long seed, Test test) {
        try {
            test.run(seed, new SeededRandom(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
