package org.schiltron.overlays;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.schiltron.edge.Authenticator;
import org.schiltron.edge.AuthenticatorChoices;
import org.schiltron.edge.AuthenticatorField;
import org.schiltron.edge.AuthenticatorSchedule;
import org.schiltron.edge.IpAddress;
import org.schiltron.edge.PortRange;
import org.schiltron.filter.RuleGates;
import org.schiltron.filter.RulesFile;
import org.schiltron.machine.RandomSource;

/**
 * The ring before the service, as docs/EDGES.md sets it up: what the schedule of edges accepts at a time is written as a file
 * of rules, read as one, and judged by the gates in Java, which the other enforcers are compared with.
 */
final class Ring {
    /** The service's addresses, a /24 (Mayday, section 4.1), and the ports that may be its. */
    static final int NETWORK = 0xc000_0200; // 192.0.2.0
    static final int ADDRESSES = 256;
    static final PortRange PORTS = new PortRange(1_024, 65_535);

    /** A round of the games, and the default life of an authenticator with its overlap and lead. */
    static final long ROUND_MS = 15_000;
    private static final long LIFE_MS = 60_000;
    private static final long OVERLAP_MS = 5_000;
    private static final long EARLY_MS = 1_000;
    /** No multiple of the longest life, but of a short one: what stays does not change in between. */
    private static final long BEGIN_MS = 86_400_000;

    /** An egress's connections at a time: as many as the example of docs/EDGES.md. */
    private static final int SOURCE_PORTS = 1_000;

    private final Shows shows;
    private final AuthenticatorSchedule schedule;
    private final int[] egresses;
    private final int firstSourcePort;
    private final RandomSource random;

    /**
     * A time in which neither the rules nor what egresses show change.
     *
     * @param share    of its round
     * @param clients  share of the packets that egresses send for clients that passes
     * @param fromPort where the range of source ports begins
     */
    record Moment(double share, double clients, RuleGates gates, Authenticator shown, int fromPort) {
        /** What the egress with that address sends. */
        void show(int source, Probe probe) {
            show(shown, fromPort, source, probe);
        }

        private static void show(Authenticator shown, int fromPort, int source, Probe probe) {
            probe.from(source);
            probe.fromPort(fromPort);
            probe.to((int) Objects.requireNonNull(shown.destination()).low());
            probe.toPort(shown.destinationPort() == 0 ? Probe.PORT : shown.destinationPort());
            Integer key = shown.key();
            probe.word(key == null ? 0 : key);
        }
    }

    /** @param egresses their addresses */
    Ring(Shows shows, int[] egresses, RandomSource random) {
        this.shows = shows;
        this.random = random;
        List<IpAddress> addresses = shows.has(AuthenticatorField.DESTINATION_ADDRESS)
                ? IntStream.range(0, ADDRESSES).mapToObj(i -> address(NETWORK + i)).toList()
                : List.of(address(Probe.SERVICE));
        List<PortRange> ports = shows.has(AuthenticatorField.DESTINATION_PORT) ? List.of(PORTS) : List.of();
        AuthenticatorChoices choices = new AuthenticatorChoices(List.of(), List.of(), addresses, ports,
                shows.has(AuthenticatorField.KEY) ? Integer.SIZE : 0);
        byte[] secret = random.bytes(32);
        schedule = shows.changes()
                ? new AuthenticatorSchedule(secret, choices, LIFE_MS, OVERLAP_MS, EARLY_MS, 0)
                : new AuthenticatorSchedule(secret, choices, AuthenticatorSchedule.MAX_PERIOD_MS, 0, 0, 0);
        firstSourcePort = shows.has(AuthenticatorField.SOURCE_PORT)
                ? PORTS.first() + random.nextInt(PORTS.size() / SOURCE_PORTS) * SOURCE_PORTS
                : Probe.SOURCE_PORT;
        this.egresses = egresses.clone();
    }

    private static IpAddress address(int ipv4) {
        return new IpAddress(0, 0xffffL << 32 | ipv4 & 0xffff_ffffL);
    }

    /** The moments of a round, by the schedule's own word on when rules change. */
    List<Moment> moments(int round) {
        long begin = BEGIN_MS + round * ROUND_MS;
        long end = begin + ROUND_MS;
        List<Moment> moments = new ArrayList<>();
        for (long at = begin; at < end;) {
            long next = Math.min(end, schedule.nextRules(at));
            RuleGates gates = gates(rules(at), random);
            Authenticator shown = schedule.at(at);
            moments.add(new Moment((double) (next - at) / ROUND_MS, clients(gates, shown), gates, shown,
                    firstSourcePort));
            at = next;
        }
        return moments;
    }

    /** The file of rules of that time. */
    String rules(long atMs) {
        StringBuilder text = new StringBuilder("protects = [\"192.0.2.0/24\"]\notherwise = \"drop\"\n");
        for (Authenticator accepted : schedule.accepted(atMs)) {
            text.append("\n[[rule]]\ndo = \"allow\"\nprotocol = \"tcp\"\nto = [\"").append(accepted.destination())
                    .append("\"]\n");
            if (shows.has(AuthenticatorField.SOURCE_ADDRESS))
                text.append("from = [").append(String.join(", ",
                        IntStream.of(egresses).mapToObj(egress -> "\"" + address(egress) + "\"").toList()))
                        .append("]\n");
            if (shows.has(AuthenticatorField.SOURCE_PORT))
                text.append("source-port = \"").append(firstSourcePort).append('-')
                        .append(firstSourcePort + SOURCE_PORTS - 1).append("\"\n");
            if (shows.has(AuthenticatorField.DESTINATION_PORT))
                text.append("port = ").append(accepted.destinationPort()).append('\n');
            if (shows.has(AuthenticatorField.KEY))
                text.append(String.format(Locale.ROOT, "word = [{ in = \"payload\", at = 0, value = \"0x%08x\" }]\n",
                        accepted.key()));
        }
        return text.toString();
    }

    private double clients(RuleGates gates, Authenticator shown) {
        Probe probe = new Probe();
        int passing = 0;
        for (int egress : egresses) {
            Moment.show(shown, firstSourcePort, egress, probe);
            passing += probe.passes(gates) ? 1 : 0;
        }
        return (double) passing / egresses.length;
    }

    static RuleGates gates(String text, RandomSource random) {
        try {
            return new RuleGates(RulesFile.of(Path.of("matrix"), text), random, Arena.ofAuto(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e); // it is ours
        }
    }
}
