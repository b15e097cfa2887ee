package org.schiltron.host;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.PublicKey;

/**
 * The BitTorrent Mainline DHT, as far as records need it: mutable items (BEP 44). It comes with an optional module, which
 * {@link java.util.ServiceLoader} finds by its {@link Provider}. Used by one thread, but for {@link #progress}.
 */
public interface Dht extends AutoCloseable {
    /** What the optional module provides. */
    @FunctionalInterface
    interface Provider {
        /**
         * Joins as one that asks and is not asked (BEP 43). Where all nodes are loopback addresses it stays on loopback, and
         * takes many nodes at one address for what they say they are.
         *
         * @param nodes to begin with, maybe unresolved; at least one
         * @throws java.io.IOException if there is no way to, with the reason for a person
         */
        Dht open(List<InetSocketAddress> nodes) throws java.io.IOException;
    }

    /**
     * What the nodes nearest to some items said.
     *
     * @param items    at most one for each salt: of those that the key has signed the one with the highest sequence number
     * @param answered how many nodes answered at all
     * @param refused  how many handed out an item that the key has not signed
     */
    record Found(List<MutableItem> items, int answered, int refused) {
        public Found {
            items = List.copyOf(items);
        }
    }

    /**
     * What became of an item.
     *
     * @param asked    nodes that it was sent to
     * @param accepted of these, how many have taken it
     * @param latest   the highest sequence number found there before, -1 for none: if it is above the item's, the item was
     *                     sent to nobody
     * @param problem  what a node that did not take it said; empty if none said anything
     */
    record Placed(int asked, int accepted, long latest, String problem) {
    }

    /** Looks for the items of a key under these salts; what is not found in time is missing from the answer. */
    Found get(PublicKey key, List<byte[]> salts, Duration longest) throws InterruptedException;

    /** Hands a signed item to the nodes nearest to it, which keep it for about two hours. */
    Placed put(MutableItem item, Duration longest) throws InterruptedException;

    /** How many nodes have answered so far; from any thread. */
    int progress();

    @Override
    void close();
}
