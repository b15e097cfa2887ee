package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.figures.Axis;
import org.schiltron.figures.Chart;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/** Every number of Mayday's section 5, and the port scan of 4.1, from the paper's own parameters. */
final class Scans {
    /** Bytes of IP in a full-size packet (section 5). */
    private static final int FULL = 1_500;
    /** Bytes on an Ethernet that the smallest packet takes: 64 of frame, 8 of preamble, 12 of gap. */
    private static final int SMALLEST = 84;
    private static final double T1_BITS = 1.54e6;
    private static final int PORTS = 64_000;
    /** The overlay of section 5's example, that of section 4.3, and that of the SOS paper. */
    private static final int[] NODES = {100, 1_000, 10_000};
    /** "Many of the IP ID attacks take about 10 packets per attempted key." */
    private static final int PER_KEY = 10;
    /** "More than 30 % of observed ... attacks involved 1000 packets per second or more." */
    private static final double COMMON = 1_000;
    private static final double COMMON_SHARE = 0.3;
    /** "About 5 % of them involved more than 10,000." */
    private static final double TOP = 10_000;
    private static final double DAY = 86_400;
    /** "About": a tenth more or less. */
    private static final double ABOUT = 0.1;

    private final List<List<Object>> rows = new ArrayList<>();

    private Scans() {
    }

    static Experiment run() {
        return new Scans().experiment();
    }

    static double packetsPerSecond(double bitsPerSecond, int bytes) {
        return bitsPerSecond / (8.0 * bytes);
    }

    /** Seconds to try all keys. */
    static double whole(double keys, int packetsPerKey, double packetsPerSecond) {
        return keys * packetsPerKey / packetsPerSecond;
    }

    /** Seconds until the first of {@code valid} keys, in the mean: keys are tried in any order, none twice. */
    static double mean(double keys, int valid, int packetsPerKey, double packetsPerSecond) {
        return (keys + 1) / (valid + 1) * packetsPerKey / packetsPerSecond;
    }

    private Experiment experiment() {
        double portScan = whole(PORTS, 1, packetsPerSecond(100e6, FULL));
        row("4.1", "64,000 ports at 100 Mbit/s, full-size packets", 11, portScan, "s");
        row("4.1", "the same, smallest packets", 11, whole(PORTS, 1, packetsPerSecond(100e6, SMALLEST)), "s");
        double t1 = packetsPerSecond(T1_BITS, FULL);
        row("5", "a T1, full-size packets", 128, t1, "packets/s");
        row("5", "1,000 packets/s over that (nearly an order of magnitude)", 10, COMMON / t1, "times");
        row("5", "10 Mbit/s, full-size packets", 830, packetsPerSecond(10e6, FULL), "packets/s");
        double hundred = packetsPerSecond(100e6, FULL);
        row("5", "100 Mbit/s, full-size packets (less than 10,000)", "< 10,000", hundred, "packets/s", hundred < TOP);
        double smallest = packetsPerSecond(100e6, SMALLEST);
        row("5", "the same, smallest packets", "< 10,000", smallest, "packets/s", smallest < TOP);
        row("5", "10,000 packets/s over 50 nodes", 200, TOP / 50, "packets/s");
        double rounds = Halving.fewest(NODES[0]) + 1;
        row("5", "rounds against 100 nodes (under 8)", "< 8", rounds, "at most", rounds < 8);
        row("5", "destination port, all keys tried", 300, whole(PORTS, PER_KEY, COMMON), "s");
        double port = mean(PORTS, 1, PER_KEY, COMMON);
        row("5", "destination port, mean", 300, port, "s");
        double[] egress = new double[NODES.length];
        double[] both = new double[NODES.length];
        for (int i = 0; i < NODES.length; i++) {
            egress[i] = mean(NODES[i], 1, PER_KEY, COMMON);
            row("5", String.format(Locale.ROOT, "egress node of %,d, mean", NODES[i]), 50, egress[i], "s");
        }
        for (int i = 0; i < NODES.length; i++) {
            both[i] = mean((double) PORTS * NODES[i], 1, PER_KEY, COMMON) / DAY;
            row("5", String.format(Locale.ROOT, "port and egress node of %,d, mean", NODES[i]), 4, both[i], "days");
        }
        row("5", "nodes disabled by 10,000 SYN/s at 500 each", 20, TOP / 500, "nodes");
        Table numbers = new Table("The paper's numbers, computed again",
                List.of("section", "what", "paper", "computed", "unit", "within_a_tenth"), rows);
        return new Experiment("scans", "Mayday: packet rates and scan times", facts(),
                claims(portScan, t1, smallest, port, egress, both), List.of(numbers, times()),
                List.of(new Experiment.Named("scans", chart())));
    }

