package org.schiltron.app;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What one phase measured. */
record DemoResult(DemoPhase phase, double attackPps, double successRate, double goodputBytesPerSecond, double p50Ms,
        double p99Ms) {

    /** Fits a terminal of 80 columns. */
    private static final String HEAD = "%-23s %-9s %9s %8s %7s %7s %7s%n";

    static ObjectNode json(List<DemoResult> results) {
        ObjectNode root = Json.MAPPER.createObjectNode();
        ArrayNode phases = root.putArray("phases");
        for (DemoResult result : results) {
            phases.addObject().put("name", result.phase.label()).put("path", result.phase.path())
                    .put("attackPps", Math.round(result.attackPps)).put("successRate", rounded(result.successRate, 4))
                    .put("goodputBytesPerSecond", Math.round(result.goodputBytesPerSecond))
                    .put("p50Ms", rounded(result.p50Ms, 1)).put("p99Ms", rounded(result.p99Ms, 1));
        }
        return root;
    }

    private static double rounded(double value, int digits) {
        double scale = Math.pow(10, digits);
        return Math.round(value * scale) / scale;
    }

    static void table(PrintWriter out, List<DemoResult> results) {
        out.printf(HEAD, "phase", "path", "attack", "success", "goodput", "p50",
                "p99");
        out.printf(HEAD, "", "", "packets/s", "", "kB/s", "ms", "ms");
        for (DemoResult result : results)
            out.println(result.line());
    }

    String line() {
        return String.format(Locale.ROOT, "%-23s %-9s %9.0f %7.2f%% %7.1f %7.1f %7.1f", phase.label(), phase.path(),
                attackPps,
                100 * successRate, goodputBytesPerSecond / 1e3, p50Ms, p99Ms);
    }
}
