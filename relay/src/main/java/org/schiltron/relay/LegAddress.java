package org.schiltron.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a leg's socket is bound and connected to: an authenticator of the ring (Mayday, section 3.4) as far as a socket
 * can show it. Any of the four may be the secret, so {@link #toString} tells none.
 *
 * @param local     the source address; null leaves it to the system
 * @param firstPort the lowest source port; 0 leaves it to the system
 * @param lastPort  the highest; as many legs to one destination can be open as there are ports
 * @param remote    the destination, resolved
 */
public record LegAddress(@Nullable InetAddress local, int firstPort, int lastPort, InetSocketAddress remote) {

    /** @throws IllegalArgumentException that says what is wrong */
    public LegAddress {
        if (remote.isUnresolved())
            throw new IllegalArgumentException("not resolved: " + remote.getHostString());
        if (remote.getPort() == 0)
            throw new IllegalArgumentException("port 0 is no destination");
        if (firstPort < 0 || lastPort > 65_535 || firstPort > lastPort || firstPort == 0 && lastPort != 0)
            throw new IllegalArgumentException(
                    "source ports " + firstPort + "-" + lastPort + " are not a range within 1-65535");
    }

    /** From any address and port. */
    public static LegAddress to(InetSocketAddress remote) {
        return new LegAddress(null, 0, 0, remote);
    }

    /** Whether the source port is part of it. */
    public boolean bindsPort() {
        return firstPort != 0;
    }

    @Override
    public String toString() {
        return "leg address" + (local == null ? "" : " with a source address")
                + (bindsPort() ? " with " + (lastPort - firstPort + 1) + " source ports" : "");
    }
}
