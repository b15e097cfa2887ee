package org.schiltron.internet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A number for each AS of a graph, from a file or made up.
 *
 * @param values  by node, none negative
 * @param country by node where the file says it, in two letters
 * @param outside lines for ASes that are not in the graph
 */
record AsWeights(double[] values, @Nullable String[] country, int outside) {
    /** Beyond: one AS with more addresses than there are. */
    private static final double MOST = 1L << 40;

    /**
     * A table of tab- or comma-separated columns. The first is the AS number (with or without "AS"); the sum of columns {@code from} to {@code to} is
     * the weight. A first line that begins with no number is a heading. An AS that stands twice has both.
     *
     * @param from    counted from 0; -1: each line weighs 1
     * @param to      the last column to add, or the last that a line has
     * @param country the column of two letters, or -1
     */
    static AsWeights load(Path path, AsGraph graph, int from, int to, int country) throws IOException {
        double[] values = new double[graph.size()];
        @Nullable
        String[] countries = new @Nullable String[graph.size()];
        int outside = 0;
        int rows = 0;
        try (DataLines lines = new DataLines(path)) {
            boolean first = true;
            while (lines.next()) {
                boolean heading = first && !lines.isBlankOrComment() && !beginsWithNumber(lines);
                first &= lines.isBlankOrComment();
                if (heading || lines.isBlankOrComment())
                    continue;
                String[] columns = lines.text().split(lines.text().indexOf('\t') >= 0 ? "\t" : ",", -1);
                int node = graph.nodeOf(asn(lines, columns[0]));
                double weight = from < 0 ? 1 : weight(lines, columns, from, to);
                rows++;
                if (node < 0) {
                    outside++;
                    continue;
                }
                values[node] += weight;
                if (country >= 0 && country < columns.length && columns[country].length() == 2)
                    countries[node] = columns[country];
            }
            if (rows == outside)
                throw lines.bad(0, rows == 0 ? "no AS in it" : "none of its " + rows + " ASes is in the graph");
            if (Arrays.stream(values).sum() == 0)
                throw lines.bad(0, "all weights are 0");
        }
        return new AsWeights(values, countries, outside);
    }

    private static boolean beginsWithNumber(DataLines lines) {
        int at = lines.length() > 2 && lines.at(0) == 'A' && lines.at(1) == 'S' ? 2 : 0;
        return lines.at(at) >= '0' && lines.at(at) <= '9' || lines.at(at) == '-';
    }

    private static long asn(DataLines lines, String text) throws BadDataException {
        String digits = text.startsWith("AS") ? text.substring(2) : text;
        if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > 0xFFFF_FFFFL)
            throw lines.bad("not an AS number (0 to 4294967295): \"" + text + "\"");
        return Long.parseLong(digits);
    }

    private static double weight(DataLines lines, String[] columns, int from, int to) throws BadDataException {
        if (from >= columns.length)
            throw lines.bad((lines.unended() ? "the file ends within a line: " : "") + columns.length
                    + " columns; the weight is in column " + (from + 1));
        double sum = 0;
        for (int i = from; i <= Math.min(to, columns.length - 1); i++) {
            if (!columns[i].matches("[0-9]{1,13}(\\.[0-9]{1,9})?"))
                throw lines.bad("not a count: \"" + columns[i] + "\" in column " + (i + 1));
            sum += Double.parseDouble(columns[i]);
        }
        if (sum > MOST)
            throw lines.bad("a weight of " + sum + "; at most " + MOST);
        return sum;
    }
}
