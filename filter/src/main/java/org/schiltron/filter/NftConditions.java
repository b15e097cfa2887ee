package org.schiltron.filter;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A rule's conditions, in lines of which at most one holds for any packet: one for each family of addresses, if the rule has some, and one for each combination of what its lists name.
 *
 * <p><b>Sets or lines.</b> A list is either a set or a line for each that it names. A set is looked up faster, and nicer to read; but the kernel
 * (nft_set_lookup_global) searches a table's sets one after another when it loads rules, and takes a minute for ten thousand of them. So a table with many
 * lists has lines where a list is short, and one set for rules that have the same protocols or ports.
 */
final class NftConditions {
    /** Lists in a rule set, from which on lines stand for short ones. */
    static final int MANY_LISTS = 512;
    private static final int MOST_LINES = 16;
    /** Rules with the same list, from which on it is a set of its own in a table with many lists. */
    private static final int SHARED = 8;
    private static final int MAX_NAME = 60;

    private static final HexFormat HEX = HexFormat.of();

    private final NftTable table;
    private final boolean manyLists;
    private final Map<String, Integer> uses = new LinkedHashMap<>(); // of lists of protocols and ports, by their sets' names

    /** What a packet must have: one of so many texts, or what lies in the set that holds them all. */
    private record Choice(int count, Supplier<List<String>> texts, Supplier<String> set) {
        Choice(String text) {
            this(1, () -> List.of(text), () -> text);
        }

        static <T> Choice of(List<T> values, Function<T, String> text, Supplier<String> set) {
            return new Choice(values.size(), () -> values.stream().map(text).toList(), set);
        }
    }

    /** An address that rules look at. */
    enum Field {
        FROM("saddr"), TO("daddr");

        private final String word;

        Field(String word) {
            this.word = word;
        }

        List<Prefix> of(Rule rule) {
            return this == FROM ? rule.from() : rule.to();
        }

        Field other() {
            return this == FROM ? TO : FROM;
        }

        /** {@code ip saddr}. */
        String text(boolean ipv4) {
            return (ipv4 ? "ip " : "ip6 ") + word;
        }

        /** {@code from4}. */
        String suffix(boolean ipv4) {
            return name().toLowerCase(java.util.Locale.ROOT) + (ipv4 ? "4" : "6");
        }
    }

    /** @param manyLists whether lines stand for short lists */
    NftConditions(NftTable table, List<Rule> rules, boolean manyLists) {
        this.table = table;
        this.manyLists = manyLists;
        for (Rule rule : manyLists ? rules : List.<Rule>of()) {
            for (Listed<?> list : listed(rule))
                uses.merge(list.setName(), 1, Integer::sum);
        }
    }

    static boolean hasManyLists(List<Rule> rules) {
        int lists = 0;
        for (Rule rule : rules) {
            for (List<?> list : List.of(rule.from(), rule.to(), protocols(rule), rule.sourcePorts(), rule.ports()))
                lists += list.size() > 1 ? 1 : 0;
        }
        return lists > MANY_LISTS;
    }

    /**
     * A line's conditions.
     *
     * @param ipv4 whether it is about IPv4: without conditions of a family, it is about both
     */
    record Line(String text, boolean ipv4) {
    }

    /**
     * @param fields   of those the rule's conditions; others have been looked at before
     * @param families whether there is to be a line for each family in any case
     */
    List<Line> lines(Rule rule, String name, String comment, List<Field> fields, boolean families) {
        List<Field> asked = fields.stream().filter(field -> !field.of(rule).isEmpty()).toList();
        List<Choice> others = others(rule);
        List<Line> lines = new ArrayList<>();
        if (asked.isEmpty() && !families) {
            for (String text : combined(others))
                lines.add(new Line(text, true));
            return lines;
        }
        for (boolean ipv4 : new boolean[]{true, false}) {
            List<Choice> choices = new ArrayList<>();
            if (asked.isEmpty())
                choices.add(new Choice("meta nfproto " + (ipv4 ? "ipv4" : "ipv6")));
            for (Field field : asked)
                choices.add(addresses(field, Span.of(field.of(rule), ipv4), ipv4, name, comment));
            choices.addAll(others);
            for (String text : combined(choices))
                lines.add(new Line(text, ipv4));
        }
        return lines;
    }

    private Choice addresses(Field field, List<Span> spans, boolean ipv4, String name, String comment) {
        String what = field.text(ipv4) + " ";
        return Choice.of(spans, span -> what + span.text(ipv4),
                () -> what + "@" + table.set(name + "_" + field.suffix(ipv4), comment, ipv4, spans));
    }

