package org.schiltron.edge;

/**
 * Ports from {@code first} to {@code last}, both among them.
 *
 * @param first 1 to 65,535
 * @param last  {@code first} to 65,535
 */
public record PortRange(int first, int last) {

    public PortRange {
        if (first < 1 || last > 65_535 || first > last)
            throw new IllegalArgumentException(first + "-" + last + " is no range of ports (1-65535)");
    }

    /** Reads {@code 8443} or {@code 40000-49999}. */
    public static PortRange parse(String text) {
        int dash = text.indexOf('-');
        int first = port(dash < 0 ? text : text.substring(0, dash), text);
        return new PortRange(first, dash < 0 ? first : port(text.substring(dash + 1), text));
    }

    /** How many. */
    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }

    static int port(String digits, String whole) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65_535)
            throw new IllegalArgumentException("\"" + AuthenticatorField.shorten(whole) + "\": \""
                    + AuthenticatorField.shorten(digits) + "\" is not a port (1-65535)");
        return Integer.parseInt(digits);
    }
}
