package org.schiltron.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;

/** Time to connect against the attackers' power, beside the fair-share prediction: as rows and as a drawing. */
final class DoorPicture {
    private static final double LEAST_A = 0.6;
    private static final double MOST_A = 170;
    private static final double LEAST_SECONDS = 0.1;
    private static final double MOST_SECONDS = 3_000;

    private DoorPicture() {
    }

    static String csv(List<DoorSiege.Seen> rows) {
        StringBuilder csv = new StringBuilder("a,attackers,clients,in,fair_s,mean_s,p50_s,p99_s,max_s,mean_trials,"
                + "going_bits,trials_over_going_rate,trials_over_fair,standing_mean\n");
        for (DoorSiege.Seen row : rows)
            csv.append(String.format(Locale.ROOT, "%d,%s,%d,%d,%.2f,%.2f,%.2f,%.2f,%.2f,%.1f,%d,%.2f,%.2f,%.1f%n",
                    row.a(), row.attackers().words, row.clients(), row.in(), row.fairSeconds(), row.meanSeconds(),
                    row.p50Seconds(), row.p99Seconds(), row.maxSeconds(), row.meanTrials(), row.goingBits(),
                    row.overKnowing(), row.overFair(), row.standing()));
        return csv.toString();
    }

    static String svg(List<DoorSiege.Seen> rows) {
        Chart chart = new Chart("Time to connect: mean (dot), median and 99th percentile (bar)",
                Axis.logarithmic("attackers' hash rate over the clients'", LEAST_A, MOST_A, new Axis.Tick(1, "1"),
                        new Axis.Tick(10, "10"), new Axis.Tick(100, "100")),
                Axis.logarithmic("", LEAST_SECONDS, MOST_SECONDS, new Axis.Tick(0.1, "0.1 s"), new Axis.Tick(1, "1 s"),
                        new Axis.Tick(10, "10 s"), new Axis.Tick(100, "100 s"), new Axis.Tick(1_000, "1000 s")));
        double[] powers = DoubleStream.iterate(LEAST_A, a -> a <= MOST_A, a -> a * 1.1).toArray();
        chart.reference("fair share: all hash rates / (own x nonces a second)", powers, Arrays.stream(powers)
                .map(a -> (1 + a) * DoorSiege.STANDING / DoorSiege.NONCES_PER_SECOND).toArray());
        for (DoorSiege.Seen row : rows)
            if (row.in() > 0)
                chart.point(series(row.attackers()), row.a() * shift(row.attackers()), row.meanSeconds(),
                        row.p50Seconds(), row.p99Seconds());
        for (DoorSiege.Attackers attackers : DoorSiege.Attackers.values())
            chart.name(series(attackers), switch (attackers) {
                case AT_ONCE -> "bots that solve and spend at once";
                case HOARD -> "bots that hoard solutions and spend them together";
                case MIXED -> "half of each";
            });
        return chart.svg(0, false);
    }

    private static int series(DoorSiege.Attackers attackers) {
        return switch (attackers) {
            case AT_ONCE -> 0;
            case HOARD -> 1;
            case MIXED -> 2;
        };
    }

    /** So that the three do not cover each other. */
    private static double shift(DoorSiege.Attackers attackers) {
        return switch (attackers) {
            case AT_ONCE -> 0.93;
            case HOARD -> 1;
            case MIXED -> 1.075;
        };
    }
}
