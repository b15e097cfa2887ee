package org.schiltron.scenario;

import java.util.List;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.RuleSet;

/** One gate of a router's row, as a file has it. */
sealed interface GateSpec {
    /** The word in a file. */
    String word();

    /** Addresses: those of hosts' groups and those in prefixes. */
    record Ends(List<String> hosts, List<Prefix> prefixes) {
        /** All addresses there are. */
        static final Ends ALL = new Ends(List.of(), List.of());
    }

    /** Nobody but {@code from} reaches {@code to}. */
    record Only(Ends to, Ends from) implements GateSpec {
        @Override
        public String word() {
            return "only";
        }
    }

    /** What goes from there to there does not pass. */
    record Drop(Ends to, Ends from) implements GateSpec {
        @Override
        public String word() {
            return "drop";
        }
    }

    /**
     * Of what goes from there to there only so much passes.
     *
     * @param each  of each source address, or of all together
     * @param rate  of IP packets, in bytes a second
     * @param burst bytes
     */
    record Rate(Ends to, Ends from, boolean each, long rate, long burst) implements GateSpec {
        @Override
        public String word() {
            return "rate";
        }
    }

    /** Nothing passes from an address that does not lie where it comes from. */
    record ReversePath() implements GateSpec {
        @Override
        public String word() {
            return "reverse-path";
        }
    }

    /** To that service passes what it has asked for, once. */
    record Requested(String service) implements GateSpec {
        @Override
        public String word() {
            return "requested";
        }
    }

    /** What a file of rules lets pass (docs/RULES.md). */
    record Rules(RuleSet rules) implements GateSpec {
        @Override
        public String word() {
            return "rules";
        }
    }
}
