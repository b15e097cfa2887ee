package org.schiltron.filter;

import java.util.List;
import java.util.function.Function;

/**
 * Finds the rules whose conditions a packet meets (Lakshman and Stiliadis, "High-speed policy-based packet forwarding using efficient multi-dimensional range matching", SIGCOMM 1998).
 *
 * <p><b>Idea.</b> Each field alone is looked up once, and gives a bitmap of the rules whose condition on that field holds; a packet meets the rules that are in all of them. The lowest bit is
 * the first rule of the file.
 *
 * <p><b>Cost.</b> One look-up a field, and for the bitmaps one word of each per 64 rules: lists within a rule cost only the depth of a search. An attacker chooses packets, not rules, and no packet
 * costs more than that.
 */
final class Classifier {
    private static final int PORTS = 65_536;

    private final long[][] sets;
    private final int words;
    private final AddressTable sources;
    private final AddressTable destinations;
    private final int[] protocols = new int[256];
    private final PortTable sourcePorts;
    private final PortTable ports;
    private final WordTable[] wordTables;
    private final int[] found;

    Classifier(List<Rule> rules) {
        Bits bits = new Bits(rules.size());
        words = bits.words;
        sources = new AddressTable(rules, Rule::from, bits);
        destinations = new AddressTable(rules, Rule::to, bits);
        for (int protocol = 0; protocol < protocols.length; protocol++) {
            long[] set = bits.empty();
            for (int rule = 0; rule < rules.size(); rule++) {
                if (rules.get(rule).protocols().isEmpty() || rules.get(rule).protocols().contains(protocol))
                    Bits.add(set, rule);
            }
            protocols[protocol] = bits.number(set);
        }
        sourcePorts = new PortTable(rules, Rule::sourcePorts, bits);
        ports = new PortTable(rules, Rule::ports, bits);
        wordTables = places(rules).stream().map(place -> new WordTable(place, rules, bits)).toArray(WordTable[]::new);
        found = new int[5 + wordTables.length];
        sets = bits.all();
    }

    /** The distinct places that rules look at. */
    static List<Word> places(List<Rule> rules) {
        return rules.stream().flatMap(rule -> rule.words().stream()).map(Word::place).distinct().toList();
    }

    /** Looks every field up. */
    void look(IpHeaders packet) {
        found[0] = sources.lookUp(packet.source);
        found[1] = destinations.lookUp(packet.destination);
        found[2] = protocols[packet.protocol];
        found[3] = sourcePorts.lookUp(packet.sourcePort);
        found[4] = ports.lookUp(packet.port);
        for (int i = 0; i < wordTables.length; i++)
            found[5 + i] = wordTables[i].lookUp(packet);
    }

    /** The first rule from {@code rule} on that the packet of the last {@link #look} meets, or -1. */
    int next(int rule) {
        for (int word = rule >>> 6; word < words; word++) {
            long met = word == rule >>> 6 ? -1L << rule : -1L;
            for (int set : found)
                met &= sets[set][word];
            if (met != 0)
                return (word << 6) + Long.numberOfTrailingZeros(met);
        }
        return -1;
    }

    /** Which rules' condition on a port holds for which port; ports of packets without any meet only rules without that condition. */
    private static final class PortTable {
        private final int[] sets = new int[PORTS];
        private final int none;

        PortTable(List<Rule> rules, Function<Rule, List<PortRange>> ranges, Bits bits) {
            long[] now = bits.empty();
            int[] depth = new int[rules.size()];
            int[][] steps = new int[PORTS + 1][];
            for (int rule = 0; rule < rules.size(); rule++) {
                if (ranges.apply(rules.get(rule)).isEmpty())
                    Bits.add(now, rule);
                for (PortRange range : ranges.apply(rules.get(rule))) {
                    steps[range.first()] = with(steps[range.first()], rule);
                    steps[range.last() + 1] = with(steps[range.last() + 1], ~rule);
                }
            }
            none = bits.number(now);
            int number = none;
            for (int port = 0; port < PORTS; port++) {
                int[] here = steps[port];
                if (here != null) {
                    for (int step : here) {
                        int rule = step < 0 ? ~step : step;
                        depth[rule] += step < 0 ? -1 : 1;
                        if (depth[rule] > 0)
                            Bits.add(now, rule);
                        else
                            Bits.remove(now, rule);
                    }
                    number = bits.number(now);
                }
                sets[port] = number;
            }
        }

        private static int[] with(int @org.jspecify.annotations.Nullable [] steps, int step) {
            int[] longer = steps == null ? new int[1] : java.util.Arrays.copyOf(steps, steps.length + 1);
            longer[longer.length - 1] = step;
            return longer;
        }

        int lookUp(int port) {
            return port == IpHeaders.NO_PORT ? none : sets[port];
        }
    }
}
