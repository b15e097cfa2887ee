package org.schiltron.filter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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
        int from = bits();
        for (HeaderField field : fields) {
            from -= field.bits();
            if ((key >>> from & (1 << field.bits()) - 1) == 0)
                return true;
        }
        return false;
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
        List<Word> words = new ArrayList<>();
        forEach(key, ipv4, (field, value) -> words.add(field.holding(value)));
        return words;
    }

    /** nft's statements that write it into packets of that family; each has a space before it. */
    public String statements(int key, boolean ipv4) {
        StringBuilder text = new StringBuilder();
        forEach(key, ipv4, (field, value) -> text.append(' ').append(field.statement(value)));
        return text.toString();
    }

    private interface Part {
        void is(HeaderField field, int value);
    }

    private void forEach(int key, boolean ipv4, Part part) {
        int from = bits();
        for (HeaderField field : fields) {
            from -= field.bits();
            int all = (1 << field.bits()) - 1;
            int value = key >>> from & all;
            if (field.isIn(ipv4))
                part.is(field, value == 0 ? all : value);
        }
    }
}
