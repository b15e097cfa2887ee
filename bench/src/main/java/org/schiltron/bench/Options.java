package org.schiltron.bench;

import java.util.HashMap;
import java.util.Map;

/** The options of one table: {@code --json} and numbers within bounds. */
final class Options {
    private record Bounds(int least, int most) {
    }

    private final String table;
    private final Map<String, Integer> values = new HashMap<>();
    private final Map<String, Bounds> bounds = new HashMap<>();
    private final StringBuilder usage = new StringBuilder();
    private boolean json;

    Options(String table) {
        this.table = table;
    }

    /** {@code --name N}, from least to most. */
    Options number(String name, int byDefault, int least, int most) {
        values.put(name, byDefault);
        bounds.put(name, new Bounds(least, most));
        usage.append(" [--").append(name).append(" N]");
        return this;
    }

    /** Ends the process with code 2 and one line when something is wrong. */
    Options read(String[] args) {
        try {
            for (int i = 0; i < args.length; i++) {
                if (args[i].equals("--json"))
                    json = true;
                else
                    set(args[i], ++i < args.length ? args[i] : "");
            }
        } catch (IllegalArgumentException e) {
            System.err.println("bench/run " + table + ": " + e.getMessage() + "; usage: bench/run " + table
                    + " [--json]" + usage);
            System.exit(2);
        }
        return this;
    }

    private void set(String option, String value) {
        Bounds within = option.startsWith("--") ? bounds.get(option.substring(2)) : null;
        if (within == null)
            throw new IllegalArgumentException("unknown option " + option);
        int number = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
        if (number < within.least || number > within.most)
            throw new IllegalArgumentException(
                    option + " takes a number from " + within.least + " to " + within.most);
        values.put(option.substring(2), number);
    }

    int get(String name) {
        return values.getOrDefault(name, 0);
    }

    boolean json() {
        return json;
    }
}
