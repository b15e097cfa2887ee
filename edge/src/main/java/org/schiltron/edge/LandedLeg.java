package org.schiltron.edge;

import org.schiltron.machine.Machine;

/** A leg at its landing. */
final class LandedLeg implements Comparable<LandedLeg> {
    final int number;
    final LegId id;
    final byte[] secret;
    final Node ingress;
    final LegAsk ask;
    final LegEnd end = new LegEnd(false);
    int highestCarrier = 1;
    /** Something authentic came: it is no recording, and its backend is wanted. */
    boolean confirmed;
    boolean orphan;
    /** Since when it is an orphan or, until confirmed, since when it is here. */
    long sinceNs;
    /** Where it stands among the others' deadlines. */
    long deadlineNs = Machine.NO_DEADLINE;

    LandedLeg(int number, LegId id, byte[] secret, Node ingress, LegAsk ask, long nowNs) {
        this.number = number;
        this.id = id;
        this.secret = secret;
        this.ingress = ingress;
        this.ask = ask;
        sinceNs = nowNs;
    }

    /** By deadline. */
    @Override
    public int compareTo(LandedLeg other) {
        int compared = Long.compare(deadlineNs, other.deadlineNs);
        return compared != 0 ? compared : Integer.compare(number, other.number);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return number;
    }
}
