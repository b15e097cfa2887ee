package org.schiltron.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;

/**
 * Who signs for a service: the service's own key, or a delegate's with its delegation.
 *
 * @param delegation null for the service's own
 */
record Issuer(Identity key, PublicKey service, @Nullable Delegation delegation) {
    /** @param delegation a file, or null */
    static Issuer read(Path keyFile, @Nullable Path delegation, Use use) {
        Identity key = KeyFiles.read(keyFile);
        if (delegation == null)
            return new Issuer(key, key.publicKey(), null);
        Delegation given = TextFiles.read(delegation, Delegation::parse);
        if (given.delegate().equals(key.publicKey())) {
            String why = given.check(given.service(), use, Lifetime.nowEpochSeconds());
            if (why != null)
                throw new Failure(Exit.FILE, delegation + ": " + why);
        } else if (!given.service().equals(key.publicKey())) {
            throw new Failure(Exit.FILE, delegation + ": delegates to " + given.delegate() + ", not to the key of "
                    + keyFile);
        }
        return new Issuer(key, given.service(), given);
    }
}
