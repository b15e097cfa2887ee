package org.schiltron.filter;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A place in a header that the system can write for a sender who cannot, and that nobody on the way or at the end minds: a part of a secondary
 * key of Mayday (section 4.1) stands there. What leaves in one piece and is cut up further down has it in every segment.
 */
public enum HeaderField {
    /**
     * The upper nine bits of IPv4's identification, which says nothing in a packet that is not cut up (RFC 6864). The lower seven count the
     * segments of what leaves in one piece.
     */
    IDENTIFICATION("ip-id", Word.Base.NETWORK, 4, 0xff80_0000, "ip id", 7),
    /** The lower sixteen bits of IPv6's flow label; the upper four are 0. */
    FLOW_LABEL("flow-label", Word.Base.NETWORK, 0, 0x0000_ffff, "ip6 flowlabel", 0),
    /** TCP's urgent pointer, which says nothing without the flag beside it. */
    URGENT_POINTER("urgent-pointer", Word.Base.TRANSPORT, 16, 0x0000_ffff, "tcp urgptr", 0);

    private final String text;
    private final Word.Base base;
    private final int offset;
    private final int mask;
    private final String nft;
    private final int shift;

    HeaderField(String text, Word.Base base, int offset, int mask, String nft, int shift) {
        this.text = text;
        this.base = base;
        this.offset = offset;
        this.mask = mask;
        this.nft = nft;
        this.shift = shift;
    }

    /** @throws IllegalArgumentException that names those there are */
    public static HeaderField parse(String text) {
        for (HeaderField field : values())
            if (field.text.equals(text))
                return field;
        throw new IllegalArgumentException("no such field; there are "
                + Arrays.stream(values()).map(HeaderField::text).collect(Collectors.joining(", ")));
    }

    /** The word in a file. */
    public String text() {
        return text;
    }

    /** How wide it is. */
    public int bits() {
        return Integer.bitCount(mask);
    }

    /** Whether packets of that family have it. */
    public boolean isIn(boolean ipv4) {
        return switch (this) {
            case IDENTIFICATION -> ipv4;
            case FLOW_LABEL -> !ipv4;
            case URGENT_POINTER -> true;
        };
    }

    /** Whether datagrams have none. */
    public boolean isOfTcp() {
        return this == URGENT_POINTER;
    }

    /** @param value of {@link #bits} bits */
    public Word holding(int value) {
        return new Word(base, offset, mask, Integer.expand(value, mask));
    }

    /** nft's statement that writes it. */
    String statement(int value) {
        return nft + " set " + (value << shift);
    }
}
