package org.schiltron.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.DoorLiar;
import org.schiltron.sim.Flood;
import org.schiltron.sim.LinkConfig;

/** Setup while half of the contact mailboxes are flooded or lie: another half, drawn, with each seed. */
final class DoorHalves {
    private static final int CONTACTS = 8;
    private static final int NONCES_PER_SECOND = 100;
    private static final int CLIENTS = 100;
    private static final long APART_NS = 200_000_000L;
    private static final double TRIALS_PER_SECOND = 1_000;
    private static final int PATIENCE_SECONDS = 60;
    private static final long FLOODED_MEGABITS = 2;
    private static final int FLOOD_TIMES = 4;
    private static final int FLOOD_BYTES = 1_200;

    /**
     * @param how     null: all contacts as they should be
     * @param in      open at both ends within 60 s of the last that came
     * @param p50Seconds until the service has heard from the client, of those who got in, as all of these
     */
    record Seen(String how, int clients, int in, double p50Seconds, double p99Seconds, double maxSeconds) {
    }

    private DoorHalves() {
    }

    /** Clients of several seeds together. */
    static Seen run(long firstSeed, int seeds, String how, DoorLiar.@Nullable Lie lie, boolean flooded) {
        int clients = 0;
        List<Double> in = new ArrayList<>(); // and not the clients, which hold their whole model
        for (int i = 0; i < seeds; i++) {
            for (DoorClient client : clients(firstSeed + i, lie, flooded)) {
                clients++;
                if (client.isIn())
                    in.add(client.provedSeconds());
            }
        }
        double[] seconds = in.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Seen(how, clients, seconds.length, DoorSiege.quantile(seconds, 0.5),
                DoorSiege.quantile(seconds, 0.99), DoorSiege.quantile(seconds, 1));
    }

    private static List<DoorClient> clients(long seed, DoorLiar.@Nullable Lie lie, boolean flooded) {
        DoorModel model = new DoorModel(seed, CONTACTS, NONCES_PER_SECOND, Liars.half(seed, CONTACTS, lie));
        if (flooded)
            flood(model, Liars.half(seed, CONTACTS));
        for (int i = 0; i < CLIENTS; i++) {
            model.knock(TRIALS_PER_SECOND);
            model.simulation.runFor(APART_NS);
        }
        for (int i = 0; i < PATIENCE_SECONDS && model.outside() > 0; i++)
            model.simulation.runFor(DoorModel.SECOND_NS);
        return model.clients;
    }

    /** Random datagrams, four times what the links take. */
    private static void flood(DoorModel model, Set<Integer> half) {
        LinkConfig link = LinkConfig.ofMegabits(FLOODED_MEGABITS).withDelayNs(5_000_000);
        for (int i : half) {
            model.mailboxes.get(i).links(link);
            long perSecond = FLOOD_TIMES * link.rateBytesPerSecond() / FLOOD_BYTES;
            model.simulation.add("flood " + i, new Flood(List.of(model.contacts.get(i)), perSecond, FLOOD_BYTES,
                    model.simulation.nowNs(), Long.MAX_VALUE, model.simulation.random("flood " + i)),
                    model.simulation.newAddress(9_000));
        }
        model.simulation.runFor(5 * DoorModel.SECOND_NS);
    }
}
