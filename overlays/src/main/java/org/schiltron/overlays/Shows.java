package org.schiltron.overlays;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.schiltron.edge.AuthenticatorField;

/** What egresses show to the ring in a row of the {@link Matrix} (Mayday, section 3.4; the word is section 4.1's secondary key). */
enum Shows {
    SOURCE("source address", false, AuthenticatorField.SOURCE_ADDRESS), SOURCE_PORT("source port", false,
            AuthenticatorField.SOURCE_PORT), PORT("destination port", false,
                    AuthenticatorField.DESTINATION_PORT), PORT_CHANGES("destination port, changes", true,
                            AuthenticatorField.DESTINATION_PORT), ADDRESS("destination address", false,
                                    AuthenticatorField.DESTINATION_ADDRESS), ADDRESS_CHANGES(
                                            "destination address, changes", true,
                                            AuthenticatorField.DESTINATION_ADDRESS), SOURCE_AND_PORT(
                                                    "source address + destination port", false,
                                                    AuthenticatorField.SOURCE_ADDRESS,
                                                    AuthenticatorField.DESTINATION_PORT), SOURCE_AND_PORT_CHANGES(
                                                            "source address + destination port, changes", true,
                                                            AuthenticatorField.SOURCE_ADDRESS,
                                                            AuthenticatorField.DESTINATION_PORT), ADDRESS_AND_PORT(
                                                                    "destination address + port", false,
                                                                    AuthenticatorField.DESTINATION_ADDRESS,
                                                                    AuthenticatorField.DESTINATION_PORT), ADDRESS_AND_PORT_CHANGES(
                                                                            "destination address + port, changes", true,
                                                                            AuthenticatorField.DESTINATION_ADDRESS,
                                                                            AuthenticatorField.DESTINATION_PORT), WORD(
                                                                                    "masked word", false,
                                                                                    AuthenticatorField.KEY);

    private final String text;
    private final boolean changes;
    @SuppressWarnings("ImmutableEnumChecker") // cannot be changed
    private final Set<AuthenticatorField> fields;

    Shows(String text, boolean changes, AuthenticatorField... fields) {
        this.text = text;
        this.changes = changes;
        this.fields = Collections.unmodifiableSet(EnumSet.copyOf(List.of(fields)));
    }

    String text() {
        return text;
    }

    /** Whether the schedule of edges gives another one each minute; else it stays. */
    boolean changes() {
        return changes;
    }

    boolean has(AuthenticatorField field) {
        return fields.contains(field);
    }
}
