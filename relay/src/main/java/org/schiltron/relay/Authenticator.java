package org.schiltron.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What makes a packet one that the ring lets through (Mayday, section 3.4), as far as a socket can be bound to it: the
 * source address, the source port, the destination address and the destination port, of which any may be the secret.
 *
 * @param local     the source address; null leaves it to the system
 * @param firstPort the lowest source port; 0 leaves it to the system
 * @param lastPort  the highest; as many legs to one destination can be open as there are ports
 * @param remote    resolved
 */
public record Authenticator(@Nullable InetAddress local, int firstPort, int lastPort, InetSocketAddress remote) {

    /** @throws IllegalArgumentException that says what is wrong */
    public Authenticator {
        if (remote.isUnresolved())
            throw new IllegalArgumentException("not resolved: " + remote.getHostString());
        if (remote.getPort() == 0)
            throw new IllegalArgumentException("port 0 is no destination");
        if (firstPort < 0 || lastPort > 65_535 || firstPort > lastPort || firstPort == 0 && lastPort != 0)
            throw new IllegalArgumentException(
                    "source ports " + firstPort + "-" + lastPort + " are not a range within 1-65535");
    }

    /** None: from any address and port. */
    public static Authenticator to(InetSocketAddress remote) {
        return new Authenticator(null, 0, 0, remote);
    }

    /** Whether the source port is part of it. */
    public boolean bindsPort() {
        return firstPort != 0;
    }
}
