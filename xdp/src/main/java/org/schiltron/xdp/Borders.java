package org.schiltron.xdp;

import java.util.List;

/**
 * How a ring of several borders has answers come in where they are waited for (docs/RULES.md).
 *
 * @param tells       whether requests seen here are kept for {@link XdpRing#seen}, so that other borders can be told
 * @param listens     whether others tell of theirs: {@link XdpRing#told}
 * @param readdresses how requests seen here are readdressed; each is found right by {@link Readdress#against}
 */
public record Borders(boolean tells, boolean listens, List<Readdress> readdresses) {
    /** One border, or several that know nothing of each other. */
    public static final Borders ONE = new Borders(false, false, List.of());

    public Borders {
        readdresses = List.copyOf(readdresses);
        if ((tells || listens) && !readdresses.isEmpty())
            throw new IllegalArgumentException(
                    "answers come back to where requests are readdressed: nobody else has to be told");
        if (readdresses.size() > Readdress.MAX)
            throw new IllegalArgumentException("at most " + Readdress.MAX + " prefixes are readdressed");
    }

    /** Which of the programs reads what comes from inside. */
    String inside() {
        return tells ? "inside_sharing" : readdresses.isEmpty() ? "inside" : "inside_readdressing";
    }

    String outside() {
        return readdresses.isEmpty() ? "outside" : "outside_readdressing";
    }
}
