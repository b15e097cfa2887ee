package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SipHash;

/** A packet that was asked for: its nonce, where it was asked for, and what has become of it. */
class Outstanding {
    static final byte OPEN = 0;
    static final byte DONE = 1; // received or given up

    /** Null for the answer to a hello, and for the first packets of who has been answered. */
    final @Nullable Inbound inbound;
    final long index;
    final long nonceHigh;
    final long nonceLow;
    final long imageHigh;
    final long imageLow;
    final int shard;
    /** Index in the swarm list by the current set, and by the proposed one where it differs (else -1). */
    int member;
    int otherMember = -1;
    int lifetimeMs;
    int maxBody;
    /** The ways it was asked for by last, at {@link #member} and at {@link #otherMember}. */
    @Nullable
    MailboxPath path;
    @Nullable
    MailboxPath otherPath;
    /** Asked for again by another way: it may stand by either. */
    boolean moved;
    long requestedNs;
    long overtakenNs = -1;
    byte state = OPEN;

    Outstanding(@Nullable Inbound inbound, long index, long nonceHigh, long nonceLow, int shard) {
        this.inbound = inbound;
        this.index = index;
        this.nonceHigh = nonceHigh;
        this.nonceLow = nonceLow;
        this.shard = shard;
        imageHigh = SipHash.imageHigh(nonceHigh, nonceLow);
        imageLow = SipHash.imageLow(nonceHigh, nonceLow);
    }

    /** Whether both may travel in one GET. */
    boolean batchesWith(Outstanding other, int shards) {
        return shard % shards == other.shard % shards && lifetimeMs == other.lifetimeMs && maxBody == other.maxBody;
    }
}
