package org.schiltron.edge;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a route and an authenticator are worth together (Mayday, section 3.6), on the paper's axes: does the route keep
 * the authenticator from a random eavesdropper, is the space too large to be scanned (section 4.1) or halved by adaptive
 * flooding (4.3), and can it be changed faster than that.
 *
 * <ul>
 * <li>{@link Strength#WEAK}: nothing in it is secret.
 * <li>{@link Strength#STRONG}: all three hold. Only a destination address changes by a routing update; a space is large
 * with the secondary key, or with two parts that the attacker has to find together.
 * <li>{@link Strength#MEANINGFUL}: between them; the reason says what is missing.
 * </ul>
 *
 * @param reason a sentence for people, with the section it comes from
 */
public record Pairing(Strength strength, String reason) {
    public enum Strength {
        WEAK, MEANINGFUL, STRONG
    }

    public static Pairing judge(Route route, Authenticator authenticator) {
        return judge(route, authenticator.fields());
    }

    /** @param fields at least one */
    public static Pairing judge(Route route, Set<AuthenticatorField> fields) {
        if (fields.isEmpty())
            throw new IllegalArgumentException("an authenticator has at least one part");
        Set<AuthenticatorField> secret = EnumSet.copyOf(fields);
        if (route == Route.PROXIMITY)
            secret.remove(AuthenticatorField.SOURCE_ADDRESS);
        if (secret.isEmpty())
            return new Pairing(Strength.WEAK, "The attacker knows the overlay nodes' addresses, and with proximity "
                    + "routing packets forged from any of them pass the ring (Mayday, 3.5).");
        boolean wide = secret.contains(AuthenticatorField.KEY) || secret.size() > 1;
        boolean agile = secret.contains(AuthenticatorField.DESTINATION_ADDRESS);
        if (route == Route.PROXIMITY)
            return new Pairing(Strength.MEANINGFUL, "The best performance (Mayday, 3.6), but every node holds the "
                    + "authenticator, so a random eavesdropper or one compromised node has it" + missing(wide, agile)
                    + ".");
        if (secret.equals(EnumSet.of(AuthenticatorField.SOURCE_ADDRESS)))
            return new Pairing(Strength.MEANINGFUL, sourceAlone(route));
        if (wide && agile)
            return new Pairing(Strength.STRONG, worth(route)
                    + "; a routing update changes the authenticator before an adaptive flood has found it (3.6, 4.3).");
        return new Pairing(Strength.MEANINGFUL, worth(route) + missing(wide, agile) + ".");
    }

    private static String sourceAlone(Route route) {
        String found = ", and forged sources find the egress by idle scans (4.1) or in as many rounds as the logarithm "
                + "of the number of nodes (4.3)";
        return switch (route) {
            case PROXIMITY -> throw new IllegalArgumentException("weak");
            case SINGLY_INDIRECT -> "It protects as proximity routing with another authenticator does, and is slower "
                    + "(Mayday, 3.6)" + found + ".";
            case DOUBLY_INDIRECT -> "This is SOS: as good as singly-indirect routing with another authenticator, with "
                    + "at least one hop more (Mayday, 3.6)" + found + ".";
            case RANDOM, MIX ->
                "Its route resists compromise, but an egress that fails takes the authenticator with it "
                        + "(Mayday, 3.6)" + found + ".";
        };
    }

    private static String worth(Route route) {
        return switch (route) {
            case PROXIMITY -> throw new IllegalArgumentException("judged before");
            case SINGLY_INDIRECT -> "Few nodes hold the authenticator, so a random eavesdropper or compromise seldom "
                    + "finds it (Mayday, 3.6)";
            case DOUBLY_INDIRECT ->
                "Few nodes hold the authenticator, as with singly-indirect routing, with one hop more "
                        + "(Mayday, 3.6), and one node compromised for once gives less away (4.5)";
            case RANDOM -> "Few nodes hold the authenticator, and a compromised node on the way sees another egress "
                    + "each time (Mayday, 4.2, 4.5)";
            case MIX -> "It resists even targeted compromise for a while: each node knows its neighbours only, and "
                    + "cover traffic hides who talks (Mayday, 3.6)";
        };
    }

    private static String missing(boolean wide, boolean agile) {
        if (wide && agile)
            return "";
        if (wide)
            return "; without a destination address in it, changing it means changing access lists at every router (3.6)";
        return agile
                ? "; its space is small enough to be scanned without a second part or a key (4.1), so change it often"
                : "; its space is small enough to be scanned (4.1), and changing it means changing access lists (3.6)";
    }
}
