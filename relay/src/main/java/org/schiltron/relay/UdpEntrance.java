package org.schiltron.relay;

import java.net.InetSocketAddress;

/**
 * Where UDP clients come in.
 *
 * @param address what to listen on, resolved; port 0 picks one
 * @param opening decides about each flow
 * @param proof   follows each flow until its client has proved its address
 * @param dialer  the route to the services
 * @param limits  bounds
 */
public record UdpEntrance(InetSocketAddress address, DatagramOpening.Factory opening, PathProof.Factory proof,
        DatagramDialer dialer, FlowLimits limits) {
    /** To one service, straight from this node, for a protocol that proves nothing. */
    public static UdpEntrance straightTo(String service, InetSocketAddress address) {
        return new UdpEntrance(address, DatagramOpening.straightTo(service), PathProof.none(), new UdpDialer(),
                FlowLimits.defaults());
    }
}
