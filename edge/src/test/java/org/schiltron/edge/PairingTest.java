package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.schiltron.edge.AuthenticatorField.DESTINATION_ADDRESS;
import static org.schiltron.edge.AuthenticatorField.DESTINATION_PORT;
import static org.schiltron.edge.AuthenticatorField.KEY;
import static org.schiltron.edge.AuthenticatorField.SOURCE_ADDRESS;
import static org.schiltron.edge.AuthenticatorField.SOURCE_PORT;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.edge.Pairing.Strength;

class PairingTest {
    /**
     * Every set of parts (a: source address, p: source port, A: destination address, P: destination port, k: key), and
     * its strength with proximity, singly-indirect, doubly-indirect, random and mix.
     */
    private static final String TABLE = """
            a     w m m m m
            p     m m m m m
            A     m m m m m
            P     m m m m m
            k     m m m m m
            ap    m m m m m
            aA    m s s s s
            aP    m m m m m
            ak    m m m m m
            pA    m s s s s
            pP    m m m m m
            pk    m m m m m
            AP    m s s s s
            Ak    m s s s s
            Pk    m m m m m
            apA   m s s s s
            apP   m m m m m
            apk   m m m m m
            aAP   m s s s s
            aAk   m s s s s
            aPk   m m m m m
            pAP   m s s s s
            pAk   m s s s s
            pPk   m m m m m
            APk   m s s s s
            apAP  m s s s s
            apAk  m s s s s
            apPk  m m m m m
            aAPk  m s s s s
            pAPk  m s s s s
            apAPk m s s s s
            """;

    @Test
    void everyRouteWithEverySetOfParts() {
        Set<Set<AuthenticatorField>> seen = new LinkedHashSet<>();
        for (String row : TABLE.lines().toList()) {
            String[] cells = row.split(" +", -1);
            Set<AuthenticatorField> fields = fields(cells[0]);
            assertThat(seen.add(fields)).as("row %s once", row).isTrue();
            for (Route route : Route.values()) {
                Strength expected = switch (cells[route.code()]) {
                    case "w" -> Strength.WEAK;
                    case "m" -> Strength.MEANINGFUL;
                    default -> Strength.STRONG;
                };
                Pairing pairing = Pairing.judge(route, fields);
                assertThat(pairing.strength()).as("%s with %s", route, fields).isEqualTo(expected);
                assertThat(pairing.reason()).as("%s with %s", route, fields).matches("[A-Z].*\\(Mayday, .*\\.");
            }
        }
        assertThat(seen).as("all but the empty set").hasSize(31);
    }

    private static Set<AuthenticatorField> fields(String letters) {
        Set<AuthenticatorField> fields = EnumSet.noneOf(AuthenticatorField.class);
        for (int i = 0; i < letters.length(); i++)
            fields.add(switch (letters.charAt(i)) {
                case 'a' -> SOURCE_ADDRESS;
                case 'p' -> SOURCE_PORT;
                case 'A' -> DESTINATION_ADDRESS;
                case 'P' -> DESTINATION_PORT;
                default -> KEY;
            });
        return fields;
    }

    @Test
    void theReasonsAreThePapers() {
        assertThat(Pairing.judge(Route.PROXIMITY, Authenticator.parse("source=192.0.2.1")).reason())
                .contains("knows the overlay nodes' addresses").contains("3.5");
        assertThat(Pairing.judge(Route.SINGLY_INDIRECT, EnumSet.of(SOURCE_ADDRESS)).reason())
                .contains("as proximity routing with another authenticator").contains("slower");
        assertThat(Pairing.judge(Route.DOUBLY_INDIRECT, EnumSet.of(SOURCE_ADDRESS)).reason()).contains("SOS");
        assertThat(Pairing.judge(Route.SINGLY_INDIRECT, EnumSet.of(DESTINATION_PORT)).reason())
                .contains("scanned (4.1)").contains("access lists (3.6)");
        assertThat(Pairing.judge(Route.SINGLY_INDIRECT, EnumSet.of(DESTINATION_ADDRESS)).reason())
                .contains("scanned without a second part or a key (4.1)");
        assertThat(Pairing.judge(Route.MIX, EnumSet.of(DESTINATION_ADDRESS, DESTINATION_PORT)).reason())
                .contains("targeted compromise").contains("cover traffic").contains("adaptive flood");
        assertThat(Pairing.judge(Route.PROXIMITY, EnumSet.of(DESTINATION_ADDRESS, KEY)).reason())
                .contains("best performance").contains("random eavesdropper").doesNotContain("scanned");
    }

    @Test
    void nothingAtAllIsNoAuthenticator() {
        assertThatThrownBy(() -> Pairing.judge(Route.MIX, EnumSet.noneOf(AuthenticatorField.class)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
