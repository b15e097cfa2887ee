package org.schiltron.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.schiltron.filter.Hiding;
import org.schiltron.filter.Action;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.SeededRandom;

/**
 * What a decision of the ring costs in XDP beside a program that parses and drops, and beside the least that a filter of nonces does, in the same run: the median of rounds by turns.
 * Every packet has a nonce of its own.
 *
 * <p>Arguments: the object compiled from {@code cost.bpf.c}, nonces that are asked for (10,000,000), rounds (9).
 */
final class XdpCost {
    private static final int BATCH = 100_000;

    private final Bpf bpf = new Bpf();
    private final Map<String, BpfMap> maps = new LinkedHashMap<>();
    private final Map<String, Integer> programs = new LinkedHashMap<>();
    private final MemorySegment frame = Frames.of("udp 203.0.113.1:4500 > 192.0.2.80:4000 answer=1");
    /** From where nobody asked for anything. */
    private final MemorySegment strange = Frames.of("udp 203.0.113.2:4500 > 192.0.2.80:4000 answer=1");

    private XdpCost(BpfObject object, RuleSet rules, int lines) throws Exception {
        XdpRules content = new XdpRules(rules, RuleStates.NONE.next(rules.rules()));
        Map<String, Integer> descriptors = new LinkedHashMap<>();
        for (BpfObject.MapDefinition definition : object.maps()) {
            maps.put(definition.name(), definition.name().equals("lines")
                    ? NonceLines.create(bpf, definition, lines)
                    : new BpfMap(bpf, definition, definition.entries() != 0
                            ? definition.entries()
                            : content.entries(definition.name())));
            descriptors.put(definition.name(), map(definition.name()).fd());
        }
        content.write(maps, System.nanoTime(), lines);
        SeededRandom random = new SeededRandom(1);
        int shift = NonceLines.shift(bpf, object, map("lines"));
        map("nonce_states").put(0, value -> {
            for (int i = 0; i < 6; i++)
                value.set(ValueLayout.JAVA_LONG, 8L * i, random.nextLong() | 1);
            value.set(ValueLayout.JAVA_INT, 48, 1);
            value.set(ValueLayout.JAVA_INT, 52, shift);
        });
        for (String name : List.of("bare", "bare_numbered", "line", "image_line", "numbered", "fill")) {
            byte[] code = object.program("xdp/" + name, descriptors);
            MemorySegment instructions = Arena.ofAuto().allocate(code.length, 8);
            MemorySegment.copy(code, 0, instructions, ValueLayout.JAVA_BYTE, 0, code.length);
            programs.put(name, bpf.loadProgram(name, instructions, object.license()));
        }
    }

    private BpfMap map(String name) {
        return Objects.requireNonNull(maps.get(name), name);
    }

    private int program(String name) {
        return Objects.requireNonNull(programs.get(name), name);
    }

    private int run(String program, int times) throws Exception {
        return run(program, frame, times);
    }

    private int run(String program, MemorySegment frame, int times) throws Exception {
        return bpf.testRun(program(program), frame, times).durationNs();
    }

    private void from(long number) throws Exception {
        map("numbers").put(0, value -> value.set(ValueLayout.JAVA_LONG, 0, number));
    }

    public static void main(String[] args) throws Exception {
        int live = args.length > 1 ? Integer.parseInt(args[1]) : 10_000_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 9;
        Rule asked = new Rule("asked", 1, new Action.Requested(), List.of(), List.of(Prefix.parse("192.0.2.80")),
                List.of(), List.of(), List.of(),
                List.of());
        RuleSet rules = new RuleSet("bench", "bench", List.of(Prefix.parse("192.0.2.0/24")), false, false,
                Hiding.NOTHING, List.of(asked));
        int lines = live / 6;
        XdpCost cost = new XdpCost(new BpfObject(Files.readAllBytes(Path.of(args[0]))), rules, lines);
        cost.from(0);
        for (int done = 0; done < live; done += BATCH)
            cost.run("fill", BATCH);
        int[] bare = new int[rounds];
        int[] numbered = new int[rounds];
        int[] line = new int[rounds];
        int[] imageLine = new int[rounds];
        int[] passing = new int[rounds];
        int[] refused = new int[rounds];
        int[] strange = new int[rounds];
        long[] before = cost.map("verdicts").sums(IntStream.range(0, 64).toArray());
        for (int round = 0; round < rounds; round++) {
            bare[round] = cost.run("bare", BATCH);
            numbered[round] = cost.run("bare_numbered", BATCH);
            cost.from(2L << 40 | (long) round * BATCH);
            line[round] = cost.run("line", BATCH);
            imageLine[round] = cost.run("image_line", BATCH);
            cost.from((long) round * BATCH); // asked for, each once
            passing[round] = cost.run("numbered", BATCH);
            cost.from(1L << 40 | (long) round * BATCH); // never asked for
            refused[round] = cost.run("numbered", BATCH);
            strange[round] = cost.run("numbered", cost.strange, BATCH);
        }
        long[] after = cost.map("verdicts").sums(IntStream.range(0, 64).toArray());
        System.out.printf(Locale.ROOT, "%d requests live in %.0f MB, %d rounds of %d packets%n", live, lines * 64 / 1e6,
                rounds, BATCH);
        print("parse, count, drop", bare, median(bare));
        print("the same, each with a nonce written into it", numbered, median(bare));
        print("the same, and one line read", line, median(bare));
        print("the same, and the nonce's image made", imageLine, median(bare));
        print("ring, asked for: passes", passing, median(bare));
        print("ring, not asked for: dropped", refused, median(bare));
        print("ring, from where nobody asked: dropped", strange, median(bare));
        long sent = (long) rounds * BATCH;
        System.out.printf(Locale.ROOT, "passed %d, of which asked for %d; dropped %d%n", after[0] - before[0], sent,
                after[30] - before[30]);
    }

    private static int median(int[] values) {
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String what, int[] values, int bare) {
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        System.out.printf(Locale.ROOT, "%-46s %4d ns (%d to %d)  %.2f of parse, count, drop%n", what, median(values),
                sorted[0],
                sorted[sorted.length - 1], median(values) / (double) bare);
    }
}
