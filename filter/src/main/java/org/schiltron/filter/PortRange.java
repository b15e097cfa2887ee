package org.schiltron.filter;

/** Ports of TCP or UDP, both ends included; 0 to 65,535. */
public record PortRange(int first, int last) {
    static final String FORM = "a port (0 to 65535) or a range such as \"1000-1999\"";

    public PortRange {
        if (first < 0 || last > 65_535 || first > last)
            throw new IllegalArgumentException(first + "-" + last + " is not " + FORM);
    }

    /** @throws IllegalArgumentException with what is wrong */
    static PortRange parse(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length > 2 || !ends[0].matches("[0-9]{1,5}") || !ends[ends.length - 1].matches("[0-9]{1,5}"))
            throw new IllegalArgumentException("\"" + text + "\" is not " + FORM);
        return new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    }

    boolean contains(PortRange other) {
        return first <= other.first && other.last <= last;
    }

    boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    public String text() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
