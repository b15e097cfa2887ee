package org.schiltron.ring;

/**
 * Looks at one packet and says whether it goes on. A ring is an ordered row of gates behind one packet source: cheap and
 * stateless ones first, and those that consume something (a counter, a quota, a request) only after all that may still
 * refuse. Allocates nothing.
 */
@FunctionalInterface
interface Gate {
    /** The verdict that lets a packet go on; every other is the code of a {@link org.schiltron.machine.Drop}. */
    int FORWARD = 0;

    int verdict(RingPacket packet);

    /** The gates one after another, up to the first that refuses. */
    static Gate row(Gate... gates) {
        Gate[] row = gates.clone();
        return packet -> {
            for (Gate gate : row) {
                int verdict = gate.verdict(packet);
                if (verdict != FORWARD)
                    return verdict;
            }
            return FORWARD;
        };
    }
}
