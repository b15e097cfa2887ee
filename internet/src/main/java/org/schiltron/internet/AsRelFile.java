package org.schiltron.internet;

import java.io.IOException;
import java.nio.file.Path;

/**
 * CAIDA's AS relationships: serial-1 ({@code a|b|rel}) and serial-2 ({@code a|b|rel|source}), plain, bzip2 or xz;
 * lines that begin with # are comments. {@code -1}: a is b's provider; {@code 0}: peers.
 *
 * @param apart ASes outside the largest connected part: they stay, and nothing reaches them
 */
public record AsRelFile(AsGraph graph, int apart) {
    private static final String EXPECTED = "expected provider|customer|-1 or peer|peer|0, perhaps with |source";

    /** @throws BadDataException with file, line and reason */
    public static AsRelFile load(Path path) throws IOException {
        try (DataLines lines = new DataLines(path)) {
            LinkList links = new LinkList();
            Reader reader = new Reader(lines);
            while (lines.next())
                if (!lines.isBlankOrComment())
                    reader.link(links);
            if (links.size() == 0)
                throw lines.bad(0, "no link in it: " + EXPECTED);
            AsGraph graph = new AsGraph(links);
            if (graph.size() > AsGraph.MAX_NODES)
                throw lines.bad(0, graph.size() + " ASes; at most " + AsGraph.MAX_NODES);
            return new AsRelFile(graph, new GraphCheck(lines.file(), graph, links).check());
        }
    }

    /** One line, field by field. */
    private static final class Reader {
        private final DataLines lines;
        private int at;

        Reader(DataLines lines) {
            this.lines = lines;
        }

        void link(LinkList links) throws BadDataException {
            at = 0;
            long a = asn();
            bar();
            long b = asn();
            bar();
            byte kind = relation();
            if (at < lines.length() && lines.at(at) != '|')
                throw unexpected();
            if (a == b)
                throw lines.bad("AS" + a + " is linked to itself");
            if (links.size() == LinkList.MAX_LINKS)
                throw lines.bad("more than " + LinkList.MAX_LINKS + " links");
            links.add((int) a, (int) b, kind, (int) lines.number());
        }

        private long asn() throws BadDataException {
            int begin = at;
            long value = 0;
            while (at < lines.length() && lines.at(at) >= '0' && lines.at(at) <= '9' && value <= 0xFFFF_FFFFL)
                value = value * 10 + lines.at(at++) - '0';
            if (at == begin)
                throw unexpected();
            if (value > 0xFFFF_FFFFL)
                throw lines.bad("not an AS number (0 to 4294967295): \"" + shortened() + "\"");
            return value;
        }

        private void bar() throws BadDataException {
            if (at == lines.length() || lines.at(at++) != '|')
                throw unexpected();
        }

        private byte relation() throws BadDataException {
            if (at < lines.length() && lines.at(at) == '0') {
                at++;
                return LinkList.PEER;
            }
            if (at + 1 < lines.length() && lines.at(at) == '-' && lines.at(at + 1) == '1') {
                at += 2;
                return LinkList.PROVIDER_CUSTOMER;
            }
            throw unexpected();
        }

        private BadDataException unexpected() {
            return lines.bad((lines.unended() ? "the file ends within a line: " : "") + "\"" + shortened() + "\": "
                    + EXPECTED);
        }

        private String shortened() {
            String text = lines.text();
            return text.length() <= 60 ? text : text.substring(0, 60) + "...";
        }
    }
}
