package org.schiltron.filter;

/** What a rule does with the packets that meet its conditions. */
public sealed interface Action {
    /** The word in a file. */
    String word();

    /** Lets them pass. */
    record Allow() implements Action {
        @Override
        public String word() {
            return "allow";
        }
    }

    /** Drops them. */
    record Drop() implements Action {
        @Override
        public String word() {
            return "drop";
        }
    }

    /**
     * Drops what exceeds a rate, and hands the rest on to the rules that follow. In any t seconds no more than burst + rate t goes on.
     *
     * @param rate    a second: bytes of IP packets, or packets
     * @param burst   bytes or packets
     * @param packets whether packets are counted, or bytes
     * @param each    of each source address, or of all together
     */
    record Limit(long rate, long burst, boolean packets, boolean each) implements Action {
        @Override
        public String word() {
            return "limit";
        }
    }

    /** Lets pass what the addresses that the rule is about have asked mailboxes for, once; drops the rest (Phalanx, section 3.3). */
    record Requested() implements Action {
        @Override
        public String word() {
            return "requested";
        }
    }
}
