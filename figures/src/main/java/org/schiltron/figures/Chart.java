package org.schiltron.figures;

import java.util.Locale;

/**
 * A chart as a small SVG that reads on light and on dark backgrounds: lines, points with bars, a legend. Series differ in
 * colour and in dashes. The same calls give the same bytes.
 */
public final class Chart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 40;
    private static final int BOTTOM = 48;
    private static final int LEGEND_STEP = 18;
    /** Further series begin again with the first colour. */
    private static final int COLOURS = 7;
    private static final String[] DASHES = {"", "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 2"};
    private static final String STYLE = """
            <style>
            .paper{fill:#fff} text{fill:#222;stroke:none} .grid{stroke:#ddd} .ink{stroke:#222}
            .s0{stroke:#c8452f;fill:#c8452f} .s1{stroke:#3a7bd0;fill:#3a7bd0} .s2{stroke:#4f9a3c;fill:#4f9a3c}
            .s3{stroke:#c98a1f;fill:#c98a1f} .s4{stroke:#9165c9;fill:#9165c9} .s5{stroke:#2a9c9c;fill:#2a9c9c}
            .s6{stroke:#c2589a;fill:#c2589a} polyline{fill:none!important;stroke-width:2}
            @media (prefers-color-scheme:dark){.paper{fill:#15171b} text{fill:#ddd} .grid{stroke:#3a3d44} .ink{stroke:#ddd}}
            </style>""";

    private final Axis x;
    private final Axis y;
    private final StringBuilder body = new StringBuilder();
    private final StringBuilder legend = new StringBuilder();
    private int legendLines;

    public Chart(String title, Axis x, Axis y) {
        this.x = x;
        this.y = y;
        add(body, String.format(Locale.ROOT, "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT));
        for (Axis.Tick tick : y.ticks()) {
            line("grid", LEFT, atY(tick.at()), WIDTH - RIGHT, atY(tick.at()));
            text(body, LEFT - 6, atY(tick.at()) + 4, "end", tick.words());
        }
        for (Axis.Tick tick : x.ticks()) {
            line("grid", atX(tick.at()), TOP, atX(tick.at()), HEIGHT - BOTTOM);
            // words in the middle of the last mark would be cut off
            text(body, atX(tick.at()), HEIGHT - BOTTOM + 18, x.place(tick.at()) > 0.95 ? "end" : "middle",
                    tick.words());
        }
        text(body, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", x.label());
        add(body, "<g font-weight=\"bold\">");
        text(body, LEFT, 18, "start", title);
        add(body, "</g>");
        text(body, LEFT, 34, "start", y.label());
    }

    /** A line through points, in the colour and dashes of a series (from 0). */
    public Chart line(int series, String name, double[] xs, double[] ys) {
        return polyline("s" + series % COLOURS, DASHES[series % DASHES.length], name, xs, ys);
    }

    /** What others are compared with: black or white, dashed. */
    public Chart reference(String name, double[] xs, double[] ys) {
        return polyline("ink", "6 4", name, xs, ys);
    }

    private Chart polyline(String style, String dashes, String name, double[] xs, double[] ys) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < xs.length; i++)
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", atX(xs[i]), atY(ys[i])));
        add(body, String.format(Locale.ROOT, "<polyline class=\"%s\"%s points=\"%s\"/>", style, dashed(dashes),
                points.toString().strip()));
        double at = LEGEND_STEP * legendLines++;
        add(legend,
                String.format(Locale.ROOT,
                        "<line class=\"%s\"%s stroke-width=\"2\" x1=\"0\" y1=\"%.1f\" x2=\"28\" y2=\"%.1f\"/>", style,
                        dashed(dashes), at - 4, at - 4));
        text(legend, 36, at, "start", name);
        return this;
    }

    /** A dot at {@code y} and a bar from {@code low} to {@code high}; {@link #name} gives the series its line in the legend. */
    public Chart point(int series, double atX, double y, double low, double high) {
        String style = "s" + series % COLOURS;
        add(body, String.format(Locale.ROOT,
                "<line class=\"%s\" stroke-width=\"2\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", style,
                atX(atX), atY(low), atX(atX), atY(high)));
        add(body, String.format(Locale.ROOT, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", style, atX(atX),
                atY(y)));
        return this;
    }

    public Chart name(int series, String name) {
        double at = LEGEND_STEP * legendLines++;
        add(legend, String.format(Locale.ROOT, "<circle class=\"s%d\" cx=\"14\" cy=\"%.1f\" r=\"4\"/>",
                series % COLOURS, at - 4));
        text(legend, 36, at, "start", name);
        return this;
    }

    /**
     * @param legendAt  where the legend begins, as a share of the x axis
     * @param legendLow whether it stands at the bottom
     */
    public String svg(double legendAt, boolean legendLow) {
        int left = LEFT + 12 + (int) (legendAt * (WIDTH - LEFT - RIGHT));
        int top = legendLow ? HEIGHT - BOTTOM - 8 - LEGEND_STEP * (legendLines - 1) : TOP + 18;
        return String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n",
                WIDTH, HEIGHT)
                + STYLE + "\n" + body + "<g transform=\"translate(" + left + "," + top + ")\">\n" + legend
                + "</g>\n</svg>\n";
    }

    private double atX(double value) {
        return LEFT + (WIDTH - LEFT - RIGHT) * x.place(value);
    }

    private double atY(double value) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y.place(value);
    }

    private static String dashed(String dashes) {
        return dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"";
    }

    private void line(String style, double x1, double y1, double x2, double y2) {
        add(body, String.format(Locale.ROOT, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                style, x1, y1, x2, y2));
    }

    private static void text(StringBuilder target, double x, double y, String anchor, String words) {
        add(target, String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor,
                Page.escaped(words)));
    }

    private static void add(StringBuilder target, String element) {
        target.append(element).append('\n');
    }
}
