package org.schiltron.app;

import org.schiltron.host.RelayDrop;
import org.schiltron.host.TrafficCounters;
import org.schiltron.swarm.SessionStatus;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What both ends of a session report alike. */
final class RelayReport {
    private RelayReport() {
    }

    static void measure(Metrics metrics, String instance, TrafficCounters traffic) {
        metrics.gauge("schiltron_connections", "TCP connections open", instance,
                () -> (double) traffic.connectionsOpen());
        metrics.gauge("schiltron_connections_opened", "TCP connections since the start", instance,
                () -> (double) traffic.connectionsTotal());
        metrics.gauge("schiltron_connections_refused", "TCP connections closed before any byte crossed", instance,
                () -> (double) traffic.connectionsRefused());
        metrics.gauge("schiltron_connections_reset", "TCP connections ended by a reset", instance,
                () -> (double) traffic.connectionsReset());
        metrics.add(instance, traffic);
        metrics.gauge("schiltron_accept_pauses", "times that accepting paused, for want of file descriptors mostly",
                instance, () -> (double) traffic.acceptErrors());
        metrics.gauge("schiltron_udp_flows", "UDP flows remembered", instance, () -> (double) traffic.flowsOpen());
        metrics.gauge("schiltron_tunnel_bytes_in", "bytes from local programs into sessions", instance,
                () -> (double) traffic.bytesIn());
        metrics.gauge("schiltron_tunnel_bytes_out", "bytes from sessions to local programs", instance,
                () -> (double) traffic.bytesOut());
    }

    static void traffic(ObjectNode status, TrafficCounters traffic) {
        ObjectNode node = status.putObject("traffic").put("connections", traffic.connectionsOpen())
                .put("connectionsTotal", traffic.connectionsTotal())
                .put("connectionsRefused", traffic.connectionsRefused())
                .put("connectionsReset", traffic.connectionsReset()).put("acceptPauses", traffic.acceptErrors())
                .put("udpFlows", traffic.flowsOpen())
                .put("bytesIn", traffic.bytesIn()).put("bytesOut", traffic.bytesOut())
                .put("datagramsDropped", traffic.datagramsDropped());
        for (RelayDrop reason : RelayDrop.values())
            if (traffic.dropped(reason) > 0)
                node.put(reason.label(), traffic.dropped(reason));
    }

    static void session(ArrayNode sessions, SessionStatus session) {
        ObjectNode node = sessions.addObject().put("client", session.client()).put("open", session.open());
        if (session.rttNs() >= 0)
            node.put("rttMs", ms(session.rttNs()));
        node.put("sendLoss", share(session.sendLoss()))
                .put("advertisedPacketsPerSecond", Math.round(session.advertisedRate()))
                .put("deliveredPacketsPerSecond", Math.round(session.deliveredRate()))
                .put("grantedPacketsPerSecond", Math.round(session.grantedRate()))
                .put("mailboxesIn", session.inboundSet()).put("mailboxesOut", session.outboundSet())
                .put("openGets", session.openGets()).put("streams", session.streams())
                .put("packetsIn", session.packetsIn()).put("packetsOut", session.packetsOut())
                .put("bytesIn", session.bytesIn()).put("bytesOut", session.bytesOut());
    }

    /** To four decimals: none of the shares is known better. */
    static double share(double of) {
        return Math.round(of * 1e4) / 1e4;
    }

    static double ms(long ns) {
        return Math.round((double) ns / 1e4) / 100.0;
    }
}
