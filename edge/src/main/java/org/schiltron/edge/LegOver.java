package org.schiltron.edge;

/** Why a resumable leg is over. */
public enum LegOver {
    /** Both directions have ended, and everything has arrived. */
    FINISHED,
    /** One end reset it. */
    RESET,
    /** Without a carrier for too long. */
    ORPHANED,
    /** The landing refuses it. */
    REFUSED,
    /** At a landing: who started it never said anything. */
    UNCONFIRMED,
    /** At a landing: too many were without a carrier, and it was for the longest time. */
    DROPPED
}
