package org.schiltron.xdp;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.filter.Action;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.RuleSet;

/**
 * At one of several borders: requests from a prefix go on as if from another, which is announced at this border alone, so that their answers come back to it. One to one,
 * with nothing remembered.
 *
 * @param from where requests come from
 * @param as   where they seem to come from behind the border; of the same family and length
 */
public record Readdress(Prefix from, Prefix as) {
    /** Of one border. */
    public static final int MAX = Layouts.MAX_READDRESSES;

    public Readdress {
        if (from.isIpv4() != as.isIpv4())
            throw new IllegalArgumentException(from.text() + " and " + as.text() + " are not of one family");
        if (from.bits() != as.bits())
            throw new IllegalArgumentException(
                    from.text() + " and " + as.text() + " are not of one length, so not one to one");
    }

    /**
     * {@code 192.0.2.90=198.51.100.90}, or two prefixes.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static Readdress parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0)
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not PREFIX=PREFIX, such as 192.0.2.90=198.51.100.90");
        return new Readdress(Prefix.parse(text.substring(0, equals).strip()),
                Prefix.parse(text.substring(equals + 1).strip()));
    }

    /**
     * What stands against one of them, given those before it and the rules: no way back, or two of them.
     *
     * @return empty if nothing does
     */
    public static String against(Readdress one, List<Readdress> before, RuleSet rules) {
        List<Readdress> all = new ArrayList<>(before);
        all.add(one);
        for (Readdress other : before) {
            if (overlap(one.from, other.from))
                return one.from.text() + " and " + other.from.text() + " overlap: requests would have two ways out";
            if (overlap(one.as, other.as))
                return one.as.text() + " and " + other.as.text() + " overlap: answers would have two ways back";
        }
        for (Readdress some : all) {
            for (Readdress other : all) {
                if (overlap(some.from, other.as))
                    return other.as.text() + " overlaps " + some.from.text()
                            + ", an address of its own behind this border: announce others here";
            }
        }
        if (rules.rules().stream().noneMatch(rule -> rule.action() instanceof Action.Requested
                && (rule.to().isEmpty() ? rules.protects() : rule.to()).stream()
                        .anyMatch(prefix -> prefix.contains(one.from))))
            return one.from.text() + " is not in what a rule with do = \"requested\" is about";
        return "";
    }

    private static boolean overlap(Prefix some, Prefix other) {
        return some.contains(other) || other.contains(some);
    }
}
