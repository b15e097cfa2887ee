package org.schiltron.filter;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What rules are called in the kernel: always the same as long as they are, wherever they stand in their file, so that a change finds
 * what it must not touch. A rule with a name goes by that, one without by what it says.
 *
 * <p>nftables wants letters, digits and a few signs, at most 255 (NFT_NAME_MAXLEN); 64 characters of a name become at most 192.
 */
final class NftNames {
    private static final HexFormat HEX = HexFormat.of();
    private static final int HASH_BYTES = 6;

    private NftNames() {
    }

    /** One for each rule, in their order. */
    static List<String> of(List<Rule> rules) {
        Set<String> taken = new LinkedHashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            boolean named = !rule.name().equals("rule " + (i + 1)); // as RulesFile calls those without
            String name = named ? "rule_" + escaped(rule.name()) : "unnamed_" + hash(essence(rule));
            for (int again = 2; !taken.add(name); again++) // the same rule twice
                name = name.replaceFirst("\\.[0-9]+$", "") + "." + again;
        }
        return List.copyOf(taken);
    }

    /** Letters, digits, - and _ as they are, a space as a dot, others as a slash and their code. */
    private static String escaped(String name) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
                word.append(c);
            else if (c == ' ')
                word.append('.');
            else
                word.append('/').append(HEX.toHexDigits((byte) c));
        }
        return word.toString();
    }

    /** All that a rule does, without its name and place. */
    private static String essence(Rule rule) {
        StringBuilder text = new StringBuilder(rule.action().toString());
        for (List<Prefix> prefixes : List.of(rule.from(), rule.to())) {
            text.append(';');
            for (Prefix prefix : prefixes)
                text.append(prefix.high()).append(' ').append(prefix.low()).append('/').append(prefix.bits())
                        .append(',');
        }
        return text.append(rule.protocols()).append(rule.sourcePorts()).append(rule.ports()).append(rule.words())
                .toString();
    }

    /** As many hexadecimal digits as make two rules of a file alike by chance once in a million files. */
    static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HEX.formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }
}
