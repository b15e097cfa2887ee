package org.schiltron.toml;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One table of a file. Every key is asked for with what it may be; {@link #end} refuses those nobody asked for. */
public final class Fields {
    private final String file;
    private final String title;
    private final TomlTable table;
    private final int line;
    private final Set<String> asked = new LinkedHashSet<>();

    /** @param title what errors call it, such as {@code host.client}; empty for the whole file */
    Fields(String file, String title, TomlTable table, int line) {
        this.file = file;
        this.title = title;
        this.table = table;
        this.line = line;
    }

    /** Where the table begins. */
    public int line() {
        return line;
    }

    public List<String> keys() {
        return List.copyOf(table.keySet());
    }

    public boolean has(String key) {
        asked.add(key);
        return table.contains(List.of(key));
    }

    /** An error about the whole table. */
    public BadFileException wrong(String what) {
        return new BadFileException(file, line, title.isEmpty() ? what : title + ": " + what);
    }

    /** An error about a key's value. */
    public BadFileException wrong(String key, String what) {
        return new BadFileException(file, lineOf(key), name(key) + ": " + what);
    }

    public int lineOf(String key) {
        TomlPosition position = table.inputPositionOf(List.of(key));
        return position == null ? line : position.line();
    }

    private String name(String key) {
        return title.isEmpty() ? key : title + "." + key;
    }

    // Values

    private @Nullable Object get(String key) {
        asked.add(key);
        return table.get(List.of(key));
    }

    /** @return the fallback if it is not there */
    public String text(String key, String fallback) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return fallback;
        if (value instanceof String text)
            return text;
        throw wrong(key, shown(value) + " is not a text");
    }

    /** A word of a list. */
    public String word(String key, List<String> words, String fallback) throws BadFileException {
        String word = text(key, fallback);
        if (has(key) && !words.contains(word))
            throw wrong(key, "\"" + word + "\" is not one of " + String.join(", ", words));
        return word;
    }

    /** @throws BadFileException also if it is not there */
    public String needed(String key, String example) throws BadFileException {
        need(key, example);
        return text(key, "");
    }

    /** @throws BadFileException if it is not there */
    public void need(String key, String example) throws BadFileException {
        if (!has(key))
            throw wrong("needs a key " + key + ", such as " + key + " = " + example);
    }

    /** False if it is not there. */
    public boolean flag(String key) throws BadFileException {
        Object value = get(key);
        if (value != null && !(value instanceof Boolean))
            throw wrong(key, shown(value) + " is neither true nor false");
        return Boolean.TRUE.equals(value);
    }

    public long whole(String key, long fallback, long least, long most) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return fallback;
        if (!(value instanceof Long number))
            throw wrong(key, shown(value) + " is not a whole number (" + least + " to " + most + ")");
        if (number < least || number > most)
            throw wrong(key, number + " is out of range (" + least + " to " + most + ")");
        return number;
    }

    public long quantity(String key, Quantity kind, long fallback, long least, long most) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return fallback;
        if (!(value instanceof String text))
            throw wrong(key, shown(value) + " is not " + kind.form());
        return inRange(key, kind, parse(key, kind, text), least, most);
    }

    private long parse(String key, Quantity kind, String text) throws BadFileException {
        try {
            return kind.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(key, String.valueOf(e.getMessage()));
        }
    }

    private long inRange(String key, Quantity kind, long number, long least, long most) throws BadFileException {
        if (number < least || number > most)
            throw wrong(key, kind.show(number) + " is out of range (" + kind.show(least) + " to " + kind.show(most)
                    + ")");
        return number;
    }

    public double probability(String key, double fallback) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return fallback;
        double number = value instanceof Number given ? given.doubleValue() : Double.NaN;
        if (!(number >= 0 && number <= 1))
            throw wrong(key, shown(value) + " is not a probability (0 to 1)");
        return number;
    }

    /** Texts and whole numbers in a list, or one of them, all as texts; null if it is not there. */
    public @Nullable List<String> texts(String key) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return null;
        List<Object> entries = value instanceof TomlArray array ? array.toList() : List.of(value);
        List<String> texts = new ArrayList<>();
        for (Object entry : entries) {
            if (!(entry instanceof String) && !(entry instanceof Long))
                throw wrong(key, shown(entry) + " is neither a text nor a whole number");
            texts.add(entry.toString());
        }
        return texts;
    }

    /** A list of names, or one; null if it is not there. */
    @Nullable
    public List<String> names(String key) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return null;
        if (value instanceof String one)
            return List.of(one);
        if (!(value instanceof TomlArray array))
            throw wrong(key, shown(value) + " is not a list of names");
        List<String> names = new ArrayList<>();
        for (Object entry : array.toList()) {
            if (!(entry instanceof String name))
                throw wrong(key, shown(entry) + " is not a name");
            names.add(name);
        }
        return names;
    }

    /** A table inside this one; null if it is not there. */
    @Nullable
    public Fields table(String key) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return null;
        if (value instanceof TomlTable inner)
            return new Fields(file, name(key), inner, lineOf(key));
        throw wrong(key, shown(value) + " is not a table");
    }

    /** The tables in a list; empty if it is not there. Errors call them by their number, from 1. */
    public List<Fields> tables(String key) throws BadFileException {
        Object value = get(key);
        if (value == null)
            return List.of();
        if (!(value instanceof TomlArray array))
            throw wrong(key, shown(value) + " is not a list of tables");
        List<Fields> tables = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof TomlTable inner))
                throw wrong(key, shown(array.get(i)) + " is not a table");
            tables.add(new Fields(file, name(key) + " " + (i + 1), inner, array.inputPositionOf(i).line()));
        }
        return tables;
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof String text)
            return "\"" + text + "\"";
        if (value instanceof TomlArray)
            return "a list";
        return value instanceof TomlTable ? "a table" : String.valueOf(value);
    }

    // Unknown keys

    /** To be called when every key that may be here was asked for. */
    public void end() throws BadFileException {
        for (String key : table.keySet()) {
            if (!asked.contains(key))
                throw wrong(key, "no such key" + suggestion(key, asked));
        }
    }

    /** What may have been meant, as the end of a sentence. */
    public static String suggestion(String key, Iterable<String> known) {
        List<String> all = new ArrayList<>();
        known.forEach(all::add);
        String best = Nearest.to(key, all);
        if (!best.isEmpty())
            return "; did you mean " + best + "?";
        if (all.isEmpty())
            return "; there are none";
        return "; there are " + String.join(", ", all.subList(0, Math.min(20, all.size())))
                + (all.size() > 20 ? ", ..." : "");
    }
}
