package org.schiltron.relay.routes;

import org.schiltron.edge.Trunk;

/** Room for what passes in one call, one for each loop: 256 KiB. Nothing stays in it. */
final class Buffers {
    /** What comes from a connection. */
    final byte[] in = new byte[64 << 10];
    /** What is sealed for a connection. */
    final byte[] out = new byte[4 * Trunk.MAX_TAKE];
    /** What passes from port to port. */
    final byte[] between = new byte[64 << 10];
    /** What passes inside a port. */
    final byte[] inside = new byte[64 << 10];
}
