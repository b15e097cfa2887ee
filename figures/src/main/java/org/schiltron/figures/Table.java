package org.schiltron.figures;

import java.util.List;
import java.util.Locale;

/**
 * Rows of an experiment, for a page and for a file.
 *
 * @param rows cells: text, or numbers
 */
public record Table(String title, List<String> columns, List<List<Object>> rows) {
    public Table {
        rows = List.copyOf(rows);
        for (List<Object> row : rows)
            if (row.size() != columns.size())
                throw new IllegalArgumentException(
                        title + ": " + row.size() + " cells, " + columns.size() + " columns");
    }

    /** With a heading; text quoted where it has to be. */
    public String csv() {
        StringBuilder csv = new StringBuilder(String.join(",", columns)).append('\n');
        for (List<Object> row : rows)
            csv.append(String.join(",", row.stream().map(Table::csv).toList())).append('\n');
        return csv.toString();
    }

    private static String csv(Object cell) {
        String text = text(cell);
        return text.matches("[^\",\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /** For a document: a bar in a cell would end it, and is not allowed. */
    public String markdown() {
        StringBuilder lines = new StringBuilder(line(columns)).append("|---".repeat(columns.size())).append("|\n");
        texts().forEach(row -> lines.append(line(row)));
        return lines.toString();
    }

    private static String line(List<String> cells) {
        for (String cell : cells)
            if (cell.indexOf('|') >= 0 || cell.indexOf('\n') >= 0)
                throw new IllegalArgumentException("\"" + cell + "\" is no cell of Markdown");
        return "| " + String.join(" | ", cells) + " |\n";
    }

    /** Whole numbers whole, others to four digits. */
    public List<List<String>> texts() {
        return rows.stream().map(row -> row.stream().map(Table::text).toList()).toList();
    }

    private static String text(Object cell) {
        if (!(cell instanceof Double number))
            return cell.toString();
        if (number == Math.rint(number) && Math.abs(number) < 1e15)
            return String.format(Locale.ROOT, "%.0f", number);
        return Math.abs(number) < 1e-3 || Math.abs(number) >= 1e6
                ? String.format(Locale.ROOT, "%.3e", number)
                : String.format(Locale.ROOT, "%.4f", number);
    }
}
