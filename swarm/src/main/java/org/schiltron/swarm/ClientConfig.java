package org.schiltron.swarm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.Token;

/**
 * What a client needs to reach a service.
 *
 * @param service      whom to reach
 * @param answering    whom the handshake must prove to be there: the service, or its delegate by the service's record
 * @param contacts     mailboxes where the service takes first contacts, 1 to 64; typed by a person, so used as they are
 * @param allowPrivate whether private, loopback and multicast addresses are also taken from the service's list
 * @param limits       of the session
 * @param token        shown where first contacts run short, or null
 */
public record ClientConfig(PublicKey service, PublicKey answering, List<Path> contacts, boolean allowPrivate,
        EndpointLimits limits,
        @Nullable Pass token) {

    /** A token, {@value Token#BYTES} bytes, and the key of whom it was issued to. */
    public record Pass(byte[] token, Identity key) {
        byte[] sign(byte[] message) {
            return key.sign(message);
        }
    }

    public static final int MAX_CONTACTS = 64;

    public ClientConfig {
        if (contacts.isEmpty() || contacts.size() > MAX_CONTACTS) {
            throw new IllegalArgumentException("a client needs 1 to 64 contact mailboxes, not " + contacts.size());
        }
        contacts = List.copyOf(contacts);
    }

    /** The service answers itself; without a token. */
    public ClientConfig(PublicKey service, List<Path> contacts, boolean allowPrivate, EndpointLimits limits) {
        this(service, service, contacts, allowPrivate, limits, null);
    }

    public ClientConfig withAnswering(PublicKey key) {
        return new ClientConfig(service, key, contacts, allowPrivate, limits, token);
    }

    public ClientConfig withToken(@Nullable Pass pass) {
        return new ClientConfig(service, answering, contacts, allowPrivate, limits, pass);
    }
}
