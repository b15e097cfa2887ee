package org.schiltron.edge;

/** How the opening of a client is let in. Mayday (2003), section 3.3: the choice is the service's. */
public enum Authentication {
    /** Everyone. */
    NONE,
    /** A signed word in Authorization or a cookie: {@link BearerTokens}. */
    TOKEN,
    /** A name and a password, HTTP Basic: {@link Passwords}. */
    PASSWORD,
    /** A certificate on a list: {@link CertificateList}. */
    MTLS,
    /** A source address that earned it at the edge's own page, for a time: {@link SourceGrants}. */
    GRANT,
    /** A browser that solved a puzzle, by its cookie: {@link Puzzle}. */
    PUZZLE
}
