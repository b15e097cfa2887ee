package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;

/**
 * Who a service is, and who acts for it.
 *
 * @param service    by which clients know it
 * @param acting     answers hellos, signs posts and the swarm list, is a customer of ring nodes: the service's own key, or a
 *                   delegate's while that stays offline
 * @param delegation what makes {@code acting} the service's: for handshakes and batches; null if it is the service's own
 */
public record ServiceKeys(PublicKey service, Identity acting, @Nullable Delegation delegation) {
    private static final byte[] NONE = {};

    public ServiceKeys {
        boolean own = service.equals(acting.publicKey());
        boolean delegated = delegation != null && delegation.service().equals(service)
                && delegation.delegate().equals(acting.publicKey()) && delegation.allows(Use.HANDSHAKES)
                && delegation.allows(Use.BATCHES);
        if (!own && !delegated)
            throw new IllegalArgumentException("the key has no delegation for handshakes and batches");
    }

    /** The service's own key does all. */
    public static ServiceKeys own(Identity service) {
        return new ServiceKeys(service.publicKey(), service, null);
    }

    byte[] encodedDelegation() {
        return delegation == null ? NONE : delegation.encode();
    }
}
