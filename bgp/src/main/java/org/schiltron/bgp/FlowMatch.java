package org.schiltron.bgp;

import java.util.List;

/**
 * A condition on a number or on bits. Its text is as in {@code destination-port >=1000&<=1999|=80}.
 *
 * @param terms at least one
 */
public record FlowMatch(FlowField field, List<FlowTerm> terms) implements FlowComponent {
    public FlowMatch {
        terms = List.copyOf(terms);
        if (field.kind() == FlowField.Kind.PREFIX)
            throw new IllegalArgumentException(field + " takes a prefix");
        if (terms.isEmpty())
            throw new IllegalArgumentException(field + " without a term");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(field.toString()).append(' ');
        for (int i = 0; i < terms.size(); i++) {
            if (i > 0)
                text.append(terms.get(i).and() ? '&' : '|');
            text.append(terms.get(i).text(field));
        }
        return text.toString();
    }
}
