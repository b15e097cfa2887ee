package org.schiltron.bench;

import java.util.Locale;

/** Files of rules to be measured, and the same as somebody would write them by hand for nft. */
enum RuleTexts {
    /** Each drops what comes from a network of its own, a third of them from two ports alone. */
    SOURCES("%,d rules that drop sources"),
    /** A third drops a source, a third allows one some ports, a third limits one. */
    MIXED("%,d rules that drop, allow and limit sources"),
    /** Nothing that one look-up could find. */
    PORTS("%,d rules about ports, none about addresses"),
    /** One rule. */
    LIST("a list of %,d prefixes");

    private static final String TOP = """
            name = "bench"
            protects = ["192.0.2.0/24"]
            otherwise = "allow"
            fragments = "judge"
            """;

    private final String title;

    RuleTexts(String title) {
        this.title = title;
    }

    String title(int count) {
        return String.format(Locale.ROOT, title, count);
    }

    private static String ipv4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    /** Networks that do not touch each other, from 11.0.0.0 on; the one of the rule that changes moves away. */
    private static String source(int number, int bits, boolean changed) {
        return ipv4(((changed ? 0x60 : 0x0b) << 24) + (number << (33 - bits))) + "/" + bits;
    }

    /**
     * @param changed the rule, from 0, that is another one than in other files; -1 for none
     */
    String toml(int count, int changed) {
        StringBuilder text = new StringBuilder(TOP);
        if (this == LIST)
            text.append("[[rule]]\nname = \"list\"\ndo = \"drop\"\nfrom = [");
        for (int i = 0; i < count; i++) {
            if (this == LIST)
                text.append('"').append(source(i, 28, i == changed)).append("\",\n");
            else
                text.append("[[rule]]\nname = \"r").append(i).append("\"\n").append(rule(i, i == changed));
        }
        return text.append(this == LIST ? "]\n" : "").toString();
    }

    private String rule(int number, boolean changed) {
        String from = "from = \"" + source(number, 24, changed) + "\"\n";
        if (this == PORTS)
            return "do = \"drop\"\nprotocol = \"udp\"\nport = " + (changed ? 65_000 : number + 1) + "\n";
        if (number % 3 == 0)
            return "do = \"drop\"\n" + from
                    + (this == SOURCES ? "protocol = \"udp\"\nport = [" + (number + 1) + ", 30000]\n" : "");
        if (this == SOURCES)
            return "do = \"drop\"\n" + from;
        return number % 3 == 1
                ? "do = \"allow\"\n" + from + "protocol = \"tcp\"\nport = " + (number + 1) + "\n"
                : "do = \"limit\"\n" + from + "packets = 1000\n";
    }

    /** As one rule, or element, after the other. */
    String byHand(int count) {
        StringBuilder text = new StringBuilder("""
                add table inet byhand
                delete table inet byhand
                table inet byhand {
                """);
        if (this == LIST)
            text.append("set sources { type ipv4_addr; flags interval; elements = {\n");
        else
            text.append("chain ring { type filter hook prerouting priority -450;\n");
        for (int i = 0; i < count; i++) {
            if (this == LIST)
                text.append(source(i, 28, false)).append(",\n");
            else
                text.append("ip daddr 192.0.2.0/24 ").append(conditions(i)).append('\n');
        }
        if (this == LIST)
            text.append("} }\nchain ring { type filter hook prerouting priority -450;\n")
                    .append("ip daddr 192.0.2.0/24 ip saddr @sources counter drop\n");
        return text.append("}\n}\n").toString();
    }

    private String conditions(int number) {
        if (this == PORTS)
            return "udp dport " + (number + 1) + " counter drop";
        String from = "ip saddr " + source(number, 24, false);
        if (number % 3 == 0)
            return from + (this == SOURCES ? " udp dport { " + (number + 1) + ", 30000 }" : "") + " counter drop";
        if (this == SOURCES)
            return from + " counter drop";
        return number % 3 == 1
                ? from + " tcp dport " + (number + 1) + " counter accept"
                : from + " limit rate over 1000/second counter drop";
    }
}
