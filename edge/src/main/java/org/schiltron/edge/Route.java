package org.schiltron.edge;

/** How the overlay brings a request from its ingress to an egress (Mayday, section 3.5). Codes go on the wire and are stable. */
public enum Route {
    /** The ingress is the egress. */
    PROXIMITY(1, "proximity"),
    /** Ingress, egress. */
    SINGLY_INDIRECT(2, "singly-indirect"),
    /** Access node, beacon, servlet, as in SOS; beacons and servlets are found by consistent hashing. */
    DOUBLY_INDIRECT(3, "doubly-indirect"),
    /** Some nodes drawn at random, then an egress. */
    RANDOM(4, "random"),
    /** The same, but each node learns its neighbours only, and cover traffic hides who talks. */
    MIX(5, "mix");

    private final int code;
    private final String text;

    Route(int code, String text) {
        this.code = code;
        this.text = text;
    }

    public int code() {
        return code;
    }

    /** As in configuration. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException that names those there are */
    public static Route parse(String text) {
        for (Route route : values())
            if (route.text.equals(text))
                return route;
        throw new IllegalArgumentException("\"" + AuthenticatorField.shorten(text)
                + "\" is no route: proximity, singly-indirect, doubly-indirect, random or mix");
    }
}
