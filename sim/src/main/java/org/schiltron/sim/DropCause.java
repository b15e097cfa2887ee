package org.schiltron.sim;

/** Why the network lost a datagram. */
public enum DropCause {
    /** The link's queue had no room for it. */
    QUEUE(0),
    /** Lost on the link, by chance. */
    LOSS(1),
    /** Longer than the link carries. */
    MTU(2),
    /** The link is down. */
    DOWN(3),
    /** Sender and receiver are in different parts of a partitioned network. */
    PARTITION(4),
    /** No node has its destination address, or no way leads there. */
    NO_ROUTE(5),
    /** The receiver's NAT has no mapping for it. */
    NAT(6),
    /** The receiver's machine is not running, or what sent a whole packet is not. */
    DEAD(7),
    /** A tap took it. */
    TAP(8),
    /** A gate of a router refused it. */
    GATE(9),
    /** It had made as many hops as it may. */
    HOPS(10),
    /** It is no IP packet, or the receiver's machine speaks UDP and it is none. */
    MALFORMED(11),
    /** The queue's {@link Discipline} dropped it, although there was room. */
    EARLY(12);

    private final int code;

    DropCause(int code) {
        this.code = code;
    }

    /** 0 to 12, for counters and traces. */
    int code() {
        return code;
    }
}
