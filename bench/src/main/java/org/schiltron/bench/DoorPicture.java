package org.schiltron.bench;

import java.util.List;
import java.util.Locale;

/** Time to connect against the attackers' power, beside the fair-share prediction: as rows and as a drawing. */
final class DoorPicture {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 40;
    private static final int BOTTOM = 48;
    private static final double LEAST_A = 0.6;
    private static final double MOST_A = 170;
    private static final double LEAST_SECONDS = 0.1;
    private static final double MOST_SECONDS = 3_000;

    private final StringBuilder svg = new StringBuilder();

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
        DoorPicture picture = new DoorPicture();
        picture.frame();
        picture.fairShare();
        for (DoorSiege.Seen row : rows)
            if (row.in() > 0)
                picture.point(row);
        picture.legend();
        return picture.svg.append("</svg>\n").toString();
    }

    private static String colour(DoorSiege.Attackers attackers) {
        return switch (attackers) {
            case AT_ONCE -> "#b5402f";
            case HOARD -> "#2f6db5";
            case MIXED -> "#4d8a3a";
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

    private static double x(double a) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(a / LEAST_A) / Math.log(MOST_A / LEAST_A);
    }

    private static double y(double seconds) {
        double within = Math.clamp(seconds, LEAST_SECONDS, MOST_SECONDS);
        return HEIGHT - BOTTOM
                - (HEIGHT - TOP - BOTTOM) * Math.log(within / LEAST_SECONDS) / Math.log(MOST_SECONDS / LEAST_SECONDS);
    }

    private void frame() {
        add(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
                WIDTH, HEIGHT));
        add(String.format(Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT));
        for (double seconds : new double[]{0.1, 1, 10, 100, 1_000}) {
            line(LEFT, y(seconds), WIDTH - RIGHT, y(seconds), "#dddddd", "");
            text(LEFT - 6, y(seconds) + 4, "end",
                    seconds < 1 ? "0.1 s" : String.format(Locale.ROOT, "%.0f s", seconds));
        }
        for (int a : new int[]{1, 10, 100}) {
            line(x(a), TOP, x(a), HEIGHT - BOTTOM, "#dddddd", "");
            text(x(a), HEIGHT - BOTTOM + 18, "middle", Integer.toString(a));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", "attackers' hash rate over the clients'");
        text(LEFT, 18, "start", "Time to connect: mean (dot), median and 99th percentile (bar)");
    }

    private void fairShare() {
        StringBuilder points = new StringBuilder();
        for (double a = LEAST_A; a <= MOST_A; a *= 1.1)
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(a),
                    y((1 + a) * DoorSiege.STANDING / DoorSiege.NONCES_PER_SECOND)));
        add(String.format(Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"black\" stroke-dasharray=\"6 4\"/>",
                points.toString().strip()));
    }

    private void point(DoorSiege.Seen row) {
        double at = x(row.a() * shift(row.attackers()));
        String colour = colour(row.attackers());
        line(at, y(row.p50Seconds()), at, y(row.p99Seconds()), colour, " stroke-width=\"2\"");
        add(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", at,
                y(row.meanSeconds()), colour));
    }

    private void legend() {
        double at = TOP + 16;
        line(LEFT + 12, at - 4, LEFT + 40, at - 4, "black", " stroke-dasharray=\"6 4\"");
        text(LEFT + 48, at, "start", "fair share: all hash rates / (own x nonces a second)");
        for (DoorSiege.Attackers attackers : DoorSiege.Attackers.values()) {
            at += 18;
            add(String.format(Locale.ROOT, "<circle cx=\"%d\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", LEFT + 26, at - 4,
                    colour(attackers)));
            text(LEFT + 48, at, "start", switch (attackers) {
                case AT_ONCE -> "bots that solve and spend at once";
                case HOARD -> "bots that hoard solutions and spend them together";
                case MIXED -> "half of each";
            });
        }
    }

    private void line(double x1, double y1, double x2, double y2, String colour, String more) {
        add(String.format(Locale.ROOT, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>", x1,
                y1, x2, y2, colour, more));
    }

    private void text(double x, double y, String anchor, String words) {
        add(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor,
                words));
    }

    private void add(String element) {
        svg.append(element).append('\n');
    }
}
