package org.schiltron.filter;

/**
 * A condition on four bytes of a packet, in network order: those under {@code mask} are those of {@code value}. Mayday's secondary key
 * (section 4.1) is one. A packet that ends before them does not meet it.
 *
 * @param base   from where {@code offset} counts
 * @param offset bytes, 0 to {@value #MAX_OFFSET}
 * @param mask   not 0
 * @param value  0 outside of the mask
 */
public record Word(Base base, int offset, int mask, int value) {
    public static final int MAX_OFFSET = 124;

    /** What an offset counts from. */
    public enum Base {
        /** The first byte of the IP header. */
        NETWORK,
        /** The first byte behind the IP header and its extensions. */
        TRANSPORT,
        /** The first byte behind the header of TCP, with its options, or UDP. */
        PAYLOAD;

        /** The word in a file. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Where to look, without what is to be there. */
    public Word place() {
        return new Word(base, offset, mask, 0);
    }

    public String text() {
        return String.format(java.util.Locale.ROOT, "%s+%d & 0x%08x = 0x%08x", base.word(), offset, mask, value);
    }
}
