package org.schiltron.sessions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;
import org.schiltron.sim.Tap;
import org.schiltron.wire.Wire;

/** Throughput while half of the mailboxes drop three quarters of what comes (Phalanx, section 4.2 and figure 5). */
final class Attack {
    static final int SECONDS = 40;
    static final int FROM_SECOND = 12;
    static final int ATTACKED = 5;
    static final double DROPPED = 0.75;
    /** Holds an average of 25 packets a second: less what stands between second marks. */
    private static final double HELD = 24.5;
    /** What is left of datagrams where nobody reacts. */
    private static final double LEFT = 1 - DROPPED * ATTACKED / Detours.MAILBOXES;

    /** What is sent, and what an attacked mailbox drops. */
    private enum Kind {
        STREAM("stream, data dropped", false, false), STREAM_ALL("stream, everything dropped", false,
                true), DATAGRAMS("datagrams, data dropped", true,
                        false), DATAGRAMS_ALL("datagrams, everything dropped", true, true);

        final String words;
        final boolean datagrams;
        final boolean everything;

        Kind(String words, boolean datagrams, boolean everything) {
            this.words = words;
            this.datagrams = datagrams;
            this.everything = everything;
        }
    }

    /** Of one run: packets that the program got in each second, and that left the client. */
    private record Run(double[] received, double[] sent) {
        double meanAfter() {
            return Arrays.stream(received, FROM_SECOND, SECONDS).average().orElse(0);
        }

        double leastAfter() {
            return Arrays.stream(received, FROM_SECOND, SECONDS).min().orElse(0);
        }

        double sentBefore() {
            return Arrays.stream(sent, 1, FROM_SECOND).average().orElse(0);
        }

        double sentAfter() {
            return Arrays.stream(sent, FROM_SECOND, SECONDS).average().orElse(0);
        }
    }

    private final Setup setup;
    private final Scene scene;
    private final Scene.Pair pair;
    private final Map<Kind, List<Run>> runs = new EnumMap<>(Kind.class);

    private Attack(Setup setup) throws IOException {
        this.setup = setup;
        scene = setup.scene();
        pair = scene.sample();
        for (Kind kind : Kind.values()) {
            List<Run> all = new ArrayList<>();
            for (int i = 0; i < setup.pairs(); i++)
                all.add(played(kind, i));
            runs.put(kind, all);
        }
    }

    static Experiment run(Setup setup) throws IOException {
        return new Attack(setup).experiment();
    }

    private Run played(Kind kind, int number) {
        Overlay overlay = scene.opened(pair, scene.detours.least(pair.client(), pair.service()), number);
        if (overlay == null)
            throw new IllegalArgumentException("loss " + setup.loss() + ": no session after a minute");
        SeededRandom random = overlay.simulation.random("attack");
        overlay.simulation.after(FROM_SECOND * Overlay.SECOND_NS, () -> attack(overlay, kind.everything, random));
        if (!kind.datagrams) {
            SteadyStream stream = new SteadyStream(overlay, SECONDS);
            stream.run();
            return new Run(stream.received(), stream.sent());
        }
        Probes probes = new Probes(overlay, SECONDS * Probes.PER_SECOND, false);
        double[] sent = probes.sentBySecond(SECONDS);
        return new Run(probes.receivedBySecond(SECONDS), sent);
    }

    /** The five that the others would have to make up for most: those of least detour. */
    private static void attack(Overlay overlay, boolean everything, SeededRandom random) {
        for (int i = 0; i < ATTACKED; i++)
            overlay.mailboxes().get(i).downlink().tap((_, datagram) -> (everything || datagram.at(0) == Wire.PUT)
                    && random.nextDouble() < DROPPED ? Tap.DROP : Tap.PASS);
    }

    private List<Run> of(Kind kind) {
        return runs.getOrDefault(kind, List.of());
    }

    private Experiment experiment() {
        Run shown = of(Kind.STREAM).getFirst();
        List<List<Object>> seconds = new ArrayList<>();
        for (int i = 0; i < SECONDS; i++) {
            List<Object> row = new ArrayList<>(List.of(i, shown.sent[i], shown.received[i]));
            for (Kind kind : List.of(Kind.STREAM_ALL, Kind.DATAGRAMS, Kind.DATAGRAMS_ALL))
                row.add(of(kind).getFirst().received[i]);
            seconds.add(row);
        }
        List<List<Object>> kinds = new ArrayList<>();
        for (Kind kind : Kind.values())
            kinds.add(List.of(kind.words, mean(kind, Run::meanAfter), least(kind, Run::meanAfter),
                    mean(kind, Run::leastAfter), least(kind, Run::leastAfter), mean(kind, Run::sentBefore),
                    mean(kind, Run::sentAfter)));
        return new Experiment("fig5", "Phalanx, figure 5: throughput while half of the mailboxes drop 75 %", facts(),
                claims(),
                List.of(new Table("Packets a second, first run",
                        List.of("second", "sent", "received", "all_dropped", "datagrams", "datagrams_all_dropped"),
                        seconds),
                        new Table("From the attack on, " + setup.pairs() + " runs", List.of("kind", "received",
                                "worst_run", "least_second", "worst_second", "sent_before", "sent_after"), kinds)),
                List.of(new Experiment.Named("fig5", chart(shown))));
    }

