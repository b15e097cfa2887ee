package org.schiltron.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.Puzzle;

/**
 * How clients of a service are let in, and the files for it.
 *
 * @param method       of every request, or of a connection that is not read
 * @param earn         how a grant is earned at this service's own page; {@code NONE} where there is none
 * @param grantsOf     the service at whose page it is earned; null for this one's
 * @param passwords    names and hashes; null without
 * @param certificates list of the clients' certificates that are let in; null without
 * @param authorities  PEM, of those who have signed them; null without
 * @param puzzleBits   see {@link Puzzle}
 * @param grantSeconds how long a grant, a cookie and a typed token last
 * @param contact      what pages say to who cannot get in; null for nothing
 */
record EdgeDoor(Authentication method, Authentication earn, @Nullable String grantsOf, @Nullable Path passwords,
        @Nullable Path certificates,
        @Nullable Path authorities, int puzzleBits, long grantSeconds, @Nullable String contact) {
    static final int DEFAULT_BITS = 19;
    static final long DEFAULT_GRANT = 43_200;

    /** @throws IllegalArgumentException that says which file is missing */
    EdgeDoor {
        if (uses(method, earn, Authentication.PASSWORD) && passwords == null)
            throw new IllegalArgumentException("auth password needs passwords = \"FILE\", lines of name:hash");
        if (uses(method, earn, Authentication.MTLS) && (certificates == null || authorities == null))
            throw new IllegalArgumentException(
                    "auth mtls needs client-certificates and client-authorities, both files");
        if (method == Authentication.GRANT && (earn == Authentication.NONE) == (grantsOf == null))
            throw new IllegalArgumentException("auth grant needs either earn-grant (token, password, mtls or puzzle, at"
                    + " the edge's own page) or grants-of, a service with one");
        if (method != Authentication.GRANT && grantsOf != null)
            throw new IllegalArgumentException("grants-of is for auth grant");
    }

    /** Everyone is let in. */
    static EdgeDoor open() {
        return of(Authentication.NONE);
    }

    /** By a method that needs no file. */
    static EdgeDoor of(Authentication method) {
        return new EdgeDoor(method, Authentication.NONE, null, null, null, null, DEFAULT_BITS, DEFAULT_GRANT, null);
    }

    private static boolean uses(Authentication method, Authentication earn, Authentication one) {
        return method == one || earn == one;
    }
}
