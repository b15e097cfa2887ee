package org.schiltron.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.schiltron.host.HugePages;
import org.schiltron.ring.BlockedBloomNonceFilter;
import org.schiltron.ring.BloomNonceFilter;
import org.schiltron.ring.LineNonceFilter;

/**
 * {@code bench/run ring-filter [--json]}: the nonce filters at equal memory and equal load, one core, in one run. Medians
 * of {@value #ROUNDS} rounds, in each of which every filter takes its turn.
 */
public final class RingFilterTable {
    private static final long BYTES = 50_000_000;
    private static final int ROUNDS = 7;
    private static final long BUDGET_NS = 150_000_000;

    private RingFilterTable() {
    }

    /** A contender's rates, a value per round. */
    private static final class Rates {
        final double[] pairs = new double[ROUNDS];
        final double[] rejections = new double[ROUNDS];
    }

    public static void main(String[] arguments) {
        boolean json = List.of(arguments).contains("--json");
        Arena arena = Arena.global();
        HugePages huge = new HugePages(arena);
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        List<FilterLoad> loads = new ArrayList<>();
        if (vectors) {
            loads.add(new FilterLoad("line, Vector API", LineNonceFilter.create(BYTES, huge)));
            loads.add(new FilterLoad("line, Vector API, 4 KiB pages", LineNonceFilter.create(BYTES, arena)));
        }
        loads.add(new FilterLoad("line, plain Java", LineNonceFilter.createPlain(BYTES, huge)));
        loads.add(new FilterLoad("line, plain Java, 4 KiB pages", LineNonceFilter.createPlain(BYTES, arena)));
        loads.add(new FilterLoad("four Bloom filters (paper)",
                new BloomNonceFilter(BYTES, FilterLoad.PER_SECOND, FilterLoad.SECOND_NS, huge)));
        loads.add(new FilterLoad("four blocked Bloom filters",
                new BlockedBloomNonceFilter(BYTES, FilterLoad.PER_SECOND, FilterLoad.SECOND_NS, huge)));
        FilterLoad firstLine = loads.getFirst();
        for (FilterLoad load : loads) {
            if (load == firstLine || !load.name.startsWith("line"))
                load.measureErrors();
            else
                load.takeErrorsFrom(firstLine);
        }
        loads.add(guava());
        MemoryHorizon horizon = new MemoryHorizon(BYTES, huge);
        WholeDecision whole = new WholeDecision(LineNonceFilter.create(BYTES, huge));

        List<Rates> rates = new ArrayList<>();
        for (int i = 0; i < loads.size(); i++)
            rates.add(new Rates());
        Rates wholeRates = new Rates();
        Rates horizonRates = new Rates();
        double[] latencies = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) { // one to warm up
            int at = Math.max(0, round);
            for (int i = 0; i < loads.size(); i++) {
                rates.get(i).pairs[at] = loads.get(i).pairsPerSecond(BUDGET_NS);
                rates.get(i).rejections[at] = loads.get(i).rejectionsPerSecond(BUDGET_NS);
            }
            wholeRates.pairs[at] = whole.pairsPerSecond(BUDGET_NS);
            wholeRates.rejections[at] = whole.rejectionsPerSecond(BUDGET_NS);
            horizonRates.pairs[at] = horizon.updatesPerSecond(BUDGET_NS / 2);
            horizonRates.rejections[at] = horizon.readsPerSecond(BUDGET_NS / 2);
            latencies[at] = horizon.latencyNs(500_000);
        }
        if (json)
            printJson(loads, rates, wholeRates, horizonRates, median(latencies));
        else
            printTable(loads, rates, wholeRates, horizonRates, median(latencies));
    }

    /** Its errors at an eighth of memory and load, where they are the same: at full size it would take a minute alone. */
    private static FilterLoad guava() {
        int perSecond = FilterLoad.PER_SECOND / 8;
        FilterLoad eighth = new FilterLoad("", new GuavaNonceFilter(BYTES / 8, perSecond, FilterLoad.SECOND_NS),
                perSecond).measureErrors();
        FilterLoad full = new FilterLoad("four of Guava's BloomFilter",
                new GuavaNonceFilter(BYTES, FilterLoad.PER_SECOND, FilterLoad.SECOND_NS));
        full.takeErrorsFrom(eighth);
        return full;
    }

    private static void printTable(List<FilterLoad> loads, List<Rates> rates, Rates whole, Rates horizon,
            double latencyNs) {
        System.out.printf(Locale.ROOT,
                "One core, %,d bytes each, %,d requests outstanding, packets in batches of 64;%nper second of processor time, medians of %d rounds%n%n",
                BYTES, FilterLoad.PER_SECOND, ROUNDS);
        System.out.print("""
                                                  pairs rejections        false      lost at      lost at  allocated
                filter                              M/s        M/s       passes          1 s        0.5 s   B/packet
                """);
        for (int i = 0; i < loads.size(); i++) {
            FilterLoad load = loads.get(i);
            System.out.printf(Locale.ROOT, "%-34s %10.1f %10.1f %12.2e %12.2e %12.2e %10.3f%n", load.name,
                    million(rates.get(i).pairs),
                    million(rates.get(i).rejections), load.falsePasses, load.lostAtOneSecond, load.lostAtHalfASecond,
                    load.allocatedBytesPerPacket());
        }
        System.out.printf(Locale.ROOT, "%-34s %10.1f %10.1f%n", "whole decision (image, key, line)",
                million(whole.pairs), million(whole.rejections));
        System.out.printf(Locale.ROOT, """

                Horizon: 148.8 M/s minimum packets of a 100 Gbit/s link, 12.5 M/s of 1,000 bytes.
                Memory of the same size: %.1f M/s random lines read, %.1f M/s updated, %.1f ns for one after another;
                a rejection reads a line, a pair updates two.
                """, million(horizon.rejections), million(horizon.pairs), latencyNs);
    }

    private static void printJson(List<FilterLoad> loads, List<Rates> rates, Rates whole, Rates horizon,
            double latencyNs) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < loads.size(); i++) {
            FilterLoad load = loads.get(i);
            rows.append(String.format(Locale.ROOT, "%s{\"filter\":\"%s\",\"pairsPerSecond\":%.0f,"
                    + "\"rejectionsPerSecond\":%.0f,\"falsePassRate\":%.3e,\"lostAt1s\":%.3e,\"lostAt500ms\":%.3e,"
                    + "\"allocatedBytesPerPacket\":%.3f}", i == 0 ? "" : ",", load.name, median(rates.get(i).pairs),
                    median(rates.get(i).rejections), load.falsePasses, load.lostAtOneSecond, load.lostAtHalfASecond,
                    load.allocatedBytesPerPacket()));
        }
        System.out.printf(Locale.ROOT, "{\"bytes\":%d,\"outstanding\":%d,\"rounds\":%d,\"filters\":[%s],"
                + "\"wholeDecision\":{\"pairsPerSecond\":%.0f,\"rejectionsPerSecond\":%.0f},"
                + "\"horizon\":{\"minimumPacketsPerSecond\":148800000,\"linesReadPerSecond\":%.0f,"
                + "\"linesUpdatedPerSecond\":%.0f,\"lineLatencyNs\":%.1f}}%n", BYTES, FilterLoad.PER_SECOND, ROUNDS,
                rows, median(whole.pairs), median(whole.rejections), median(horizon.rejections),
                median(horizon.pairs), latencyNs);
    }

    private static double million(double[] perSecond) {
        return median(perSecond) / 1e6;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