    private void row(String section, String what, double paper, double computed, String unit) {
        row(section, what, paper, computed, unit, Math.abs(computed / paper - 1) <= ABOUT);
    }

    private void row(String section, String what, Object paper, double computed, String unit, boolean agrees) {
        rows.add(List.of(section, what, paper, computed, unit, agrees ? "yes" : "no"));
    }

    private static Table times() {
        List<List<Object>> rows = new ArrayList<>();
        time(rows, "addresses of a /24", 256, 1);
        for (int nodes : NODES)
            time(rows, String.format(Locale.ROOT, "egress node of %,d", nodes), nodes, 1);
        time(rows, "one of 10 egress nodes of 10,000", NODES[2], 10);
        time(rows, "port", PORTS, 1);
        time(rows, "port and address of a /24", 256.0 * PORTS, 1);
        for (int nodes : NODES)
            time(rows, String.format(Locale.ROOT, "port and egress node of %,d", nodes), (double) PORTS * nodes, 1);
        return new Table("Seconds to find a key, 10 packets each", List.of("key", "keys", "valid", "mean_1000_per_s",
                "all_1000_per_s", "mean_10000_per_s", "mean_100_mbit_s_smallest"), rows);
    }

    private static void time(List<List<Object>> rows, String what, double keys, int valid) {
        rows.add(List.of(what, keys, valid, mean(keys, valid, PER_KEY, COMMON), whole(keys, PER_KEY, COMMON),
                mean(keys, valid, PER_KEY, TOP),
                mean(keys, valid, PER_KEY, packetsPerSecond(100e6, SMALLEST))));
    }

    private static List<Experiment.Claim> claims(double portScan, double t1, double smallest, double port,
            double[] egress, double[] both) {
        List<Experiment.Claim> claims = new ArrayList<>();
        claims.add(claim("Section 5: a T1 carries 128 full-size packets/s, 10 Mbit/s about 830", "within a tenth",
                String.format(Locale.ROOT, "%.1f and %.1f", t1, packetsPerSecond(10e6, FULL)),
                about(t1, 128) && about(packetsPerSecond(10e6, FULL), 830), ""));
        claims.add(claim("Section 5: the 30th percentile of attacks is nearly an order of magnitude larger than a T1",
                "30 % of attacks below 1,000 packets/s",
                String.format(Locale.ROOT, "%.1f times a T1, and up to %.0f %% are below", COMMON / t1,
                        100 * (1 - COMMON_SHARE)),
                1 - COMMON_SHARE <= 0.3,
                "The paragraph before says that more than 30 % have 1,000 or more: that makes it the 70th percentile at most. The factor is right."));
        claims.add(claim("Section 5: 100 Mbit/s cannot withstand the upper 5 % of attacks, 10,000 packets/s",
                "10,000 full-size packets/s are more than it carries",
                String.format(Locale.ROOT, "it carries %,.0f", packetsPerSecond(100e6, FULL)),
                TOP > packetsPerSecond(100e6, FULL),
                String.format(Locale.ROOT,
                        "Of full-size packets. The attacks counted are SYN floods and ICMP, and \"SYN packets are also smaller\" (same section): of the smallest it carries %,.0f.",
                        smallest)));
        claims.add(claim("Section 5: 100 nodes are searched in under 8 rounds, half of them at 200 packets/s each",
                "ceil(log2 100) < 8, 200 more than a T1 carries", "7 rounds at most; 200 against " + (int) t1,
                Halving.fewest(NODES[0]) + 1 < 8 && TOP / 50 > t1, ""));
        claims.add(claim("Section 5: a destination port in about five minutes", "the mean, within a tenth",
                String.format(Locale.ROOT, "%.0f s (all ports: %.0f s)", port, whole(PORTS, PER_KEY, COMMON)),
                about(port, 300), "The mean: half of the ports are tried."));
        claims.add(claim("Section 5: the egress node's address in about 50 s",
                "the mean over the 1,000 overlay nodes of section 4.3, within a tenth",
                String.format(Locale.ROOT, "%.1f s", egress[1]), about(egress[1], 50),
                String.format(Locale.ROOT,
                        "50 s fit 10,000 nodes (%.1f s), which the SOS paper has and this one never names; section 5's own example of 100 takes %.1f s.",
                        egress[2], egress[0])));
        claims.add(claim("Section 5: both keys together in nearly 4 days",
                "with the 10,000 nodes that the 50 s of the sentence before fit, within a tenth",
                String.format(Locale.ROOT, "%.1f days", both[2]), about(both[2], 4),
                String.format(Locale.ROOT,
                        "Nearly 4 days fit 1,000 nodes (%.2f days), for which the sentence before would say 5 s. The two sentences are a factor of ten apart.",
                        both[1])));
        double atTop = mean((double) PORTS * NODES[1], 1, PER_KEY, TOP) / 3_600;
        claims.add(claim("Section 5: ... scanning at extremely high packet rates",
                "1,000 packets/s are a rate that at most one attack in ten reaches", "more than 30 % do",
                COMMON_SHARE <= 0.1,
                String.format(Locale.ROOT,
                        "By section 5's first sentence. At the rate of its top 5 %% both keys of 1,000 nodes take %.1f hours.",
                        atTop)));
        claims.add(claim("Section 4.1: a full scan of 64,000 ports at 100 Mbit/s takes about 11 s",
                "within a tenth for some packet that an Ethernet carries",
                String.format(Locale.ROOT, "%.2f s for the largest, %.2f s for the smallest", portScan,
                        whole(PORTS, 1, packetsPerSecond(100e6, SMALLEST))),
                portScan >= 11 * (1 - ABOUT),
                String.format(Locale.ROOT,
                        "11 s are probes of %,.0f bytes. By section 5's arithmetic (1,500 bytes) it is 7.7 s. Were 11 a measured time, the sender and not the link was the limit.",
                        11 * 100e6 / 8 / PORTS)));
        claims.add(claim("Section 5: 10,000 SYN/s disable about 20 nodes that stand 500 each", "10,000 / 500", "20",
                about(TOP / 500, 20), ""));
        return claims;
    }

