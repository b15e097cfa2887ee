package org.schiltron.scenario;

import java.util.Arrays;

/** What clients asked and got, by the second of virtual time. */
final class Tally {
    private final long durationNs;
    private final long[] asked;
    private final long[] answered;
    private final long[] failed;
    private final long[] bytes;

    Tally(long durationNs) {
        this.durationNs = durationNs;
        int seconds = Math.toIntExact(durationNs / 1_000_000_000 + 1);
        asked = new long[seconds];
        answered = new long[seconds];
        failed = new long[seconds];
        bytes = new long[seconds];
    }

    private static int second(long ns) {
        return (int) (ns / 1_000_000_000);
    }

    /** Whether what is asked now belongs to the run no more. */
    boolean isOver(long nowNs) {
        return nowNs > durationNs;
    }

    void asked(long askedNs) {
        asked[second(askedNs)]++;
    }

    /** Counted where it was asked. */
    void answered(long askedNs) {
        answered[second(askedNs)]++;
    }

    /** Counted where it was asked. */
    void failed(long askedNs) {
        failed[second(askedNs)]++;
    }

    void received(long nowNs, long count) {
        if (!isOver(nowNs))
            bytes[second(nowNs)] += count;
    }

    /** Those in which something happened, and all before. */
    Result.Second[] seconds() {
        int last = 0;
        for (int i = 0; i < asked.length; i++)
            last = asked[i] + bytes[i] > 0 ? i + 1 : last;
        Result.Second[] all = new Result.Second[last];
        Arrays.setAll(all, i -> new Result.Second(i, asked[i], answered[i], failed[i], bytes[i]));
        return all;
    }
}
