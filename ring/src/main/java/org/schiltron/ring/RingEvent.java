package org.schiltron.ring;

import org.schiltron.machine.Path;
import org.schiltron.proof.PublicKey;

/** What a ring node tells its host. */
public sealed interface RingEvent {
    /** A customer's process came to life, or renewed its keys: its first authentic datagram under them is in. */
    record Joined(int number, PublicKey customer, Path address) implements RingEvent {
    }

    /** Without a list, this key came first and is from now on the only customer. */
    record FirstCustomer(PublicKey customer, Path address) implements RingEvent {
    }

    /** A customer's process was silent for too long, made room for another of its key, or its key is no longer listed. */
    record Left(int number) implements RingEvent {
    }
}
