package org.schiltron.sim;

/** Which of the datagrams that wait at a link is sent next, and which are dropped. */
public sealed interface Discipline {
    /** First come, first served; dropped is what finds the queue full. */
    record DropTail() implements Discipline {
    }

    /**
     * Random early detection, gentle: {@link EarlyDrop}.
     *
     * @param leastBytes an average queue up to this drops nothing
     * @param mostBytes  an average queue of this drops {@code share}; twice this drops everything
     * @param share      of datagrams, before they are spread evenly; above 0, to 1
     * @param weight     of a new sample in the average; above 0, to 1
     */
    record Red(long leastBytes, long mostBytes, double share, double weight) implements Discipline {
        /** The weight and the share that the authors propose (Floyd and Jacobson 1993; Floyd 1997, "RED: discussions"). */
        public static final double WEIGHT = 0.002;
        public static final double SHARE = 0.1;

        public Red {
            if (leastBytes < 0 || mostBytes <= leastBytes)
                throw new IllegalArgumentException(
                        "RED between " + leastBytes + " and " + mostBytes + " bytes: the second must be more");
            if (!(share > 0 && share <= 1) || !(weight > 0 && weight <= 1))
                throw new IllegalArgumentException(
                        "RED with share " + share + ", weight " + weight + ": not in (0, 1]");
        }

        /** For a queue of that size: from a sixth of it on, everything when it is full on average. */
        public static Red of(long queueBytes) {
            return new Red(queueBytes / 6, Math.max(queueBytes / 6 + 1, queueBytes / 2), SHARE, WEIGHT);
        }
    }

    /**
     * Controlled delay (RFC 8289): {@link LinkQueue}.
     *
     * @param targetNs   a datagram may wait for so long
     * @param intervalNs if for so long all wait for longer, it drops
     */
    record CoDel(long targetNs, long intervalNs) implements Discipline {
        /** RFC 8289, sections 4.3 and 4.4. */
        public static final CoDel DEFAULT = new CoDel(5_000_000, 100_000_000);

        public CoDel {
            if (targetNs < 1 || intervalNs < targetNs)
                throw new IllegalArgumentException("CoDel with a target of " + targetNs + " ns and an interval of "
                        + intervalNs + " ns: must be positive, and the interval no less");
        }
    }

    /**
     * A queue for each flow, served in turn, each controlled by its delay (FQ-CoDel, RFC 8290). A flow is what goes from one
     * address and port to another.
     */
    record FairCoDel(CoDel each) implements Discipline {
        public static final FairCoDel DEFAULT = new FairCoDel(CoDel.DEFAULT);
    }

    /** Whether it decides when a datagram is to be sent, so that a {@link LinkQueue} must keep those that wait. */
    default boolean keepsQueue() {
        return switch (this) {
            case DropTail _,Red _ -> false;
            case CoDel _,FairCoDel _ -> true;
        };
    }
}
