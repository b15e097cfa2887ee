package org.schiltron.swarm;

/**
 * A session at one moment.
 *
 * @param client         the client's id as text
 * @param rttNs          smoothed round trip, -1 while unknown
 * @param sendLoss       share of packets sent that were lost lately, 0 to 1
 * @param advertisedRate packets a second this side is willing to receive
 * @param deliveredRate  packets a second that arrive
 * @param grantedRate    packets a second the peer is willing to receive
 * @param inboundSet     mailboxes packets come through
 * @param outboundSet    mailboxes packets go through
 * @param openGets       packets asked for that have not come
 */
public record SessionStatus(String client, boolean open, long rttNs, double sendLoss, double advertisedRate,
        double deliveredRate, double grantedRate, int inboundSet, int outboundSet, int openGets, int streams,
        long packetsIn, long packetsOut, long bytesIn, long bytesOut) {
}
