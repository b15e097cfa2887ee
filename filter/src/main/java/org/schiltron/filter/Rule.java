package org.schiltron.filter;

import java.util.List;

/**
 * One rule: conditions that must all hold, and what is done then. An empty list is no condition; of a list of several one must hold, except for words, all of which must.
 *
 * @param line      where it stands in its file
 * @param protocols IP protocol numbers, 0 to 255
 */
public record Rule(String name, int line, Action action, List<Prefix> from, List<Prefix> to, List<Integer> protocols,
        List<PortRange> sourcePorts, List<PortRange> ports, List<Word> words) {
    /** Names of rules that a ring adds to those of its file, which may not have them: the first begins them. */
    public static final String AUTHENTICATOR = "authenticator ";
    public static final String CLOSED = "closed in secure mode";
    public static final String SPARED = "edges for the overlap";

    static final int TCP = 6;
    static final int UDP = 17;

    /** Whether it looks beyond the IP header, so that later fragments never meet it. */
    public boolean needsTransport() {
        return !sourcePorts.isEmpty() || !ports.isEmpty()
                || words.stream().anyMatch(word -> word.base() != Word.Base.NETWORK);
    }

    /** Whether it ends a packet's way through the row. */
    public boolean decides() {
        return !(action instanceof Action.Limit);
    }

    /** Whether every packet that meets {@code other} meets this: told without error, but not in all cases in which it is so. */
    boolean covers(Rule other) {
        return coversPrefixes(from, other.from) && coversPrefixes(to, other.to)
                && (protocols.isEmpty() || (!other.protocols.isEmpty() && protocols.containsAll(other.protocols)))
                && coversPorts(sourcePorts, other.sourcePorts) && coversPorts(ports, other.ports)
                && other.words.containsAll(words);
    }

    private static boolean coversPrefixes(List<Prefix> all, List<Prefix> others) {
        return all.isEmpty() || (!others.isEmpty()
                && others.stream().allMatch(other -> all.stream().anyMatch(prefix -> prefix.contains(other))));
    }

    private static boolean coversPorts(List<PortRange> all, List<PortRange> others) {
        return all.isEmpty() || (!others.isEmpty()
                && others.stream().allMatch(other -> all.stream().anyMatch(range -> range.contains(other))));
    }

    /** Whether some packet may meet both: false only if none can. */
    boolean overlaps(Rule other) {
        return overlapsPrefixes(from, other.from) && overlapsPrefixes(to, other.to)
                && (protocols.isEmpty() || other.protocols.isEmpty()
                        || protocols.stream().anyMatch(other.protocols::contains))
                && overlapsPorts(sourcePorts, other.sourcePorts) && overlapsPorts(ports, other.ports)
                && words.stream().allMatch(word -> other.words.stream().allMatch(theirs -> canMeetBoth(word, theirs)));
    }

    private static boolean overlapsPrefixes(List<Prefix> all, List<Prefix> others) {
        return all.isEmpty() || others.isEmpty() || all.stream().anyMatch(
                prefix -> others.stream().anyMatch(other -> prefix.contains(other) || other.contains(prefix)));
    }

    private static boolean overlapsPorts(List<PortRange> all, List<PortRange> others) {
        return all.isEmpty() || others.isEmpty()
                || all.stream().anyMatch(range -> others.stream().anyMatch(range::overlaps));
    }

    private static boolean canMeetBoth(Word a, Word b) {
        return a.base() != b.base() || a.offset() != b.offset() || ((a.value() ^ b.value()) & a.mask() & b.mask()) == 0;
    }
}
