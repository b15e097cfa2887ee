package org.schiltron.edge;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a service's visitors are let in.
 *
 * @param service       its name, as pages and password prompts show it: 1 to 64 letters, digits, spaces, dots, hyphens,
 *                      underscores
 * @param method        of every request to the service itself
 * @param earnGrant     how the edge's own page lets a source address in for {@code grantSeconds}: by token, password,
 *                      certificate or puzzle; {@code NONE} where there are no grants
 * @param puzzleBits    {@link Puzzle#MIN_BITS} to {@link Puzzle#MAX_BITS}; 19 takes a desktop one second and a phone
 *                      some
 * @param cookieSeconds how long a solved puzzle, or a token that was typed in, is good for; 60 seconds to 30 days
 * @param grantSeconds  likewise
 * @param bindCookies   whether a cookie counts for the network alone that it was given to (IPv4 /24, IPv6 /48);
 *                      phones change theirs
 * @param contact       what somebody may do who cannot get in, a sentence in plain text; null if there is nothing
 */
public record DoorSettings(String service, Authentication method, Authentication earnGrant, int puzzleBits,
        long cookieSeconds, long grantSeconds, boolean bindCookies, @Nullable String contact) {
    private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9 ._-]{1,64}");
    private static final long MAX_SECONDS = 30 * 86_400L;

    /** @throws IllegalArgumentException that says what is out of its range */
    public DoorSettings {
        if (!SERVICE.matcher(service).matches())
            throw new IllegalArgumentException("a service's name has 1 to 64 letters, digits, spaces, dots, - or _");
        if (earnGrant == Authentication.GRANT)
            throw new IllegalArgumentException("a grant is earned by token, password, mtls or puzzle, not by a grant");
        if (method == Authentication.GRANT && earnGrant == Authentication.NONE)
            throw new IllegalArgumentException("grants are asked for, but nothing says how one is earned");
        if (puzzleBits < Puzzle.MIN_BITS || puzzleBits > Puzzle.MAX_BITS)
            throw new IllegalArgumentException(
                    "a puzzle has " + Puzzle.MIN_BITS + " to " + Puzzle.MAX_BITS + " bits, not " + puzzleBits);
        if (cookieSeconds < 60 || cookieSeconds > MAX_SECONDS || grantSeconds < 60 || grantSeconds > MAX_SECONDS)
            throw new IllegalArgumentException("cookies and grants last 60 seconds to 30 days");
    }

    /** The defaults: puzzles of 19 bits, cookies and grants for 12 hours, cookies bound. */
    public static DoorSettings of(String service, Authentication method, Authentication earnGrant) {
        return new DoorSettings(service, method, earnGrant, 19, 43_200, 43_200, true, null);
    }

    boolean givesGrants() {
        return method == Authentication.GRANT || earnGrant != Authentication.NONE;
    }

    boolean hasOwnPages() {
        return method == Authentication.PUZZLE || method == Authentication.TOKEN || givesGrants();
    }

    boolean uses(Authentication one) {
        return method == one || earnGrant == one;
    }
}
