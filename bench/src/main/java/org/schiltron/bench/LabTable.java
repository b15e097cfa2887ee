package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.schiltron.host.TunPoll;

/**
 * {@code bench/run lab}: what real programs get across the lab, beside a loop that only copies packets between two TUN devices. Each
 * round measures all in turn; medians over the rounds, ratios within one.
 */
final class LabTable {
    private static final double WANTED_BITS = 1e9;
    private static final double WANTED_SHARE = 0.9;
    private static final double WANTED_JITTER_MS = 1;
    private static final double SHAPED_BITS = 100e6;
    private static final double SHAPED_ROUND_TRIP_MS = 40;
    private static final int WAKE_UPS = 1_000;
    private static final int WAKE_UP_MS = 10;
    private static final String UNSHAPED = """
            duration = "1s"
            [router.middle]
            [host.a]
            machine = "program"
            [host.b]
            machine = "program"
            """;
    private static final String SHAPED = """
            duration = "1s"
            [router.near]
            [router.far]
            [link.shared]
            between = ["near", "far"]
            rate = "100Mbit"
            delay = "20ms"
            [host.a]
            machine = "program"
            router = "near"
            [host.b]
            machine = "program"
            router = "far"
            """;

    /**
     * @param sleeperMs how late a thread that only sleeps wakes, in 99 of 100 cases: what the machine itself does
     * @param idleMs    how far round trips across the lab are from the model's
     * @param besideMs  the same beside a stream of half the rate
     */
    private record Round(double bareBits, double bareSmall, double bits, double small, double shapedBits,
            double sleeperMs, double idleMs, double besideMs) {
        static double off(double[] roundTripsMs, double wantedMs) {
            double[] off = Arrays.stream(roundTripsMs).map(ms -> Math.abs(ms - wantedMs)).sorted().toArray();
            return off[(int) Math.ceil(0.99 * off.length) - 1];
        }
    }

    private LabTable() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = new Options("lab").number("rounds", 3, 1, 50).number("seconds", 8, 2, 50).read(args);
        for (String program : List.of("ip", "iperf3", "ping")) {
            if (Scene.find(program) == null) {
                System.err.println(
                        "bench/run lab: needs " + program + " (Debian: iproute2, iperf3, iputils-ping), and root");
                System.exit(2);
            }
        }
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < options.get("rounds"); i++)
            rounds.add(round(options.get("seconds")));
        print(rounds, options.json());
    }

    private static Round round(int seconds) throws IOException, InterruptedException {
        double bareBits;
        double bareSmall;
        try (Scene scene = new Scene(); BareTunnel bare = new BareTunnel(scene)) {
            bare.path().bitsPerSecond(scene, 2); // compiles
            bareBits = bare.path().bitsPerSecond(scene, seconds);
            bareSmall = bare.path().smallPacketsPerSecond(scene, seconds);
        }
        LabPath path = new LabPath("schiltron-lab-a", "schiltron-lab-b", "b");
        double bits;
        double small;
        try (Scene scene = new Scene()) {
            up(scene, UNSHAPED);
            path.bitsPerSecond(scene, 4); // compiles
            bits = path.bitsPerSecond(scene, seconds);
            small = path.smallPacketsPerSecond(scene, seconds);
        }
        try (Scene scene = new Scene()) {
            up(scene, SHAPED);
            path.bitsPerSecond(scene, 4); // compiles
            double shaped = path.bitsPerSecond(scene, seconds);
            double sleeper = Round.off(wakeUpsMs(), WAKE_UP_MS);
            double idle = Round.off(path.roundTripsMs(scene), SHAPED_ROUND_TRIP_MS);
            Child stream = path.stream(scene, "50M", 60);
            double beside = Round.off(path.roundTripsMs(scene), SHAPED_ROUND_TRIP_MS);
            stream.end();
            return new Round(bareBits, bareSmall, bits, small, shaped, sleeper, idle, beside);
        }
    }

    /** How long a thread of the lab's kind sleeps that asks for {@link #WAKE_UP_MS}: four times in a round trip the lab waits so. */
    private static double[] wakeUpsMs() {
        double[] slept = new double[WAKE_UPS];
        try (TunPoll poll = new TunPoll(List.of())) {
            poll.punctual();
            for (int i = 0; i < WAKE_UPS; i++) {
                long beganNs = System.nanoTime();
                poll.await(WAKE_UP_MS * 1_000_000L);
                slept[i] = (System.nanoTime() - beganNs) * 1e-6;
            }
        }
        return slept;
    }

    private static void up(Scene scene, String scenario) throws IOException, InterruptedException {
        String file = scene.write("lab.toml", scenario).toString();
        scene.atEnd(() -> {
            try {
                new ProcessBuilder(Scene.schiltron("lab", "down")).redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
            } catch (IOException | InterruptedException e) {
                System.err.println("could not take the lab down: " + e);
            }
        });
        Child up = scene.start("lab up", Scene.schiltron("lab", "up", file));
        up.awaitExit();
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void print(List<Round> rounds, boolean json) {
        double bits = median(rounds, r -> r.bits);
        double share = median(rounds, r -> r.shapedBits) / SHAPED_BITS;
        double sleeper = median(rounds, Round::sleeperMs);
        double idle = median(rounds, Round::idleMs);
        double beside = median(rounds, Round::besideMs);
        double bare = median(rounds, r -> r.bareBits);
        double ofBare = median(rounds, r -> r.bits / r.bareBits);
        double small = median(rounds, r -> r.small);
        double bareSmall = median(rounds, r -> r.bareSmall);
        if (json)
            System.out.printf(Locale.ROOT,
                    "{\"bareBitsPerSecond\":%.0f,\"bitsPerSecond\":%.0f,\"ofBare\":%.3f,\"bareSmallPackets\":%.0f,"
                            + "\"smallPackets\":%.0f,\"shapedShare\":%.3f,\"sleeperMs\":%.3f,\"jitterMs\":%.3f,\"jitterBesideMs\":%.3f}%n",
                    bare, bits, ofBare, bareSmall, small, share, sleeper, idle, beside);
        else
            System.out.printf(Locale.ROOT, """
                    | | | wanted |
                    |---|---|---|
                    | copy loop: TCP, Gbit/s | %.2f | |
                    | lab, a path without rate or delay: TCP, Gbit/s | %.2f | %.0f |
                    | of the copy loop | %.2f | |
                    | copy loop: UDP packets of 64 bytes a second | %,.0f | |
                    | lab: the same | %,.0f | |
                    | 100 Mbit/s, 20 ms: TCP, of the rate | %.3f | %.1f |
                    | a thread that only sleeps: 99 of 100 times late by at most, ms | %.2f | |
                    | 100 Mbit/s, 20 ms: 99 of 100 round trips within, ms of the model's | %.2f | %.0f |
                    | beside 50 Mbit/s of UDP | %.2f | %.0f |
                    """, bare / 1e9, bits / 1e9, WANTED_BITS / 1e9, ofBare, bareSmall, small, share, WANTED_SHARE,
                    sleeper, idle, WANTED_JITTER_MS, beside, WANTED_JITTER_MS);
        if (bits < WANTED_BITS || share < WANTED_SHARE || idle > WANTED_JITTER_MS || beside > WANTED_JITTER_MS) {
            System.err.println("bench/run lab: a target is missed");
            System.exit(1);
        }
    }
}
