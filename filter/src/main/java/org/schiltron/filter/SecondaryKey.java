package org.schiltron.filter;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the secondary key of an authenticator stands (Mayday, section 4.1), for a sender whose system writes it: some fields of its headers.
 * The lowest bits of the key are in the last of them, as {@link HeaderField} orders them. A family that has only some shows as much of it. Where
 * a field would be 0, as it is in other packets, all its bits are ones instead.
 *
 * @param fields at least one, 32 bits together at most
 */
public record SecondaryKey(Set<HeaderField> fields) {
    /** @throws IllegalArgumentException that says what is wrong */
    public SecondaryKey {
        fields = Collections.unmodifiableSet(EnumSet.copyOf(fields));
        int bits = width(fields);
        if (bits > Integer.SIZE)
            throw new IllegalArgumentException("a key has at most 32 bits, and these fields have " + bits);
    }

    /** @throws IllegalArgumentException that says what is wrong */
    public static SecondaryKey parse(List<String> names) {
        Set<HeaderField> fields = EnumSet.noneOf(HeaderField.class);
        for (String name : names)
            if (!fields.add(HeaderField.parse(name)))
                throw new IllegalArgumentException(name + " stands there twice");
        return new SecondaryKey(fields);
    }

    private static int width(Set<HeaderField> fields) {
        return fields.stream().mapToInt(HeaderField::bits).sum();
    }

    /** How many there are of the key. */
    public int bits() {
        return width(fields);
    }

    /** Whether packets of that family show any of it. */
    public boolean isIn(boolean ipv4) {
        return fields.stream().anyMatch(field -> field.isIn(ipv4));
    }

    /** Whether it is 0 in one of its fields, as other packets are. */
    public boolean isPlain(int key) {
        return fields.stream().anyMatch(field -> part(key, field) == 0);
    }

    /** What of the key is in that field: the bits above those of the fields behind it. */
    private int part(int key, HeaderField field) {
        int behind = fields.stream().filter(other -> other.compareTo(field) > 0).mapToInt(HeaderField::bits).sum();
        return key >>> behind & all(field);
    }

    private static int all(HeaderField field) {
        return (1 << field.bits()) - 1;
    }

    /** Whether datagrams cannot show all of it. */
    public boolean isOfTcp() {
        return fields.contains(HeaderField.URGENT_POINTER);
    }

    /**
     * What packets of that family show.
     *
     * @param key of {@link #bits} bits
     */
    public List<Word> words(int key, boolean ipv4) {
        return in(ipv4).map(field -> field.holding(shown(key, field))).toList();
    }

    /** nft's statements that write it into packets of that family; each has a space before it. */
    public String statements(int key, boolean ipv4) {
        return in(ipv4).map(field -> " " + field.statement(shown(key, field))).collect(Collectors.joining());
    }

    private Stream<HeaderField> in(boolean ipv4) {
        return fields.stream().filter(field -> field.isIn(ipv4));
    }

    private int shown(int key, HeaderField field) {
        int part = part(key, field);
        return part == 0 ? all(field) : part;
    }
}
