package org.schiltron.app;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.schiltron.scenario.Attack;
import org.schiltron.sim.PacketFlood;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron lab attack}. */
@Command(name = "attack", description = "Floods a host of the lab that is up, from others of its hosts.", footer = {"",
        "The packets are made in the model and never leave it: only what the scenario has can be a target. At most 10 minutes and",
        "100,000 packets a second.", "", "Examples:",
        "  schiltron lab attack --from bots --target web --rate 50Mbit --for 10s",
        "  schiltron lab attack --from bots --target web --kind syn --port 80 --spoof --rate 5Mbit --for 30s"})
final class LabAttack implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "HOST", description = "who sends: a host, or a group, of which each does")
    @SuppressWarnings("NullAway.Init")
    private String from;

    @Option(names = "--target", required = true, paramLabel = "HOST", description = "a host or group of the scenario, or the address of one")
    @SuppressWarnings("NullAway.Init")
    private String target;

    @Option(names = "--rate", required = true, paramLabel = "RATE", converter = BitRate.Converter.class, description = "of each sender, such as 50Mbit; up to 1Gbit")
    @SuppressWarnings("NullAway.Init")
    private BitRate rate;

    @Option(names = "--for", required = true, paramLabel = "TIME", description = "how long, such as 10s; up to 10m")
    @SuppressWarnings("NullAway.Init")
    private String time;

    @Option(names = "--kind", paramLabel = "KIND", description = "udp, syn or icmp (default udp)")
    private PacketFlood.Kind kind = PacketFlood.Kind.UDP;

    @Option(names = "--port", paramLabel = "N", description = "of the target (default 80)")
    private int port = 80;

    @Option(names = "--payload", paramLabel = "BYTES", description = "of a packet after its headers, 0 to 1400 (default 1000; a SYN has none)")
    private int payload = 1_000;

    @Option(names = "--spoof", description = "give each packet a source address at random")
    private boolean spoof;

    @Override
    public Integer call() {
        Attack attack = attack();
        LabCommand.checkAllowed();
        ObjectNode request = ControlClient.request("attack").put("from", attack.from()).put("target", attack.target())
                .put("kind", attack.kind().name()).put("port", attack.port())
                .put("rateBytesPerSecond", attack.rateBytesPerSecond()).put("payload", attack.payload())
                .put("spoofed", attack.spoofed()).put("durationNs", attack.durationNs());
        PrintWriter out = spec.commandLine().getOut();
        for (ObjectNode answer : ControlClient.askAll(ControlDirectory.ofUser(), "lab", request))
            out.printf(Locale.ROOT, "flooding %s with %,d packets a second for %s%n", target,
                    answer.path("packetsPerSecond").asLong(), time);
        return Exit.OK.code();
    }

    private Attack attack() {
        try {
            return new Attack(from, target, kind, port, (long) (rate.bitsPerSecond() / 8), payload, spoof,
                    Lifetime.seconds("--for", time) * 1_000_000_000L);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
