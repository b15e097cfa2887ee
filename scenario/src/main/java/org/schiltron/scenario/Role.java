package org.schiltron.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.DoorLiar;
import org.schiltron.sim.HostileClient;
import org.schiltron.sim.LyingMailbox;

/** What runs on a host. Hosts are named by their groups: a group stands for all its members. */
sealed interface Role {
    /** The word in a file. */
    String word();

    /**
     * @param lie  null for one that relays honestly
     * @param door null for one that is honest to those who knock
     */
    record Mailbox(LyingMailbox.@Nullable Lie lie, DoorLiar.@Nullable Lie door) implements Role {
        @Override
        public String word() {
            return "mailbox";
        }
    }

    /**
     * A place for real programs, in the lab; in a simulation it takes what comes and says nothing.
     *
     * @param addresses of IPv4, one after another
     * @param countsIds whether packets without an id get one from a counter, as stacks of old gave it
     */
    record Program(int addresses, boolean countsIds) implements Role {
        /** The others of its /24 belong to nobody else. */
        static final int MAX_ADDRESSES = 250;

        @Override
        public String word() {
            return "program";
        }
    }

    /** Its customers are the services that name it. */
    record Ring() implements Role {
        @Override
        public String word() {
            return "ring";
        }
    }

    record Service(List<String> mailboxes, List<String> rings) implements Role {
        @Override
        public String word() {
            return "service";
        }
    }

    /**
     * Connects, and asks for answers.
     *
     * @param contacts        groups of mailboxes; empty for the first few of the service's
     * @param everyNs         0 for one after another
     * @param requests        the most of one client
     * @param patienceNs      an answer that is not whole by then has failed
     * @param trialsPerSecond at puzzles
     */
    record Client(String service, List<String> contacts, long startNs, int requestBytes, int answerBytes, long everyNs,
            long requests, long patienceNs, long trialsPerSecond) implements Role {
        @Override
        public String word() {
            return "client";
        }
    }

    /**
     * A client with a key of its own that breaks rules.
     *
     * @param victim the host it names as its mailbox, for that trick; empty for the others
     */
    record Hostile(HostileClient.Trick trick, String service, String victim) implements Role {
        @Override
        public String word() {
            return "hostile-client";
        }
    }

    /**
     * Sees what crosses some hosts' links and forges messages from that, in anybody's name.
     *
     * @param watch   groups whose access links it sees; it takes some of what goes there
     * @param service whose mailboxes and ring nodes it sends to
     * @param everyNs between two
     */
    record Forger(List<String> watch, String service, long everyNs, long startNs, long endNs) implements Role {
        @Override
        public String word() {
            return "forger";
        }
    }

    /**
     * Sends at a steady rate, each datagram to one of the targets at random.
     *
     * @param kind    what it sends
     * @param as      whose addresses its datagrams bear; empty for its own
     * @param rate    of IP packets, in bytes a second, of each member
     * @param payload bytes of UDP payload
     * @param packet  bytes with headers
     */
    record Flood(Kind kind, List<String> targets, List<String> as, long rate, int payload, int packet, long startNs,
            long endNs) implements Role {
        /** What a flood consists of. */
        enum Kind {
            /** Random bytes. */
            RANDOM,
            /** Data messages that are well formed, with numbers and nonces at random. */
            DATA,
            /** What is well formed for a ring node, and nobody asked for. */
            RING,
            /** Requests for cookies: what a mailbox answers to anybody. */
            COOKIE_REQUESTS
        }

        @Override
        public String word() {
            return "flood";
        }

        /** At least 1. */
        long packetsPerSecond() {
            return packetsPerSecond(rate);
        }

        /** At least 1, but for a rate of 0. */
        long packetsPerSecond(long otherRate) {
            return otherRate == 0 ? 0 : Math.max(1, otherRate / packet);
        }
    }
}
