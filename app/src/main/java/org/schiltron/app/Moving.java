package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.proof.HandOverSeal;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.HandOver;
import org.schiltron.swarm.ServiceConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A running service's side of {@code schiltron move}.
 *
 * @param key   what its end acts with; null where its swarm is embedded and ends with it
 * @param local where its socket is bound
 * @param open  mailboxes see its address: there are no ring nodes to go from
 */
record Moving(RoleProcess process, ProtectRole role, @Nullable Identity key, InetSocketAddress local, boolean open,
        PrintWriter out) {

    ObjectNode toRings(JsonNode request) {
        if (open)
            throw new Failure(Exit.USAGE,
                    "this service has no ring nodes, and the mailboxes have seen its address: start "
                            + "it anew with --ring, at an address they have not seen");
        if (key == null)
            throw new Failure(Exit.USAGE, "this service's ring nodes are embedded in its process");
        List<ServiceConfig.Ring> rings = new ArrayList<>();
        for (JsonNode text : request.path("rings")) {
            try {
                rings.add(ProtectSettings.ring(text.asString()));
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.USAGE, text.asString() + ": " + e.getMessage(), e);
            }
        }
        List<InetSocketAddress> peers = rings.stream().map(ring -> Addresses.toSocketAddress(ring.address())).toList();
        if (rings.isEmpty() || rings.size() > 64)
            throw new Failure(Exit.USAGE, rings.size() + " ring nodes: 1 to 64 are possible");
        if (new HashSet<>(peers).size() < peers.size())
            throw new Failure(Exit.USAGE, "one ring node is named twice");
        if (!UdpSettings.localFor(peers).equals(local))
            throw new Failure(Exit.USAGE, "the socket at " + Addresses.toText(local) + " does not reach "
                    + String.join(", ", peers.stream().map(Addresses::toText).toList()) + ": hand over with --to");
        role.moveTo(rings);
        String done = "moving to " + rings.size() + " ring node" + (rings.size() == 1 ? "" : "s")
                + ": mailboxes go over as each comes to work (schiltron status shows it)";
        out.println("move: " + done);
        return Json.MAPPER.createObjectNode().put("done", done);
    }

    ObjectNode handOver() {
        Identity by = key;
        if (by == null)
            throw new Failure(Exit.USAGE, "this service's swarm is embedded in its process, and ends with it");
        byte[] sessions = role.handOver();
        String done = "handed over " + sessions(new HandOver(sessions)) + ": start protect --resume there within "
                + HandOverSeal.GOOD_SECONDS + " s";
        out.println("move: " + done);
        ObjectNode answer = Json.MAPPER.createObjectNode().put("done", done).put("sessions",
                HandOverSeal.seal(by, Lifetime.nowEpochSeconds(), sessions, new Entropy()));
        process.leaveAfter(answer);
        return answer;
    }

    static String sessions(HandOver of) {
        return of.sessions() + (of.sessions() == 1 ? " session" : " sessions");
    }
}
