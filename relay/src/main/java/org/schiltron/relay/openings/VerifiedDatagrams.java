package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.DatagramVerifier;
import org.schiltron.edge.Reading;
import org.schiltron.relay.PathProof;

/** Datagrams of a protocol that proves no address; only a grant does, which was earned over TCP. */
final class VerifiedDatagrams implements PathProof {
    private final @Nullable DatagramVerifier verifier;
    private final boolean byGrant;
    private boolean proved;

    /** @param byGrant whether it is let in by a grant alone */
    VerifiedDatagrams(@Nullable DatagramVerifier verifier, boolean byGrant) {
        this.verifier = verifier;
        this.byGrant = byGrant;
    }

    @Override
    public boolean onClientDatagram(ByteBuffer datagram) {
        return verifier == null || verifier.check(datagram) == Reading.OK;
    }

    @Override
    public Fate onBackendDatagram(ByteBuffer datagram) {
        return Fate.PASS;
    }

    @Override
    public boolean proved() {
        return proved;
    }

    @Override
    public void admitted(String service) {
        proved = byGrant;
    }
}