    /** A list of numbers that a packet must have one of. */
    private record Listed<T>(String what, String type, List<T> values, Function<T, String> text) {
        String setName() {
            String name = values.stream().map(text).collect(Collectors.joining("_"));
            return type.substring(type.indexOf('_') + 1) + "_"
                    + (name.length() > MAX_NAME ? NftNames.hash(name) : name);
        }
    }

    private static List<Listed<?>> listed(Rule rule) {
        List<Listed<?>> lists = new ArrayList<>();
        if (!protocols(rule).isEmpty())
            lists.add(new Listed<>("meta l4proto ", "inet_proto", protocols(rule), NftConditions::protocol));
        if (!rule.sourcePorts().isEmpty())
            lists.add(new Listed<>("th sport ", "inet_service", merged(rule.sourcePorts()), PortRange::text));
        if (!rule.ports().isEmpty())
            lists.add(new Listed<>("th dport ", "inet_service", merged(rule.ports()), PortRange::text));
        return lists;
    }

    private List<Choice> others(Rule rule) {
        List<Choice> choices = new ArrayList<>();
        for (Listed<?> list : listed(rule))
            choices.add(choice(list));
        for (Word word : rule.words())
            choices.add(new Choice(text(word, protocols(rule))));
        return choices;
    }

    private <T> Choice choice(Listed<T> list) {
        List<String> texts = list.values.stream().map(list.text).toList();
        String name = list.setName();
        if (texts.size() > 1 && uses.getOrDefault(name, 0) >= SHARED)
            return new Choice(list.what + "@" + table.shared(name, "type " + list.type + "; flags interval", texts));
        return Choice.of(texts, text -> list.what + text, () -> list.what + "{ " + String.join(", ", texts) + " }");
    }

    /** Ports are those of TCP and UDP; others have bytes in their place. */
    private static List<Integer> protocols(Rule rule) {
        boolean ports = !rule.ports().isEmpty() || !rule.sourcePorts().isEmpty();
        return rule.protocols().isEmpty() && ports ? List.of(Rule.TCP, Rule.UDP) : rule.protocols();
    }

    private static String protocol(int number) {
        return number == Rule.TCP ? "tcp" : number == Rule.UDP ? "udp" : Integer.toString(number);
    }

    /** Behind the options of TCP lies what nftables calls the inner header (kernel 5.16); UDP has none. */
    private static String text(Word word, List<Integer> protocols) {
        boolean tcp = protocols.equals(List.of(Rule.TCP));
        String base = switch (word.base()) {
            case NETWORK -> "@nh,";
            case TRANSPORT -> "@th,";
            case PAYLOAD -> tcp ? "@ih," : "@th,";
        };
        int header = word.base() == Word.Base.PAYLOAD && !tcp ? 8 : 0;
        String place = base + 8 * (header + word.offset()) + ",32 ";
        String mask = word.mask() == -1 ? "" : "& 0x" + HEX.toHexDigits(word.mask()) + " == ";
        return place + mask + "0x" + HEX.toHexDigits(word.value());
    }

    /** In order, none that overlap or touch: a line more would hold for the same packet. */
    static List<PortRange> merged(List<PortRange> ranges) {
        List<PortRange> merged = new ArrayList<>();
        for (PortRange range : ranges.stream().sorted(java.util.Comparator.comparingInt(PortRange::first)).toList()) {
            PortRange last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range.first() <= last.last() + 1)
                merged.set(merged.size() - 1, new PortRange(last.first(), Math.max(last.last(), range.last())));
            else
                merged.add(range);
        }
        return merged;
    }

    /** All combinations; from the longest on, choices become sets until there are few enough. */
    private List<String> combined(List<Choice> choices) {
        if (choices.stream().anyMatch(choice -> choice.count == 0))
            return List.of(); // no address of this family
        List<Choice> left = new ArrayList<>(choices);
        while (combinations(left) > (manyLists ? MOST_LINES : 1)) {
            int longest = 0;
            for (int i = 1; i < left.size(); i++)
                longest = left.get(i).count > left.get(longest).count ? i : longest;
            left.set(longest, new Choice(left.get(longest).set.get()));
        }
        List<String> lines = List.of("");
        for (Choice choice : left) {
            List<String> longer = new ArrayList<>();
            for (String line : lines) {
                for (String text : choice.texts.get())
                    longer.add(line.isEmpty() ? text : line + " " + text);
            }
            lines = longer;
        }
        return lines;
    }

    private static long combinations(List<Choice> choices) {
        long all = 1;
        for (Choice choice : choices)
            all = Math.min(all * choice.count, Integer.MAX_VALUE);
        return all;
    }
}
