package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * A named part of a table, whose name says all of it but its contents: so that in a change only contents change.
 *
 * @param head     what stands before the contents, or empty
 * @param contents elements of a set or map, lines of a chain; those that begin with {@code #} are for people, and not in the kernel
 */
record NftObject(Kind kind, String name, String comment, String head, List<String> contents) {
    enum Kind {
        COUNTER, LIMIT, SET, MAP, CHAIN;

        /** Whether it has contents that can be exchanged. */
        boolean isFilled() {
            return this != COUNTER && this != LIMIT;
        }

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What tells it from all others of its table. */
    String key() {
        return kind.word() + " " + name;
    }

    boolean fillsAs(NftObject other) {
        return withoutComments(contents).equals(withoutComments(other.contents));
    }

    private static List<String> withoutComments(List<String> contents) {
        List<String> left = new ArrayList<>(contents.size());
        for (String text : contents) {
            if (!text.startsWith("#"))
                left.add(text);
        }
        return left;
    }

    void write(StringBuilder text) {
        if (!comment.isEmpty())
            text.append("    ").append(comment).append('\n');
        text.append("    ").append(key()).append(kind == Kind.COUNTER ? " { }\n" : " {\n");
        if (kind == Kind.COUNTER)
            return;
        if (!head.isEmpty())
            text.append("        ").append(head).append('\n');
        if (kind == Kind.CHAIN) {
            for (String line : contents)
                text.append("        ").append(line).append('\n');
        } else if (!contents.isEmpty()) {
            text.append("        elements = {\n");
            for (String element : contents)
                text.append("            ").append(element).append(",\n");
            text.append("        }\n");
        }
        text.append("    }\n");
    }
}
