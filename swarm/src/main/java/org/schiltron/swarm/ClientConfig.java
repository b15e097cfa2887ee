package org.schiltron.swarm;

import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.proof.PublicKey;

/**
 * What a client needs to reach a service.
 *
 * @param service      whom the handshake must prove to be there
 * @param contacts     mailboxes where the service takes first contacts, 1 to 64; typed by a person, so used as they are
 * @param allowPrivate whether private, loopback and multicast addresses are also taken from the service's list
 * @param limits       of the session
 */
public record ClientConfig(PublicKey service, List<Path> contacts, boolean allowPrivate, EndpointLimits limits) {
    public static final int MAX_CONTACTS = 64;

    public ClientConfig {
        if (contacts.isEmpty() || contacts.size() > MAX_CONTACTS) {
            throw new IllegalArgumentException("a client needs 1 to 64 contact mailboxes, not " + contacts.size());
        }
        contacts = List.copyOf(contacts);
    }
}
