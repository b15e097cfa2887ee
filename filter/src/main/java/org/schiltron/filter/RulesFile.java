package org.schiltron.filter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.TomlFile;

/** Reads a file of rules (docs/RULES.md). Everything that can be wrong is found here, with its line. */
public final class RulesFile {
    private static final int MAX_BYTES = 16 << 20;
    private static final List<String> HIDDEN = List.of("hops", "ids");
    private static final List<String> ACTIONS = List.of("allow", "drop", "limit", "requested");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0," + (RuleSet.MAX_NAME - 1) + "}");
    private static final Map<String, Integer> PROTOCOLS = protocols();

    private final Path path;
    private final List<Prefix> protects = new ArrayList<>();
    private final Map<String, Integer> names = new LinkedHashMap<>();

    private RulesFile(Path path) {
        this.path = path;
    }

    /** @throws IOException if it cannot be read; {@link BadFileException} if something in it is wrong */
    public static RuleSet read(Path path) throws IOException {
        return new RulesFile(path).rules(TomlFile.read(path, MAX_BYTES, "a file of rules"));
    }

    /**
     * Rules that stand in no file.
     *
     * @param path  what errors name, and beside which files of prefixes are looked for
     * @throws IOException as {@link #read}
     */
    public static RuleSet of(Path path, String text) throws IOException {
        return new RulesFile(path).rules(TomlFile.of(path.toString(), text));
    }

    private RuleSet rules(Fields top) throws IOException {
        String name = top.text("name", "ring");
        if (!NAME.matcher(name).matches())
            throw top.wrong("name",
                    "\"" + name + "\" is not a name: lower case letters, digits and underscores, at most "
                            + RuleSet.MAX_NAME + ", a letter first");
        top.need("protects", "[\"192.0.2.0/24\"]");
        protects.addAll(prefixes(top, "protects"));
        boolean allowsRest = top.word("otherwise", List.of("drop", "allow"), "drop").equals("allow");
        boolean judge = top.word("fragments", List.of("drop", "judge"), "drop").equals("judge");
        Hiding hides = hides(top);
        List<Rule> rules = new ArrayList<>();
        for (Fields fields : top.tables("rule")) {
            if (rules.size() == RuleSet.MAX_RULES)
                throw fields
                        .wrong("more than " + RuleSet.MAX_RULES + " rules: put prefixes with the same fate into one");
            rules.add(rule(fields, rules.size() + 1));
            fields.end();
        }
        top.end();
        return new RuleSet(path.toString(), name, List.copyOf(protects), allowsRest, judge, hides,
                List.copyOf(rules));
    }

    private static Hiding hides(Fields top) throws BadFileException {
        List<String> words = top.names("hides");
        for (String word : words == null ? List.<String>of() : words) {
            if (!HIDDEN.contains(word))
                throw top.wrong("hides", "\"" + word + "\" cannot be hidden: one of " + String.join(", ", HIDDEN));
        }
        boolean ids = words != null && words.contains("ids");
        if (top.has("interior") && !ids)
            throw top.wrong("interior", "only hides = [\"ids\"] asks what else is behind the ring");
        return new Hiding(words != null && words.contains("hops"), ids, prefixes(top, "interior"));
    }

    private Rule rule(Fields fields, int number) throws IOException {
        String name = fields.text("name", "rule " + number);
        if (name.isEmpty() || name.length() > 64
                || name.chars().anyMatch(c -> c < ' ' || c > '~' || c == '"' || c == '\\'))
            throw fields.wrong("name", "1 to 64 printable characters of ASCII, no \" and no \\");
        if (name.startsWith(Rule.AUTHENTICATOR) || name.equals(Rule.CLOSED) || name.equals(Rule.SPARED))
            throw fields.wrong("name", "\"" + name + "\" is what the ring calls rules of its own");
        Integer other = names.putIfAbsent(name, fields.line());
        if (other != null)
            throw fields.wrong("name", "the rule in line " + other + " is called \"" + name + "\" too");
        fields.need("do", "\"allow\"");
        String word = fields.word("do", ACTIONS, "");
        Action action = switch (word) {
            case "allow" -> new Action.Allow();
            case "drop" -> new Action.Drop();
            case "limit" -> limit(fields);
            default -> new Action.Requested();
        };
        List<Prefix> to = addresses(fields, "to");
        for (Prefix prefix : to) {
            if (protects.stream().noneMatch(all -> all.contains(prefix)))
                throw fields.wrong("to", prefix.text() + " is not within what this file protects");
        }
        List<Integer> protocols = protocols(fields);
        List<PortRange> sourcePorts = ports(fields, "source-port", protocols);
        List<PortRange> ports = ports(fields, "port", protocols);
        Rule rule = new Rule(name, fields.line(), action, addresses(fields, "from"), to, protocols, sourcePorts, ports,
                WordFields.words(fields, protocols));
        if (action instanceof Action.Requested && !protocols.isEmpty() && !protocols.equals(List.of(Rule.UDP)))
            throw fields.wrong("protocol", "mailboxes answer over UDP alone: leave it out, and the rest is dropped");
        return rule;
    }

    private static Action limit(Fields fields) throws BadFileException {
        boolean packets = fields.has("packets");
        if (packets == fields.has("rate"))
            throw fields.wrong(
                    "needs a key rate, such as rate = \"10Mbit\", or a key packets, such as packets = 1000 (a second)");
        boolean each = fields.word("per", List.of("source", "rule"), "rule").equals("source");
        if (packets) {
            long rate = fields.whole("packets", 0, 1, 1_000_000_000);
            return new Action.Limit(rate, fields.whole("burst", Math.max(5, rate / 10), 1, 1L << 31), true, each);
        }
        long rate = fields.quantity("rate", Quantity.RATE, 0, 8_000, 1_000_000_000_000L) / 8;
        return new Action.Limit(rate, fields.quantity("burst", Quantity.SIZE, Math.max(3_000, rate / 10), 68, 1L << 31),
                false, each);
    }

    /** Those of the key, and of the file that the key with {@code -file} behind it names. */
    private List<Prefix> addresses(Fields fields, String key) throws IOException {
        List<Prefix> all = new ArrayList<>(prefixes(fields, key));
        String file = fields.text(key + "-file", "");
        if (fields.has(key + "-file"))
            all.addAll(PrefixFile.read(path.resolveSibling(file), fields, key + "-file"));
        return List.copyOf(all);
    }

    private static List<Prefix> prefixes(Fields fields, String key) throws BadFileException {
        List<String> texts = fields.names(key);
        if (texts == null)
            return List.of();
        if (texts.isEmpty())
            throw fields.wrong(key, "an empty list: leave the key out for all addresses");
        if (texts.size() > RuleSet.MAX_PREFIXES)
            throw fields.wrong(key, texts.size() + " prefixes, at most " + RuleSet.MAX_PREFIXES + " are allowed");
        List<Prefix> prefixes = new ArrayList<>(texts.size());
        for (String text : texts) {
            try {
                prefixes.add(Prefix.parse(text));
            } catch (IllegalArgumentException e) {
                throw fields.wrong(key, String.valueOf(e.getMessage()));
            }
        }
        return prefixes;
    }

    private static List<Integer> protocols(Fields fields) throws BadFileException {
        List<String> texts = fields.texts("protocol");
        List<Integer> numbers = new ArrayList<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            Integer number = PROTOCOLS.get(text);
            if (number == null && text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 255)
                number = Integer.parseInt(text);
            if (number == null)
                throw fields.wrong("protocol", "\"" + text + "\" is not a protocol: a number (0 to 255) or one of "
                        + String.join(", ", PROTOCOLS.keySet()));
            if (!numbers.contains(number))
                numbers.add(number);
        }
        return List.copyOf(numbers);
    }

    private static List<PortRange> ports(Fields fields, String key, List<Integer> protocols) throws BadFileException {
        List<String> texts = fields.texts(key);
        if (texts == null)
            return List.of();
        if (texts.isEmpty())
            throw fields.wrong(key, "an empty list: leave the key out for all ports");
        if (!protocols.isEmpty()
                && protocols.stream().anyMatch(protocol -> protocol != Rule.TCP && protocol != Rule.UDP))
            throw fields.wrong(key, "only tcp and udp have ports: give protocol = \"tcp\", \"udp\" or both");
        List<PortRange> ranges = new ArrayList<>();
        for (String text : texts) {
            try {
                ranges.add(PortRange.parse(text));
            } catch (IllegalArgumentException e) {
                throw fields.wrong(key, String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(ranges);
    }

    private static Map<String, Integer> protocols() {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put("tcp", Rule.TCP);
        numbers.put("udp", Rule.UDP);
        numbers.put("icmp", 1);
        numbers.put("icmpv6", 58);
        numbers.put("gre", 47);
        numbers.put("esp", 50);
        numbers.put("ah", 51);
        numbers.put("sctp", 132);
        return numbers;
    }
}
