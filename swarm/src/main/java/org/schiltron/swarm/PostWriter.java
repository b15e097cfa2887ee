package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Post;

/** Makes and signs a service's posts: with work for mailboxes that ask newcomers for it, and with news of revoked tokens. */
final class PostWriter {
    private static final int MAX_REGISTRATIONS = 4 * 256;

    /** The cookie a puzzle has been solved for. */
    private record Registration(long cookie, long solution) {
    }

    private final DoorConfig config;
    private final ServiceKeys keys;
    private final RandomSource random;
    private final PublicKey service;
    private final byte[] delegation;
    private final Map<MailboxPath, Registration> registrations = new LinkedHashMap<>(); // oldest first
    private final Set<Long> revoked = new LinkedHashSet<>(); // newest last
    private final long startNs;
    private long aheadNs = Long.MIN_VALUE;
    private long number = Long.MIN_VALUE;

    /** @param startNs where posts' numbers begin: beyond those of the service's process before, also on another machine */
    PostWriter(DoorConfig config, ServiceKeys keys, long startNs, RandomSource random) {
        this.startNs = startNs;
        this.config = config;
        this.random = random;
        this.keys = keys;
        service = keys.service();
        delegation = keys.encodedDelegation();
    }

    /** Mailboxes are told with the next posts. */
    void revoke(long serial) {
        revoked.remove(serial);
        if (revoked.size() == ContactTerms.REVOKED)
            revoked.remove(revoked.iterator().next());
        revoked.add(serial);
    }

    /**
     * Sends a post.
     *
     * @param lifetimeMs 0: takes the nonces back
     * @param nonces     high and low halves, 1 to {@value Post#MAX_NONCES} of each
     * @return false at a mailbox that asks for more work than a post is worth
     */
    boolean write(long nowNs, MailboxPath path, int lifetimeMs, long[] nonces, TransmitSink sink) {
        Registration registration = registration(path);
        if (registration == null)
            return false;
        int told = Math.min(Post.MAX_REVOKED, revoked.size());
        long at = path.uplink.begin(sink, 0, path.link.address);
        MemorySegment s = sink.segment();
        int length = Post.write(s, at, 0, path.cookie(), service.idHigh(), service.idLow(), lifetimeMs,
                nonces.length / 2, config.kinds(), config.tokenSharePercent(), delegation.length > 0, told);
        for (int i = 0; i < nonces.length; i += 2)
            Post.putNonce(s, at, i / 2, nonces[i], nonces[i + 1]);
        if (aheadNs == Long.MIN_VALUE)
            aheadNs = startNs - nowNs;
        number = Math.max(number + 1, nowNs + aheadNs);
        Post.putTail(s, at, path.link.address.addressHigh(), path.link.address.addressLow(), path.link.address.port(),
                number, registration.solution, service.bytes());
        tell(s, at, told);
        if (delegation.length > 0)
            Post.putDelegation(s, at, delegation);
        Post.putSignature(s, at, length, keys.acting().sign(Post.signed(s, at, length)));
        path.uplink.end(sink, length);
        return true;
    }

    /** Some of the revoked tokens, drawn for each post: in turn, a mailbox in turn would hear of the same ones always. */
    private void tell(MemorySegment s, long at, int told) {
        List<Long> all = new ArrayList<>(revoked);
        for (int i = 0; i < told; i++) {
            Collections.swap(all, i, i + random.nextInt(all.size() - i));
            Post.putRevoked(s, at, i, all.get(i));
        }
    }

    private @Nullable Registration registration(MailboxPath path) {
        Registration known = registrations.get(path);
        if (known != null && known.cookie == path.cookie())
            return known;
        if (path.registrationBits() > ContactConfig.MAX_REGISTRATION_BITS)
            return null;
        byte[] target = new byte[HelloTarget.HASH];
        new HelloTarget().ofPost(path.link.address.addressHigh(), path.link.address.addressLow(),
                path.link.address.port(), service.bytes(), path.cookie(), target);
        HashPuzzle.Search search = new HashPuzzle.Search(target, path.cookie());
        while (search.bits() < path.registrationBits())
            search.run(256);
        Registration solved = new Registration(path.cookie(), search.solution());
        if (registrations.size() == MAX_REGISTRATIONS)
            registrations.remove(registrations.keySet().iterator().next()); // of a way that was replaced, likely
        registrations.put(path, solved);
        return solved;
    }
}
