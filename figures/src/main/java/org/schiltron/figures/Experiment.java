package org.schiltron.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an experiment found.
 *
 * @param name    of its files
 * @param facts   what was run: data, seed, assumptions
 * @param claims  what the paper says beside what was found
 * @param tables  the first is the CSV
 * @param charts  whole SVG elements
 */
public record Experiment(String name, String title, List<String> facts, List<Claim> claims, List<Table> tables,
        List<Named> charts) {

    /**
     * A shape that the paper claims, as a condition that was checked.
     *
     * @param why where it does not hold: the reason, otherwise what is worth knowing
     */
    public record Claim(String paper, String condition, String ours, boolean holds, String why) {
    }

    /** @param name of its file */
    public record Named(String name, String svg) {
    }

    /** Writes NAME.csv, an SVG for each chart and NAME.html into a directory; the files written. */
    public List<Path> write(Path directory, String command) throws IOException {
        Files.createDirectories(directory);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++)
            files.add(write(directory, name + (i == 0 ? "" : "-" + (i + 1)) + ".csv", tables.get(i).csv()));
        for (Named chart : charts)
            files.add(write(directory, chart.name() + ".svg", chart.svg()));
        files.add(write(directory, name + ".html", html(command)));
        return files;
    }

    private static Path write(Path directory, String file, String text) throws IOException {
        return Files.write(directory.resolve(file), text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the paper says beside what was found. */
    public void claimsOn(Page page) {
        page.table(List.of("The paper", "Checked", "Found", "Holds", "Why"), claims.stream()
                .map(claim -> List.of(claim.paper(), claim.condition(), claim.ours(), claim.holds() ? "yes" : "no",
                        claim.why()))
                .toList());
    }

    public String html(String command) {
        Page page = new Page(title).code(command);
        if (!claims.isEmpty())
            claimsOn(page.heading("What the paper says, and what was found"));
        charts.forEach(chart -> page.figure(chart.svg()));
        for (Table table : tables)
            page.heading(table.title()).table(table.columns(), table.texts());
        return page.heading("What was run").list(facts).html();
    }

    /** The tables and the claims, for a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder("# ").append(title).append('\n');
        for (Table table : tables)
            text.append("\n## ").append(table.title()).append("\n\n").append(table.markdown());
        Table checked = new Table("Claims", List.of("claim of the paper", "checked", "found", "holds", "why"),
                claims.stream().map(claim -> List.<Object>of(claim.paper(), claim.condition(), claim.ours(),
                        claim.holds() ? "holds" : "**no**", claim.why())).toList());
        return claims.isEmpty()
                ? text.toString()
                : text.append("\n## Claims\n\n").append(checked.markdown()).toString();
    }

    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
