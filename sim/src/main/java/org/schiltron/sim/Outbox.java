package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** Where machines write what they send, one machine at a time: slots of the network's store itself, so that nothing is copied. */
final class Outbox implements TransmitSink {
    private static final int NONE = -1;

    private final Network network;
    private final PacketStore store;
    private @Nullable Node<?, ?> sender;
    private int claimed = NONE; // the slot that the sender writes into
    private int claimedLength;

    Outbox(Network network, PacketStore store) {
        this.network = network;
        this.store = store;
    }

    /** Between this and {@link #close} it is this node's. */
    void open(Node<?, ?> node) {
        sender = node;
    }

    void close() {
        sender = null;
        forgetClaim();
    }

    boolean isOpen() {
        return sender != null;
    }

    private void forgetClaim() {
        if (claimed != NONE)
            store.release(claimed);
        claimed = NONE;
        claimedLength = 0;
    }

    @Override
    public MemorySegment segment() {
        return store.segment(claimed());
    }

    private int claimed() {
        if (claimed == NONE)
            throw new AssertionError("has claimed nothing");
        return claimed;
    }

    /** A slot of the store itself, so that nothing is copied. */
    @Override
    public long claim(int maxLength) {
        if (maxLength < 1 || maxLength > MAX_DATAGRAM)
            throw new AssertionError("claims " + maxLength + " bytes");
        if (claimed == NONE || !store.fits(claimed, maxLength)) {
            forgetClaim();
            claimed = store.allocate(maxLength);
        }
        claimedLength = maxLength;
        return store.offset(claimed);
    }

    /** The claimed slot, or where that has room for twice the length and more, a copy in a slot that has not. */
    private int committed(int length) {
        int slot = claimed();
        if (length < 1 || length > claimedLength)
            throw new AssertionError("commits " + length + " bytes of " + claimedLength);
        claimedLength = 0;
        if (store.fits(slot, length)) {
            claimed = NONE;
            store.setLength(slot, length);
            return slot;
        }
        int shorter = store.allocate(length);
        store.write(shorter, store.segment(slot), store.offset(slot));
        return shorter;
    }

    @Override
    public void commit(Path to, int length) {
        network.send(Objects.requireNonNull(sender), committed(length), to);
    }
}
