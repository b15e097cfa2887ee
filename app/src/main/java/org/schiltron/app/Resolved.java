package org.schiltron.app;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.ServiceRecord;

/**
 * What a name stands for.
 *
 * @param handshakeKey whom the handshake must prove to be there: the service, or its delegate
 * @param contacts     at least one; those that the record names itself first, then the list's in an order drawn at random
 * @param typed        whether a person typed the contacts, which are then used whatever their addresses are
 * @param record       null if a link says it all
 * @param notes        lines for a person
 */
record Resolved(PublicKey service, PublicKey handshakeKey, List<HostPort> contacts, boolean typed,
        @Nullable ServiceRecord record, List<String> notes) {
    Resolved {
        contacts = List.copyOf(contacts);
        notes = List.copyOf(notes);
    }
}
