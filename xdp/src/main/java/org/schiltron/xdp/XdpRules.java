package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.schiltron.xdp.Layouts.offset;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.schiltron.filter.Action;
import org.schiltron.filter.PortRange;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.Word;

/** Writes a rule set into the maps of one program, as {@code rules.h} reads them. */
final class XdpRules {
    private static final ValueLayout.OfInt INT_BE = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int PORTS = 65_536;
    private static final int PROTOCOLS = 256;
    /** Limits reckon in units of 1/1024 ns: so many bits. */
    static final int UNITS = 10;
    private static final double UNITS_PER_SECOND = 1e9 * (1 << UNITS);

    private final RuleSet set;
    private final RuleStates states;
    private final List<Rule> rules;
    private final List<Word> places;
    private final Map<String, List<PrefixCells.Cell>> cells = new TreeMap<>();
    private final List<WordCell> wordCells = new ArrayList<>();

    /** What a cell says; many prefixes share one. */
    private record Content(long[] rules, boolean isProtected, boolean isBehind) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Content content && isProtected == content.isProtected
                    && isBehind == content.isBehind
                    && Arrays.equals(rules, content.rules);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(rules) + (isProtected ? 1 : 0) + (isBehind ? 2 : 0);
        }
    }

    private final Map<Content, Integer> numbers = new LinkedHashMap<>();

    private record WordCell(int place, int value, long[] rules) {
    }

    /**
     * @param set    what {@link XdpCheck} finds nothing against
     * @param states of its rules
     */
    XdpRules(RuleSet set, RuleStates states) {
        this.set = set;
        this.states = states;
        rules = set.rules();
        places = rules.stream().flatMap(rule -> rule.words().stream()).map(Word::place).distinct().toList();
        cells.put("sources4", PrefixCells.of(rules, Rule::from, List.of(), List.of(), true));
        cells.put("sources6", PrefixCells.of(rules, Rule::from, List.of(), List.of(), false));
        cells.put("destinations4", PrefixCells.of(rules, Rule::to, set.protects(), set.hides().interior(), true));
        cells.put("destinations6", PrefixCells.of(rules, Rule::to, set.protects(), set.hides().interior(), false));
        cells.values().forEach(list -> list.forEach(this::number));
        for (int place = 0; place < places.size(); place++)
            addWords(place);
    }

    private int number(PrefixCells.Cell cell) {
        return numbers.computeIfAbsent(new Content(cell.rules(), cell.isProtected(), cell.isBehind()),
                content -> numbers.size());
    }

    private void addWords(int place) {
        long[] others = bits(rule -> wordAt(rule, place) == null);
        Map<Integer, long[]> byValue = new TreeMap<>();
        for (int i = 0; i < rules.size(); i++) {
            Word word = wordAt(rules.get(i), place);
            if (word != null)
                byValue.computeIfAbsent(word.value(), value -> others.clone())[i >>> 6] |= 1L << i;
        }
        byValue.forEach((value, bits) -> wordCells.add(new WordCell(place, value, bits)));
    }

    private @org.jspecify.annotations.Nullable Word wordAt(Rule rule, int place) {
        return rule.words().stream().filter(word -> word.place().equals(places.get(place))).findFirst().orElse(null);
    }

    private long[] bits(java.util.function.Predicate<Rule> holds) {
        long[] bits = new long[Layouts.BIT_WORDS];
        for (int i = 0; i < rules.size(); i++) {
            if (holds.test(rules.get(i)))
                bits[i >>> 6] |= 1L << i;
        }
        return bits;
    }

    /** How large a map is to be whose size the object leaves open. */
    int entries(String map) {
        return switch (map) {
            case "sources4", "sources6", "destinations4", "destinations6" -> cells.getOrDefault(map, List.of()).size();
            case "cells" -> numbers.size();
            case "source_ports" -> asks(Rule::sourcePorts) ? PORTS : 1;
            case "ports" -> asks(Rule::ports) ? PORTS : 1;
            case "words" -> Math.max(1, wordCells.size());
            case "askers4" -> Math.max(1, askers(true).size());
            case "askers6" -> Math.max(1, askers(false).size());
            default -> throw new IllegalArgumentException(map);
        };
    }

    private boolean asks(Function<Rule, List<PortRange>> ports) {
        return rules.stream().anyMatch(rule -> !ports.apply(rule).isEmpty());
    }

    /** Addresses with a rule about requests, and the number of that rule. */
    private List<Map.Entry<Prefix, Integer>> askers(boolean ipv4) {
        List<Map.Entry<Prefix, Integer>> askers = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            if (!(rules.get(i).action() instanceof Action.Requested))
                continue;
            for (Prefix prefix : rules.get(i).to().isEmpty() ? set.protects() : rules.get(i).to()) {
                if (prefix.isIpv4() == ipv4)
                    askers.add(Map.entry(prefix, i));
            }
        }
        return askers;
    }

    /**
     * @param startedNs    what limits count from, in the kernel's monotonic time
     * @param linesPerRule of the nonce filter, for each rule about requests
     */
    void write(Map<String, BpfMap> maps, long startedNs, int linesPerRule) throws IOException {
        for (Map.Entry<String, List<PrefixCells.Cell>> entry : cells.entrySet()) {
            List<PrefixCells.Cell> list = entry.getValue();
            map(maps, entry.getKey()).fill(list.size(), (i, key, value) -> {
                putPrefix(key, list.get(i).prefix());
                value.set(JAVA_INT, 0, number(list.get(i)));
            });
        }
        List<Content> contents = List.copyOf(numbers.keySet());
        map(maps, "cells").fill(contents.size(), (i, key, value) -> {
            key.set(JAVA_INT, 0, i);
            putBits(value, 0, contents.get(i).rules);
            value.set(JAVA_INT, offset(Layouts.CELL, "is_protected"), contents.get(i).isProtected ? 1 : 0);
            value.set(JAVA_INT, offset(Layouts.CELL, "is_behind"), contents.get(i).isBehind ? 1 : 0);
        });
        map(maps, "protocols").fill(PROTOCOLS, (protocol, key, value) -> {
            key.set(JAVA_INT, 0, protocol);
            putBits(value, 0, bits(rule -> rule.protocols().isEmpty() || rule.protocols().contains(protocol)));
        });
        writePorts(map(maps, "source_ports"), Rule::sourcePorts);
        writePorts(map(maps, "ports"), Rule::ports);
        map(maps, "words").fill(wordCells.size(), (i, key, value) -> {
            key.set(JAVA_INT, 0, wordCells.get(i).place);
            key.set(INT_BE, 4, wordCells.get(i).value);
            putBits(value, 0, wordCells.get(i).rules);
        });
        map(maps, "rules").fill(rules.size(), (i, key, value) -> {
            key.set(JAVA_INT, 0, i);
            putRule(value, rules.get(i), linesPerRule);
        });
        for (boolean ipv4 : new boolean[]{true, false}) {
            List<Map.Entry<Prefix, Integer>> askers = askers(ipv4);
            map(maps, ipv4 ? "askers4" : "askers6").fill(askers.size(), (i, key, value) -> {
                putPrefix(key, askers.get(i).getKey());
                value.set(JAVA_INT, 0, askers.get(i).getValue());
            });
        }
        map(maps, "configs").put(0, value -> putConfig(value, startedNs));
    }

    private static BpfMap map(Map<String, BpfMap> maps, String name) {
        BpfMap map = maps.get(name);
        if (map == null)
            throw new IllegalStateException("no map " + name);
        return map;
    }

    /** Both ways of each. */
    static void writeReaddresses(Map<String, BpfMap> maps, List<Readdress> readdresses) throws IOException {
        for (boolean ipv4 : new boolean[]{true, false}) {
            List<Readdress> family = readdresses.stream().filter(one -> one.from().isIpv4() == ipv4).toList();
            map(maps, ipv4 ? "leaving4" : "leaving6").fill(family.size(),
                    (i, key, value) -> putReaddress(key, value, family.get(i).from(), family.get(i).as()));
            map(maps, ipv4 ? "returning4" : "returning6").fill(family.size(),
                    (i, key, value) -> putReaddress(key, value, family.get(i).as(), family.get(i).from()));
        }
    }

    private static void putReaddress(MemorySegment key, MemorySegment value, Prefix from, Prefix to) {
        putPrefix(key, from);
        if (to.isIpv4()) { // the mask in the address's place, all of it network order
            value.set(INT_BE, offset(Layouts.READDRESS, "low"), (int) to.low());
            value.set(INT_BE, offset(Layouts.READDRESS, "mask_low"),
                    to.length() == 0 ? 0 : -1 << (32 - to.length()));
        } else {
            value.set(LONG_BE, offset(Layouts.READDRESS, "high"), to.high());
            value.set(LONG_BE, offset(Layouts.READDRESS, "low"), to.low());
            value.set(LONG_BE, offset(Layouts.READDRESS, "mask_high"), mask(to.length()));
            value.set(LONG_BE, offset(Layouts.READDRESS, "mask_low"), mask(to.length() - 64));
        }
    }

    /** That many ones at the upper end. */
    private static long mask(int bits) {
        return bits <= 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    private void writePorts(BpfMap map, Function<Rule, List<PortRange>> ranges) throws IOException {
        if (!asks(ranges))
            return;
        long[] anyPort = bits(rule -> ranges.apply(rule).isEmpty());
        long[][] byPort = new long[PORTS][];
        for (int port = 0; port < PORTS; port++)
            byPort[port] = anyPort.clone();
        for (int i = 0; i < rules.size(); i++) {
            for (PortRange range : ranges.apply(rules.get(i))) {
                for (int port = range.first(); port <= range.last(); port++)
                    byPort[port][i >>> 6] |= 1L << i;
            }
        }
        map.fill(PORTS, (port, key, value) -> {
            key.set(JAVA_INT, 0, port);
            putBits(value, 0, byPort[port]);
        });
    }

    private static int base(Word place) {
        return switch (place.base()) {
            case NETWORK -> Layouts.BASE_NETWORK;
            case TRANSPORT -> Layouts.BASE_TRANSPORT;
            case PAYLOAD -> Layouts.BASE_PAYLOAD;
        };
    }

    private static void putPrefix(MemorySegment key, Prefix prefix) {
        key.set(JAVA_INT, 0, prefix.length());
        if (prefix.isIpv4()) {
            key.set(INT_BE, 4, (int) prefix.low());
        } else {
            key.set(LONG_BE, 4, prefix.high());
            key.set(LONG_BE, 12, prefix.low());
        }
    }

    private static void putBits(MemorySegment value, long at, long[] bits) {
        for (int i = 0; i < bits.length; i++)
            value.set(JAVA_LONG, at + 8L * i, bits[i]);
    }

    private void putRule(MemorySegment value, Rule rule, int lines) {
        value.set(JAVA_INT, offset(Layouts.RULE, "counter"), states.counter(rule));
        switch (rule.action()) {
            case Action.Allow allow -> value.set(JAVA_INT, offset(Layouts.RULE, "action"), Layouts.ALLOW);
            case Action.Drop drop -> value.set(JAVA_INT, offset(Layouts.RULE, "action"), Layouts.DROP);
            case Action.Limit limit -> {
                value.set(JAVA_INT, offset(Layouts.RULE, "action"), Layouts.LIMIT);
                value.set(JAVA_INT, offset(Layouts.RULE, "packets"), limit.packets() ? 1 : 0);
                value.set(JAVA_INT, offset(Layouts.RULE, "each"), limit.each() ? 1 : 0);
                value.set(JAVA_INT, offset(Layouts.RULE, "limit"), states.limit(rule, limit));
                long cost = Math.max(1, Math.round(UNITS_PER_SECOND / limit.rate()));
                value.set(JAVA_LONG, offset(Layouts.RULE, "cost"), cost);
                value.set(JAVA_LONG, offset(Layouts.RULE, "burst"), cost * limit.burst());
            }
            case Action.Requested requested -> {
                value.set(JAVA_INT, offset(Layouts.RULE, "action"), Layouts.REQUESTED);
                value.set(JAVA_INT, offset(Layouts.RULE, "first_line"), states.region(rule) * lines);
                value.set(JAVA_INT, offset(Layouts.RULE, "lines"), lines);
            }
        }
    }

    private void putConfig(MemorySegment value, long startedNs) {
        value.set(JAVA_INT, offset(Layouts.CONFIG, "allow_rest"), set.allowsRest() ? 1 : 0);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "judge_fragments"), set.judgeFragments() ? 1 : 0);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "asks_sources"),
                rules.stream().allMatch(rule -> rule.from().isEmpty()) ? 0 : 1);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "asks_protocols"),
                rules.stream().allMatch(rule -> rule.protocols().isEmpty()) ? 0 : 1);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "asks_source_ports"), asks(Rule::sourcePorts) ? 1 : 0);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "asks_ports"), asks(Rule::ports) ? 1 : 0);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "places"), places.size());
        value.set(JAVA_INT, offset(Layouts.CONFIG, "hides_hops"), set.hides().hops() ? 1 : 0);
        value.set(JAVA_INT, offset(Layouts.CONFIG, "hides_ids"), set.hides().ids() ? 1 : 0);
        value.set(JAVA_LONG, offset(Layouts.CONFIG, "started_ns"), startedNs);
        putBits(value, offset(Layouts.CONFIG, "no_source_port"), bits(rule -> rule.sourcePorts().isEmpty()));
        putBits(value, offset(Layouts.CONFIG, "no_port"), bits(rule -> rule.ports().isEmpty()));
        for (int i = 0; i < places.size(); i++) {
            int place = i;
            long at = offset(Layouts.CONFIG, "place") + i * Layouts.PLACE.byteSize();
            value.set(JAVA_INT, at + offset(Layouts.PLACE, "base"), base(places.get(i)));
            value.set(JAVA_INT, at + offset(Layouts.PLACE, "offset"), places.get(i).offset());
            value.set(INT_BE, at + offset(Layouts.PLACE, "mask"), places.get(i).mask());
            putBits(value, at + offset(Layouts.PLACE, "otherwise"), bits(rule -> wordAt(rule, place) == null));
        }
    }
}
