package org.schiltron.filter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.schiltron.machine.Path;

/**
 * An address prefix. IPv4 addresses stand in IPv6 as {@code ::ffff:a.b.c.d}, as in {@link Path}.
 *
 * @param bits of the 128 that must be alike
 */
public record Prefix(long high, long low, int bits) {
    public static final String FORM = "a prefix such as \"203.0.113.0/24\" or \"2001:db8::/32\"";
    private static final int IPV4_BITS = 96;
    /** All addresses of IPv4. */
    public static final Prefix IPV4 = new Prefix(0, 0xffffL << 32, IPV4_BITS);
    private static final Pattern TEXT = Pattern.compile("([0-9a-f:.]{2,45})(?:/([0-9]{1,3}))?");
    private static final Pattern DOTTED = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");

    /** @throws IllegalArgumentException with what is wrong */
    public static Prefix parse(String text) {
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
        Matcher matcher = DOTTED.matcher(address);
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

    long highMask() {
        return bits == 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    long lowMask() {
        return bits <= 64 ? 0 : -1L << (128 - bits);
    }

    /** The shorter one that holds it, of at most so many bits as it has. */
    Prefix first(int count) {
        Prefix all = new Prefix(high, low, count);
        return new Prefix(high & all.highMask(), low & all.lowMask(), count);
    }

    /** Of the same family. */
    public boolean contains(Path address) {
        return address.isIpv4() == isIpv4() && ((address.addressHigh() ^ high) & highMask()) == 0
                && ((address.addressLow() ^ low) & lowMask()) == 0;
    }

    /** Those of the same family. */
    public boolean contains(Prefix other) {
        return other.bits >= bits && isIpv4() == other.isIpv4() && ((other.high ^ high) & highMask()) == 0
                && ((other.low ^ low) & lowMask()) == 0;
    }

    /** Of a prefix of IPv6: whether {@link #IPV4} lies in it. */
    public boolean containsIpv4() {
        return bits < IPV4_BITS && (high & highMask()) == 0 && ((IPV4.low ^ low) & lowMask()) == 0;
    }

    /** The prefix a bit shorter that it lies in. */
    Prefix whole() {
        Prefix longer = new Prefix(high, low, bits - 1);
        return new Prefix(high & longer.highMask(), low & longer.lowMask(), bits - 1);
    }

    /** The last address in it, as {@link #high} and {@link #low} are the first. */
    long lastHigh() {
        return high | ~highMask();
    }

    long lastLow() {
        return low | ~lowMask();
    }

    /** Of IPv4 addresses alone; {@code ::/0} to {@code ::/95} hold them among others, but are prefixes of IPv6. */
    public boolean isIpv4() {
        return bits >= IPV4_BITS && high == 0 && low >>> 32 == 0xffff;
    }

    /** Of the family's 32 or 128 bits. */
    public int length() {
        return isIpv4() ? bits - IPV4_BITS : bits;
    }

    /** {@code 192.0.2.0/24} or {@code 2001:db8::/32}; without the length where it is a whole address. */
    public String text() {
        String text = new Path(0, high, low, 0).toString(); // with a port
        String address = text.substring(isIpv4() ? 0 : 1, text.length() - (isIpv4() ? 2 : 3));
        return length() == (isIpv4() ? 32 : 128) ? address : address + "/" + length();
    }
}
