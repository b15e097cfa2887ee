package org.schiltron.scenario;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.schiltron.machine.Path;

/**
 * An address prefix. IPv4 addresses stand in IPv6 as {@code ::ffff:a.b.c.d}, as in {@link Path}.
 *
 * @param bits of the 128 that must be alike
 */
record Prefix(long high, long low, int bits) {
    static final String FORM = "a prefix such as \"203.0.113.0/24\" or \"2001:db8::/32\"";
    private static final Pattern TEXT = Pattern.compile("([0-9a-f:.]{2,45})(?:/([0-9]{1,3}))?");
    private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");

    /** @throws IllegalArgumentException with what is wrong */
    static Prefix parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches())
            throw new IllegalArgumentException("\"" + text + "\" is not " + FORM);
        boolean ipv4 = text.indexOf(':') < 0;
        long[] words = ipv4 ? ipv4(text, matcher.group(1)) : ipv6(text, matcher.group(1));
        int length = ipv4 ? 32 : 128;
        int bits = matcher.group(2) == null ? length : Integer.parseInt(matcher.group(2));
        if (bits > length)
            throw new IllegalArgumentException("\"" + text + "\" has more than " + length + " bits");
        Prefix prefix = new Prefix(words[0], words[1], ipv4 ? bits + 96 : bits);
        if ((words[0] & ~prefix.highMask()) != 0 || (words[1] & ~prefix.lowMask()) != 0)
            throw new IllegalArgumentException("\"" + text + "\" has bits beyond its length");
        return prefix;
    }

    private static long[] ipv4(String text, String address) {
        Matcher matcher = IPV4.matcher(address);
        if (!matcher.matches())
            throw new IllegalArgumentException("\"" + text + "\" is not " + FORM);
        long low = 0xffffL;
        for (int i = 1; i <= 4; i++) {
            int part = Integer.parseInt(matcher.group(i));
            if (part > 255)
                throw new IllegalArgumentException("\"" + text + "\" is not " + FORM);
            low = low << 8 | part;
        }
        return new long[]{0, low};
    }

    private static long[] ipv6(String text, String address) {
        String[] ends = address.split("::", -1);
        String[] before = groups(ends[0]);
        String[] after = ends.length == 1 ? new String[0] : groups(ends[1]);
        int given = before.length + after.length;
        if (ends.length > 2 || (ends.length == 1 ? given != 8 : given > 7))
            throw new IllegalArgumentException("\"" + text + "\" is not " + FORM);
        int[] all = new int[8];
        for (int i = 0; i < before.length; i++)
            all[i] = group(text, before[i]);
        for (int i = 0; i < after.length; i++)
            all[8 - after.length + i] = group(text, after[i]);
        long[] words = new long[2];
        for (int i = 0; i < 8; i++)
            words[i / 4] = words[i / 4] << 16 | all[i];
        return words;
    }

    private static String[] groups(String text) {
        return text.isEmpty() ? new String[0] : text.split(":", -1);
    }

    private static int group(String text, String group) {
        if (group.isEmpty() || group.length() > 4 || group.indexOf('.') >= 0)
            throw new IllegalArgumentException("\"" + text + "\" is not " + FORM);
        return Integer.parseInt(group, 16);
    }

    private long highMask() {
        return bits == 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    private long lowMask() {
        return bits <= 64 ? 0 : -1L << (128 - bits);
    }

    boolean contains(Path address) {
        return ((address.addressHigh() ^ high) & highMask()) == 0 && ((address.addressLow() ^ low) & lowMask()) == 0;
    }
}
