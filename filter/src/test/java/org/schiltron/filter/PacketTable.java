package org.schiltron.filter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The packets that every enforcer of rules must judge alike, from {@code packets.txt}: sections of a rule file and of rows, each a verdict, a packet ({@link PacketText}) and a sentence. A verdict is {@code pass}, or the
 * label of a drop reason; behind it may stand the name of the rule that decides. Rows whose sentence begins with enforcers in brackets, such as {@code [nft: pass dns]}, are the differences: that
 * enforcer's verdict and rule are those named. {@code lost} is a packet that the system below an enforcer drops, before or behind it.
 */
public final class PacketTable {
    /**
     * @param rule the name of the one that decides, or empty
     */
    public record Row(int line, String verdict, String rule, String packet, String sentence) {
        /** What that enforcer says; with a difference the rule stands behind it, if one decides. */
        public String verdictOf(String enforcer) {
            if (!sentence.startsWith("["))
                return verdict;
            for (String difference : sentence.substring(1, sentence.indexOf(']')).split(", *", -1)) {
                String[] parts = difference.split(": *", 2);
                if (parts[0].equals(enforcer))
                    return parts[1];
            }
            return verdict;
        }
    }

    /** Rules, and the packets that meet them in this order. */
    public record Section(String title, String toml, List<Row> rows) {
        public RuleSet rules(Path directory) throws IOException {
            Path file = directory.resolve("rules.toml");
            Files.writeString(file, toml);
            return RulesFile.read(file);
        }
    }

    private PacketTable() {
    }

    public static List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        try (InputStream in = PacketTable.class.getResourceAsStream("packets.txt")) {
            if (in == null)
                throw new IOException("packets.txt is missing");
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            String title = "";
            StringBuilder toml = new StringBuilder();
            List<Row> rows = new ArrayList<>();
            boolean inRows = false;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.startsWith("== ")) {
                    if (!title.isEmpty())
                        sections.add(new Section(title, toml.toString(), List.copyOf(rows)));
                    title = line.substring(3);
                    toml.setLength(0);
                    rows.clear();
                    inRows = false;
                } else if (line.equals("--")) {
                    inRows = true;
                } else if (!inRows) {
                    toml.append(line).append('\n');
                } else if (!line.isBlank()) {
                    rows.add(row(i + 1, line));
                }
            }
            sections.add(new Section(title, toml.toString(), List.copyOf(rows)));
            return sections;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(int number, String line) {
        String[] columns = line.split("\\|", -1);
        if (columns.length != 3)
            throw new IllegalArgumentException("packets.txt:" + number + ": not verdict | packet | sentence");
        String[] verdict = columns[0].strip().split(" ", 2);
        return new Row(number, verdict[0], verdict.length > 1 ? verdict[1] : "", columns[1].strip(),
                columns[2].strip());
    }
}
