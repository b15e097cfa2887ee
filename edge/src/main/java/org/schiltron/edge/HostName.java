package org.schiltron.edge;

import org.jspecify.annotations.Nullable;

/** Names of services as clients write them in TLS and HTTP, brought to one form. */
final class HostName {
    /** RFC 1035, section 2.3.4, in text. */
    static final int MAX_LENGTH = 253;

    private static final int MAX_LABEL = 63;

    private HostName() {
    }

    /**
     * A DNS name in lower case and without a dot at its end (RFC 6066, section 3, says to send none; old clients do),
     * or null if it is none. Labels are letters, digits, hyphens inside, and underscores, which occur. A name whose
     * last label is a number is an IP address to some reader (127.1, 0x7f000001), and so to nobody here.
     */
    static @Nullable String dns(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > MAX_LENGTH)
            return null;
        StringBuilder lower = new StringBuilder(name.length());
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = lower(name.charAt(i));
            boolean last = i + 1 == name.length() || name.charAt(i + 1) == '.';
            if (c == '.') {
                if (label == 0)
                    return null;
                label = 0;
            } else {
                if (!inLabel(c) || c == '-' && (label == 0 || last) || ++label > MAX_LABEL)
                    return null;
            }
            lower.append(c);
        }
        return label == 0 || isNumber(lower.substring(lower.lastIndexOf(".") + 1)) ? null : lower.toString();
    }

    /** Of ASCII alone: no other letter becomes one of a name. */
    static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static boolean inLabel(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static boolean isNumber(String label) {
        boolean hex = label.startsWith("0x");
        for (int i = hex ? 2 : 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!(c >= '0' && c <= '9' || hex && c >= 'a' && c <= 'f'))
                return false;
        }
        return true;
    }
}
