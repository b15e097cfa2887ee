package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.Drop;

/** One rule set in the kernel: its maps, and the programs for both sides, on no interface yet. */
final class XdpProgram implements AutoCloseable {
    /** Maps that outlive a rule set: what was asked for and of whom, and by what secret; what other borders are to be told; counters and limits. */
    static final Set<String> LASTING = new TreeSet<>(List.of("lines", "mailboxes", "nonce_states", "seen", "unshared",
            "verdicts", "matches", "arrivals", "source_arrivals"));
    private static final int VERDICTS = 64;

    final RuleSet rules;
    final RuleStates states;
    final int outside;
    final int inside;
    /** What is run on requests that other borders have seen; -1 if none tells of any. */
    final int told;
    private final Map<String, BpfMap> own = new LinkedHashMap<>();
    private final Map<String, BpfMap> lasting;

    /**
     * @param before    of the rules in whose place these come
     * @param lasting   the maps of {@link #LASTING}
     * @param startedNs when they were made
     * @throws IOException if the kernel refuses something; nothing is left behind then
     */
    XdpProgram(Bpf bpf, BpfObject object, RuleSet rules, RuleStates before, Borders borders,
            Map<String, BpfMap> lasting, long startedNs, int linesPerRule) throws IOException {
        this.rules = rules;
        this.lasting = lasting;
        states = before.next(rules.rules());
        XdpRules content = new XdpRules(rules, states);
        List<Integer> loaded = new ArrayList<>();
        try {
            Map<String, BpfMap> all = new LinkedHashMap<>(lasting);
            for (BpfObject.MapDefinition definition : object.maps()) {
                if (LASTING.contains(definition.name()))
                    continue;
                int entries = definition.entries() == 0 ? content.entries(definition.name()) : definition.entries();
                own.put(definition.name(), new BpfMap(bpf, definition, entries));
            }
            all.putAll(own);
            for (int counter : states.newCounters(before))
                map("matches").clearCounter(counter);
            for (int limit : states.newLimits(before))
                map("arrivals").put(limit,
                        now -> now.set(JAVA_LONG, 0, System.nanoTime() - startedNs << XdpRules.UNITS));
            content.write(all, startedNs, linesPerRule);
            XdpRules.writeReaddresses(all, borders.readdresses());
            Map<String, Integer> descriptors = new LinkedHashMap<>();
            all.forEach((name, map) -> descriptors.put(name, map.fd()));
            String license = object.license();
            outside = load(bpf, object, borders.outside(), descriptors, license);
            loaded.add(outside);
            inside = load(bpf, object, borders.inside(), descriptors, license);
            loaded.add(inside);
            told = borders.listens() ? load(bpf, object, "told", descriptors, license) : -1;
        } catch (IOException | RuntimeException e) {
            loaded.forEach(Bpf::close);
            own.values().forEach(BpfMap::close);
            throw e;
        }
    }

    static int load(Bpf bpf, BpfObject object, String name, Map<String, Integer> descriptors, String license)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] code = object.program("xdp/" + name, descriptors);
            MemorySegment instructions = arena.allocate(code.length, 8);
            MemorySegment.copy(code, 0, instructions, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, code.length);
            return bpf.loadProgram("ring_" + name, instructions, license);
        }
    }

    /** Packets by the label of why they were dropped, {@code passed} among them; those that came up. */
    Map<String, Long> verdicts() throws IOException {
        long[] sums = map("verdicts").sums(IntStream.range(0, VERDICTS).toArray());
        Map<String, Long> byLabel = new TreeMap<>();
        if (sums[0] > 0)
            byLabel.put("passed", sums[0]);
        for (Drop reason : Drop.values()) {
            if (sums[reason.code()] > 0)
                byLabel.put(reason.label(), sums[reason.code()]);
        }
        return byLabel;
    }

    /** Packets that have met each rule's conditions. */
    List<Long> matches() throws IOException {
        List<Long> matches = new ArrayList<>();
        for (long sum : map("matches").sums(rules.rules().stream().mapToInt(states::counter).toArray()))
            matches.add(sum);
        return matches;
    }

    private BpfMap map(String name) {
        BpfMap map = lasting.get(name);
        if (map == null)
            throw new IllegalStateException("no map " + name);
        return map;
    }

    @Override
    public void close() {
        Bpf.close(outside);
        Bpf.close(inside);
        if (told >= 0)
            Bpf.close(told);
        own.values().forEach(BpfMap::close);
    }
}
