package org.schiltron.app;

/**
 * One thing a person may set, in a file or on the command line: the single place for its name, bounds, default and
 * meaning. docs/OPERATING.md lists {@link #row} of each, which a test checks.
 *
 * @param tier     how often it needs a look
 * @param name     kebab-case, with its unit at the end
 * @param kind     what its value is
 * @param fallback the default, as it would be written in a file; empty for none
 * @param min      least value, or fewest entries of a list
 * @param max      greatest value, most entries of a list, most characters of a text
 * @param meaning  one line
 */
record Setting(Tier tier, String name, Kind kind, String fallback, long min, long max, String meaning) {
    /** Where in the file a setting stands. */
    enum Tier {
        FIRST("", "set first"), TUNE("tune.", "tune for performance"), RARE("rare.", "rarely touch");

        final String prefix;
        final String title;

        Tier(String prefix, String title) {
            this.prefix = prefix;
            this.title = title;
        }
    }

    /** What a value is. */
    enum Kind {
        WHOLE("whole number"), FLAG("true or false"), TEXT("text"), ADDRESS("host:port"), TEXTS(
                "list of texts"), ADDRESSES("list of host:port"), KEYS("list of public keys");

        final String title;

        Kind(String title) {
            this.title = title;
        }

        boolean isList() {
            return this == TEXTS || this == ADDRESSES || this == KEYS;
        }
    }

    static Setting whole(Tier tier, String name, long fallback, long min, long max, String meaning) {
        return new Setting(tier, name, Kind.WHOLE, Long.toString(fallback), min, max, meaning);
    }

    static Setting flag(Tier tier, String name, boolean fallback, String meaning) {
        return new Setting(tier, name, Kind.FLAG, Boolean.toString(fallback), 0, 1, meaning);
    }

    static Setting text(Tier tier, String name, String fallback, int maxCharacters, String meaning) {
        return new Setting(tier, name, Kind.TEXT, fallback, 0, maxCharacters, meaning);
    }

    static Setting address(Tier tier, String name, String fallback, String meaning) {
        return new Setting(tier, name, Kind.ADDRESS, fallback, 0, 65_535, meaning);
    }

    static Setting texts(Tier tier, String name, int max, String meaning) {
        return new Setting(tier, name, Kind.TEXTS, "", 0, max, meaning);
    }

    static Setting addresses(Tier tier, String name, int max, String meaning) {
        return new Setting(tier, name, Kind.ADDRESSES, "", 0, max, meaning);
    }

    static Setting keys(Tier tier, String name, int max, String meaning) {
        return new Setting(tier, name, Kind.KEYS, "", 0, max, meaning);
    }

    /** The key in a file, with its table: {@code tune.link-mbit-per-second}. */
    String key() {
        return tier.prefix + name;
    }

    /** What is allowed, for an error message and the table in the docs. */
    String allowed() {
        return switch (kind) {
            case WHOLE -> min + "-" + max;
            case FLAG -> "true or false";
            case TEXT -> "up to " + max + " characters";
            case ADDRESS -> "host:port";
            case TEXTS, KEYS -> "up to " + max;
            case ADDRESSES -> "up to " + max + " host:port";
        };
    }

    /** The setting's line in the table of docs/OPERATING.md. */
    String row() {
        String preset = fallback.isEmpty() ? "-" : "`" + fallback + "`";
        return "| `" + key() + "` | " + preset + " | " + allowed() + " | " + meaning.replace("|", "\\|") + " |";
    }
}
