package org.schiltron.bench;

import java.util.List;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.ClientConfig;

/** Holders of valid tokens while others besiege the door, beside clients without one in calm. */
final class DoorTokens {
    private static final int HOLDERS = 60;
    private static final long APART_NS = 1_130_000_000L; // at every moment of the second in which a mailbox has its post
    private static final int SETTLE_SECONDS = 30;
    private static final int PATIENCE_SECONDS = 60;
    private static final long EXPIRES_SECONDS = 1_000_000;
    private static final int CONNECTIONS_PER_MINUTE = 60;

    /** @param a attackers' power over the standing clients' of {@link DoorSiege}; of those who got in p50, p99, max */
    record Seen(int a, boolean tokens, int clients, int in, double p50Ms, double p99Ms, double maxMs) {
        /** Round trips to a mailbox more than in calm, at the quantile where that is most. */
        double extraRoundTrips(Seen calm) {
            double most = Math.max(p50Ms - calm.p50Ms, Math.max(p99Ms - calm.p99Ms, maxMs - calm.maxMs));
            return Math.max(0, most / DoorModel.ROUND_TRIP_MS);
        }
    }

    private DoorTokens() {
    }

    static Seen run(long seed, int a, boolean tokens) {
        DoorModel model = new DoorModel(seed, DoorSiege.CONTACTS, DoorSiege.NONCES_PER_SECOND);
        if (a > 0)
            DoorSiege.attack(model, a, DoorSiege.Attackers.AT_ONCE);
        model.simulation.runFor(SETTLE_SECONDS * DoorModel.SECOND_NS);
        for (int i = 0; i < HOLDERS; i++) {
            Identity identity = Identity.generate(model.simulation.random("holder " + i));
            ClientConfig.Pass pass = null;
            if (tokens) {
                Token token = Token.issue(model.key, model.key.publicKey(), identity.publicKey(), i, EXPIRES_SECONDS,
                        CONNECTIONS_PER_MINUTE);
                pass = new ClientConfig.Pass(token.encode(), identity);
            }
            model.knock(identity, DoorSiege.TRIALS_PER_SECOND, pass);
            model.simulation.runFor(APART_NS);
        }
        for (int i = 0; i < PATIENCE_SECONDS && model.outside() > 0; i++)
            model.simulation.runFor(DoorModel.SECOND_NS);
        List<DoorClient> clients = model.clients;
        double[] ms = clients.stream().filter(DoorClient::isIn).mapToDouble(client -> 1e3 * client.connectSeconds())
                .sorted().toArray();
        return new Seen(a, tokens, clients.size(), ms.length, DoorSiege.quantile(ms, 0.5),
                DoorSiege.quantile(ms, 0.99), DoorSiege.quantile(ms, 1));
    }
}
