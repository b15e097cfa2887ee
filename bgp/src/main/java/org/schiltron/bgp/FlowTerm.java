package org.schiltron.bgp;

/**
 * One comparison of a packet's field with a value (RFC 8955 section 4.2.1). A field's terms are read from left to
 * right, "and" before "or".
 *
 * <pre>
 *   0   1   2   3   4   5   6   7
 * +---+---+---+---+---+---+---+---+
 * | e | a |  len  | 0 |lt |gt |eq |   numbers: e end of list, a "and", value of 1 &lt;&lt; len octets
 * | e | a |  len  | 0 | 0 |not| m |   bits
 * +---+---+---+---+---+---+---+---+
 * </pre>
 *
 * @param and        joined with the term before by "and", otherwise by "or"
 * @param comparison the lowest three bits of the operator
 * @param value      unsigned
 */
public record FlowTerm(boolean and, int comparison, long value) {
    static final int END = 0x80;
    static final int AND = 0x40;
    static final int LESS = 4;
    static final int GREATER = 2;
    static final int EQUAL = 1;
    static final int NOT = 2;
    static final int MATCH = 1;

    private static final String[] NUMBERS = {"false", "=", ">", ">=", "<", "<=", "!=", "true"};
    private static final String[] BITS = {"", "=", "!", "!="};

    public FlowTerm {
        if (comparison < 0 || comparison > 7)
            throw new IllegalArgumentException("no comparison: " + comparison);
    }

    public static FlowTerm equal(long value) {
        return new FlowTerm(false, EQUAL, value);
    }

    public static FlowTerm notEqual(long value) {
        return new FlowTerm(false, LESS | GREATER, value);
    }

    public static FlowTerm atLeast(long value) {
        return new FlowTerm(false, GREATER | EQUAL, value);
    }

    public static FlowTerm atMost(long value) {
        return new FlowTerm(false, LESS | EQUAL, value);
    }

    public static FlowTerm above(long value) {
        return new FlowTerm(false, GREATER, value);
    }

    public static FlowTerm below(long value) {
        return new FlowTerm(false, LESS, value);
    }

    /** At least one of these bits is set. */
    public static FlowTerm anyOf(long bits) {
        return new FlowTerm(false, 0, bits);
    }

    /** All of these bits are set. */
    public static FlowTerm allOf(long bits) {
        return new FlowTerm(false, MATCH, bits);
    }

    /** None of these bits is set. */
    public static FlowTerm noneOf(long bits) {
        return new FlowTerm(false, NOT, bits);
    }

    /** At least one of these bits is not set. */
    public static FlowTerm notAllOf(long bits) {
        return new FlowTerm(false, NOT | MATCH, bits);
    }

    /** The same, joined with the term before by "and". */
    public FlowTerm andThen() {
        return new FlowTerm(true, comparison, value);
    }

    /** The same, joined with the term before by "or". */
    FlowTerm first() {
        return and ? new FlowTerm(false, comparison, value) : this;
    }

    String text(FlowField field) {
        if (field.kind() == FlowField.Kind.BITS)
            return BITS[comparison & 3] + field.bitNames(value);
        String operator = NUMBERS[comparison];
        return comparison == 0 || comparison == 7 ? operator : operator + Long.toUnsignedString(value);
    }
}
