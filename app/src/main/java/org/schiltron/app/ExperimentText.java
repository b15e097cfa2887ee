package org.schiltron.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.figures.Table;
import org.schiltron.figures.Experiment;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An experiment for a terminal and as JSON. */
final class ExperimentText {
    private ExperimentText() {
    }

    static void print(PrintWriter target, Experiment experiment, List<Path> files) {
        target.println(experiment.title());
        for (String fact : experiment.facts())
            target.println("  " + fact);
        for (Table table : experiment.tables()) {
            target.println();
            target.println(table.title());
            columns(target, table);
        }
        if (!experiment.claims().isEmpty())
            target.println();
        for (Experiment.Claim claim : experiment.claims()) {
            target.println((claim.holds() ? "holds      " : "DOES NOT   ")
                    + (claim.paper().isEmpty() ? claim.condition() : claim.paper()));
            target.println("           " + claim.ours());
        }
        for (Path file : files)
            target.println("wrote " + file);
    }

    static void columns(PrintWriter target, Table table) {
        List<List<String>> rows = new ArrayList<>(List.of(table.columns()));
        rows.addAll(table.texts());
        int[] widths = new int[table.columns().size()];
        for (List<String> row : rows)
            for (int i = 0; i < widths.length; i++)
                widths[i] = Math.max(widths[i], row.get(i).length());
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++)
                line.append("  ").append(row.get(i)).repeat(' ', widths[i] - row.get(i).length());
            target.println(line.toString().stripTrailing());
        }
    }

    static ObjectNode json(Experiment experiment) {
        ObjectNode json = Json.MAPPER.createObjectNode().put("name", experiment.name())
                .put("title", experiment.title());
        ArrayNode facts = json.putArray("facts");
        experiment.facts().forEach(facts::add);
        ArrayNode claims = json.putArray("claims");
        for (Experiment.Claim claim : experiment.claims())
            claims.addObject().put("paper", claim.paper()).put("condition", claim.condition())
                    .put("ours", claim.ours()).put("holds", claim.holds()).put("why", claim.why());
        ArrayNode tables = json.putArray("tables");
        for (Table table : experiment.tables()) {
            ArrayNode rows = tables.addObject().put("title", table.title()).putArray("rows");
            for (List<Object> cells : table.rows()) {
                ObjectNode row = rows.addObject();
                for (int i = 0; i < cells.size(); i++)
                    row.putPOJO(table.columns().get(i), cells.get(i));
            }
        }
        return json;
    }
}
