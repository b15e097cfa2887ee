package org.schiltron.ring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Enrol;

/**
 * Keys that may enrol, each with what is computed for it beforehand: about 0.1 ms of processor time a key, so make it on
 * another thread than the node's.
 */
public final class CustomerKeys {
    private final Map<PublicKey, SipHash> proofKeys = new LinkedHashMap<>(); // in the order given, never changed

    private CustomerKeys() {
    }

    /**
     * @param ring the node's own key
     * @param keys a key that comes twice counts once
     */
    public static CustomerKeys of(Identity ring, List<PublicKey> keys) {
        CustomerKeys made = new CustomerKeys();
        for (PublicKey key : keys)
            made.proofKeys.computeIfAbsent(key, k -> proofKey(ring, k));
        return made;
    }

    static SipHash proofKey(Identity ring, PublicKey key) {
        return SipHash.fromKey(ring.staticSecret(key, Enrol.PROOF_KEY, 16), 0);
    }

    Map<PublicKey, SipHash> proofKeys() {
        return proofKeys;
    }

    public int size() {
        return proofKeys.size();
    }
}