    private static Experiment.Claim claim(String paper, String condition, String ours, boolean holds, String why) {
        return new Experiment.Claim(paper, condition, ours, holds, why);
    }

    private static boolean about(double computed, double paper) {
        return Math.abs(computed / paper - 1) <= ABOUT;
    }

    private static String chart() {
        Chart chart = new Chart("Time to find a key, 10 packets each, in the mean",
                Axis.logarithmic("keys", 10, 1e9, new Axis.Tick(100, "100"), new Axis.Tick(1e4, "10,000"),
                        new Axis.Tick(1e6, "1 million"), new Axis.Tick(1e8, "100 million")),
                Axis.logarithmic("time", 1e-4, 1e7, new Axis.Tick(0.001, "0.001 s"), new Axis.Tick(0.03, "0.03 s"),
                        new Axis.Tick(1, "1 s"),
                        new Axis.Tick(60, "1 min"), new Axis.Tick(3_600, "1 h"), new Axis.Tick(DAY, "1 day"),
                        new Axis.Tick(100 * DAY, "100 days")));
        double[] keys = {10, 1e9};
        chart.line(0, "1,000 packets/s", keys, means(keys, COMMON));
        chart.line(1, "10,000 packets/s", keys, means(keys, TOP));
        chart.line(2, "100 Mbit/s of the smallest", keys, means(keys, packetsPerSecond(100e6, SMALLEST)));
        // the paper's three times, at 1,000 nodes
        point(chart, PORTS, 300);
        point(chart, NODES[1], 50);
        point(chart, (double) PORTS * NODES[1], 4 * DAY);
        chart.name(3, "the paper's (1,000 packets/s): port, 1,000 nodes, both");
        return chart.svg(0.02, false);
    }

    private static double[] means(double[] keys, double packetsPerSecond) {
        return new double[]{mean(keys[0], 1, PER_KEY, packetsPerSecond),
                mean(keys[1], 1, PER_KEY, packetsPerSecond)};
    }

    private static void point(Chart chart, double keys, double seconds) {
        chart.point(3, keys, seconds, seconds, seconds);
    }

    private static List<String> facts() {
        return List.of("arithmetic: nothing is drawn, no seed decides anything",
                "full-size packets have 1,500 bytes of IP (section 5, without framing), the smallest 84 bytes on an Ethernet with preamble and gap",
                "mean: (keys + 1) / (valid + 1) keys are tried, in an order that tries none twice; about: within a tenth");
    }
}
