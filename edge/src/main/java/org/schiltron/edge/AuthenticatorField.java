package org.schiltron.edge;

/**
 * What a packet may show to get through the ring (Mayday, section 3.4). Sources are the egress's, destinations the
 * service's.
 */
public enum AuthenticatorField {
    SOURCE_ADDRESS(1, "source"), SOURCE_PORT(2, "source-port"), DESTINATION_ADDRESS(3,
            "destination"), DESTINATION_PORT(4, "destination-port"),
    /** A secondary key, drawn from a large space (section 4.1): up to 32 bits at places in the packet that the ring's rule names. */
    KEY(5, "key");

    private final int code;
    private final String text;

    AuthenticatorField(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** Stable, 1 to 5: a schedule draws each part by it. */
    int code() {
        return code;
    }

    /** As {@link Authenticator#text} writes it. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException that names those there are */
    static AuthenticatorField parse(String text) {
        for (AuthenticatorField field : values())
            if (field.text.equals(text))
                return field;
        throw new IllegalArgumentException("\"" + shorten(text)
                + "\" is no part of an authenticator: source, source-port, destination, destination-port or key");
    }

    /** What an error shows of what it was given: printable, and not much. */
    static String shorten(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(40, text.length()); i++)
            shown.append(text.charAt(i) >= ' ' && text.charAt(i) < 127 ? text.charAt(i) : '?');
        return text.length() > 40 ? shown.append("...").toString() : shown.toString();
    }
}