    private double mean(Kind kind, ToDoubleFunction<Run> of) {
        return of(kind).stream().mapToDouble(of).average().orElse(0);
    }

    private double least(Kind kind, ToDoubleFunction<Run> of) {
        return of(kind).stream().mapToDouble(of).min().orElse(0);
    }

    private List<Experiment.Claim> claims() {
        List<Experiment.Claim> claims = new ArrayList<>();
        double worst = least(Kind.STREAM, Run::meanAfter);
        claims.add(new Experiment.Claim("Section 4.2: the receiver maintains an average of 25 packets per second",
                "a stream of that rate: at least " + HELD + " a second from the attack on, in every run",
                String.format(Locale.ROOT, "%.2f in the mean, %.2f in the worst run", mean(Kind.STREAM, Run::meanAfter),
                        worst),
                worst >= HELD, ""));
        double before = mean(Kind.STREAM, Run::sentBefore);
        double after = mean(Kind.STREAM, Run::sentAfter);
        boolean always = of(Kind.STREAM).stream().allMatch(run -> run.sentAfter() > run.sentBefore());
        claims.add(new Experiment.Claim("Section 4.2: the loss is made up for by a higher sending rate",
                "more packets leave the sender than before, in every run",
                String.format(Locale.ROOT, "%.1f instead of %.1f a second", after, before), always, ""));
        double second = least(Kind.STREAM, Run::leastAfter);
        claims.add(new Experiment.Claim("", "no second of any run has less than half of the rate",
                String.format(Locale.ROOT, "%.1f packets in the worst second", second), second >= 12.5,
                "What falls into the first second or two of the attack is lost before anybody knows, and comes later."));
        double all = least(Kind.STREAM_ALL, Run::meanAfter);
        claims.add(new Experiment.Claim(
                "Section 4.2: this might occur if the mailboxes themselves were being flooded",
                "requests dropped like data, everything that comes: the same average",
                String.format(Locale.ROOT, "%.2f in the mean, %.2f in the worst run",
                        mean(Kind.STREAM_ALL, Run::meanAfter), all),
                all >= HELD, "A flooded mailbox does not tell requests from data."));
        double datagrams = least(Kind.DATAGRAMS, Run::meanAfter);
        claims.add(new Experiment.Claim("",
                "datagrams, which are not sent again when they are lost: nine of ten come, in every run",
                String.format(Locale.ROOT, "%.2f in the mean, %.2f in the worst run; %.1f would be left of 25",
                        mean(Kind.DATAGRAMS, Run::meanAfter), datagrams, LEFT * Probes.PER_SECOND),
                datagrams >= 0.9 * Probes.PER_SECOND, ""));
        return claims;
    }

    private String chart(Run shown) {
        double[] at = new double[SECONDS];
        Arrays.setAll(at, i -> i + 0.5);
        Chart chart = new Chart("5 of 10 mailboxes drop 75 % from 12 s on",
                Axis.linear("seconds", 0, SECONDS, new Axis.Tick(0, "0"), new Axis.Tick(12, "12"),
                        new Axis.Tick(20, "20"), new Axis.Tick(30, "30"), new Axis.Tick(40, "40")),
                Axis.linear("packets a second", 0, 80, new Axis.Tick(0, "0"), new Axis.Tick(10, "10"),
                        new Axis.Tick(25, "25"), new Axis.Tick(50, "50"),
                        new Axis.Tick(80, "80")));
        chart.line(1, "sent", at, shown.sent);
        chart.line(0, "received, stream", at, shown.received);
        chart.line(2, "received, datagrams", at, of(Kind.DATAGRAMS).getFirst().received);
        return chart.svg(0.6, true);
    }

    private List<String> facts() {
        return List.of(scene.words(), Loss.lossWords(setup), String.format(Locale.ROOT,
                "hosts %d and %d (%.1f ms), ten mailboxes of least detour and no others; 25 packets of 800 bytes a second; %d runs of each kind, %d s",
                pair.client(), pair.service(), scene.rtt.ms(pair.client(), pair.service()), setup.pairs(), SECONDS),
                "from 12 s on the five nearest of the ten drop 75 % of the packets put there, as the paper's do, or of everything that comes",
                "the paper's receiver asks for 25 packets a second; here a session's receiver asks for no fewer than 50, and the program sends 25",
                "received: a stream's bytes in packets' worth, or datagrams, at the program; sent: all packets that leave the client, those that only acknowledge and copies too");
    }
}
