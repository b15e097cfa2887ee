package org.schiltron.enforce;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.PortRange;
import org.schiltron.filter.SecondaryKey;

/** Writes secondary keys (Mayday, section 4.1) into what this machine sends, since sockets cannot. */
public interface WordWriter extends AutoCloseable {
    /**
     * Packets, and what is written into them.
     *
     * @param from  the address they are sent from; null if it does not matter
     * @param ports from which of its ports; null if it does not matter
     * @param to    where they go: TCP or UDP, as the key's fields allow. Resolved
     * @param key   of so many bits as the place has
     */
    record Sending(@Nullable InetAddress from, @Nullable PortRange ports, InetSocketAddress to, SecondaryKey place,
            int key) {
        /** Without the key, which does not belong into a log. */
        @Override
        public String toString() {
            return "a secondary key of " + place.bits() + " bits";
        }

        boolean isIpv4() {
            return to.getAddress() instanceof Inet4Address;
        }
    }

    /**
     * Writes these from now on, and no others.
     *
     * @param all the later one counts where a packet is meant by two
     * @throws IOException if it cannot; what was written before still is
     */
    void write(List<Sending> all) throws IOException;

    /** Writes nothing any more. */
    @Override
    void close() throws IOException;
}
