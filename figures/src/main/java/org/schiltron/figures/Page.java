package org.schiltron.figures;

import java.util.List;

/** A report as one self-contained HTML page, for light and dark backgrounds. */
public final class Page {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <style>
            body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
            table{border-collapse:collapse;margin:1rem 0} td,th{padding:.3rem .7rem;border:1px solid #ccc;text-align:left;vertical-align:top}
            svg{max-width:40rem;width:100%;height:auto;display:block;margin:1rem 0} code{font-size:90%}
            .yes{color:#2b7d2b} .no{color:#b5402f}
            @media (prefers-color-scheme:dark){body{color:#ddd;background:#15171b} td,th{border-color:#444} .yes{color:#7ec77e} .no{color:#e88a7a}}
            </style>
            """;

    private final StringBuilder html = new StringBuilder(HEAD);

    public Page(String title) {
        html.append("<title>").append(escaped(title)).append("</title></head><body>\n<h1>").append(escaped(title))
                .append("</h1>\n");
    }

    public Page heading(String words) {
        html.append("<h2>").append(escaped(words)).append("</h2>\n");
        return this;
    }

    public Page paragraph(String words) {
        html.append("<p>").append(escaped(words)).append("</p>\n");
        return this;
    }

    public Page code(String line) {
        html.append("<p><code>").append(escaped(line)).append("</code></p>\n");
        return this;
    }

    public Page list(List<String> items) {
        html.append("<ul>\n");
        for (String item : items)
            html.append("<li>").append(escaped(item)).append("</li>\n");
        html.append("</ul>\n");
        return this;
    }

    /** A cell that says just yes or no is coloured. */
    public Page table(List<String> heads, List<List<String>> rows) {
        html.append("<table>\n<tr>");
        for (String head : heads)
            html.append("<th>").append(escaped(head)).append("</th>");
        html.append("</tr>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            for (String cell : row)
                html.append(cell.equals("yes") || cell.equals("no") ? "<td class=\"" + cell + "\">" : "<td>")
                        .append(escaped(cell)).append("</td>");
            html.append("</tr>\n");
        }
        html.append("</table>\n");
        return this;
    }

    /** @param svg a whole SVG element, such as a {@link Chart}'s */
    public Page figure(String svg) {
        html.append(svg);
        return this;
    }

    public String html() {
        return html + "</body></html>\n";
    }

    static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
