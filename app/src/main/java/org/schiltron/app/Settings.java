package org.schiltron.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.proof.PublicKey;
import org.schiltron.toml.Nearest;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * The settings of one role: what the command line says, else what the file says, else the default. Everything is checked
 * when it is read, so that the getters cannot fail; the first thing wrong ends the command with where it stands
 * ({@code mailbox.toml:14} or {@code --listen}), what is wrong and what is allowed.
 */
final class Settings {
    /** A configuration file longer than this is refused: it is the wrong file. */
    static final int MAX_FILE_BYTES = 1 << 20;

    /** A value and where it stands. */
    private record Given(Object value, String where) {
    }

    private final Map<Setting, List<Given>> values = new LinkedHashMap<>();

    private Settings() {
    }

    /**
     * @param file      TOML, or null for none
     * @param arguments settings given on the command line by their {@link Setting#key key}, each with at least one text
     * @param known     every setting of the role
     */
    static Settings read(@Nullable Path file, Map<String, List<String>> arguments, List<Setting> known) {
        Settings settings = new Settings();
        if (file != null)
            settings.readFile(file, known);
        for (Map.Entry<String, List<String>> argument : arguments.entrySet()) {
            String where = (argument.getKey().indexOf('.') < 0 ? "--" : "--set ") + argument.getKey();
            Setting setting = find(known, argument.getKey());
            if (setting == null)
                throw error(where, "no such setting" + suggestion(argument.getKey(), known));
            List<Given> parsed = new ArrayList<>();
            for (String text : argument.getValue())
                parsed.add(new Given(parse(where, setting, text), where));
            settings.put(where, setting, parsed);
        }
        for (Setting setting : known) {
            if (!settings.values.containsKey(setting) && !setting.fallback().isEmpty())
                settings.put("default", setting,
                        List.of(new Given(parse("default", setting, setting.fallback()), setting.key())));
        }
        return settings;
    }

    long whole(Setting setting) {
        return (Long) one(setting);
    }

    /** A whole number whose upper bound fits an int. */
    int integer(Setting setting) {
        return Math.toIntExact(whole(setting));
    }

    boolean flag(Setting setting) {
        return (Boolean) one(setting);
    }

    @Nullable
    String text(Setting setting) {
        return isSet(setting) ? (String) one(setting) : null;
    }

    /** Unresolved. Only for a setting with a default. */
    InetSocketAddress address(Setting setting) {
        return (InetSocketAddress) one(setting);
    }

    List<String> texts(Setting setting) {
        return all(setting, String.class);
    }

    /** Unresolved. */
    List<InetSocketAddress> addresses(Setting setting) {
        return all(setting, InetSocketAddress.class);
    }

    private <T> List<T> all(Setting setting, Class<T> type) {
        return values.getOrDefault(setting, List.of()).stream().map(given -> type.cast(given.value)).toList();
    }

    /** The file that is named, null if none is. */
    @Nullable
    Path file(Setting setting) {
        String name = text(setting);
        try {
            if (name == null || !name.isEmpty())
                return name == null ? null : Path.of(name);
        } catch (InvalidPathException e) {
            throw wrong(setting, "not the name of a file: " + e.getReason());
        }
        throw wrong(setting, "not the name of a file: it is empty");
    }

    /** For what only its user can find wrong with a value: where it stands, and what is wrong. */
    Failure wrong(Setting setting, String what) {
        return wrong(setting, 0, what);
    }

    /** As above, of the entry {@code index} of a list. */
    Failure wrong(Setting setting, int index, String what) {
        List<Given> given = values.getOrDefault(setting, List.of());
        return error(index < given.size() ? given.get(index).where : setting.key(), what);
    }

    List<PublicKey> keys(Setting setting) {
        return all(setting, PublicKey.class);
    }

    /** The settings that are not here as they are there. */
    List<Setting> differing(Settings other) {
        return Stream.concat(values.keySet().stream(), other.values.keySet().stream()).distinct()
                .filter(setting -> !all(setting, Object.class).equals(other.all(setting, Object.class))).toList();
    }

    /** Whether it was given or has a default. */
    boolean isSet(Setting setting) {
        return values.containsKey(setting);
    }

    private Object one(Setting setting) {
        List<Given> given = values.get(setting);
        if (given == null)
            throw new IllegalStateException(setting.key() + " is neither set nor has a default");
        return given.getFirst().value;
    }

    private void put(String where, Setting setting, List<Given> parsed) {
        if (setting.kind().isList() && parsed.size() > setting.max())
            throw error(where, parsed.size() + " entries, at most " + setting.max() + " are allowed");
        if (!setting.kind().isList() && parsed.size() > 1)
            throw error(where, "given " + parsed.size() + " times, once is allowed");
        values.put(setting, parsed);
    }

    private void readFile(Path file, List<Setting> known) {
        TomlParseResult toml = parseFile(file);
        for (List<String> path : toml.keyPathSet()) {
            String key = String.join(".", path);
            String where = at(file, toml.inputPositionOf(path)) + ": " + key;
            Setting setting = find(known, key);
            if (setting == null)
                throw error(where, "no such setting" + suggestion(key, known));
            Object value = toml.get(path);
            List<Given> parsed = new ArrayList<>();
            if (value instanceof TomlArray array && setting.kind().isList()) {
                for (int i = 0; i < array.size(); i++) {
                    String entry = at(file, array.inputPositionOf(i)) + ": " + key;
                    parsed.add(new Given(check(entry, setting, array.get(i)), entry));
                }
            } else {
                parsed.add(new Given(check(where, setting, value), where));
            }
            put(where, setting, parsed);
        }
    }

    private static TomlParseResult parseFile(Path file) {
        TomlParseResult toml;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1); // a device has no size
            if (bytes.length > MAX_FILE_BYTES)
                throw new Failure(Exit.FILE, file + ": longer than a configuration file may be (1 MiB)");
            toml = Toml.parse(text(file, bytes));
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
        for (TomlParseError problem : toml.errors())
            throw error(at(file, problem.position()), String.valueOf(problem.getMessage()));
        return toml;
    }

    /** What the file says, which TOML wants in UTF-8; a byte order mark in front is none of it. */
    private static String text(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            long line = 1;
            for (int i = 0; i < in.position(); i++)
                line += bytes[i] == '\n' ? 1 : 0;
            throw error(file + ":" + line, "not UTF-8: save the file in that encoding");
        }
        String text = out.flip().toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    /** A value from a file, already typed by TOML. */
    private static Object check(String where, Setting setting, @Nullable Object value) {
        return switch (setting.kind()) {
            case WHOLE -> value instanceof Long number
                    ? inBounds(where, setting, number)
                    : wrongKind(where, setting, value);
            case FLAG -> value instanceof Boolean ? value : wrongKind(where, setting, value);
            case TEXT, TEXTS, ADDRESS, ADDRESSES, KEYS -> value instanceof String text
                    ? parse(where, setting, text)
                    : wrongKind(where, setting, value);
        };
    }

    /** A value written as text. */
    private static Object parse(String where, Setting setting, String text) {
        switch (setting.kind()) {
            case WHOLE -> {
                try {
                    return inBounds(where, setting, Long.parseLong(text));
                } catch (NumberFormatException e) {
                    return wrongKind(where, setting, text);
                }
            }
            case FLAG -> {
                if (text.equals("true") || text.equals("false"))
                    return Boolean.valueOf(text);
                return wrongKind(where, setting, text);
            }
            case TEXT -> {
                if (text.length() > setting.max())
                    throw error(where, text.length() + " characters, at most " + setting.max() + " are allowed");
                return text;
            }
            case ADDRESS, ADDRESSES -> {
                try {
                    return Addresses.parse(text);
                } catch (IllegalArgumentException e) {
                    throw error(where, String.valueOf(e.getMessage()));
                }
            }
            case KEYS -> {
                try {
                    return PublicKey.parse(text);
                } catch (IllegalArgumentException e) {
                    throw error(where, String.valueOf(e.getMessage()));
                }
            }
            default -> {
                return text;
            }
        }
    }

    private static Long inBounds(String where, Setting setting, long number) {
        if (number < setting.min() || number > setting.max())
            throw error(where, number + " is out of range (" + setting.allowed() + ")");
        return number;
    }

    private static Object wrongKind(String where, Setting setting, @Nullable Object value) {
        String shown = value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
        if (value instanceof TomlArray)
            shown = "a list";
        throw error(where, shown + " is not a " + setting.kind().title + " (" + setting.allowed() + ")");
    }

    private static @Nullable Setting find(List<Setting> known, String key) {
        for (Setting setting : known) {
            if (setting.key().equals(key))
                return setting;
        }
        return null;
    }

    /** The known key that is closest, if one is close, else where they are listed. */
    private static String suggestion(String key, List<Setting> known) {
        String bare = key.substring(key.lastIndexOf('.') + 1);
        for (Setting setting : known) {
            if (setting.name().equals(bare))
                return "; did you mean " + setting.key() + "?";
        }
        String best = Nearest.to(key, known.stream().map(Setting::key).toList());
        return best.isEmpty() ? "; docs/OPERATING.md lists them all" : "; did you mean " + best + "?";
    }

    private static String at(Path file, @Nullable TomlPosition position) {
        return position == null ? file.toString() : file + ":" + position.line();
    }

    private static Failure error(String where, String what) {
        return new Failure(Exit.USAGE, where + ": " + what);
    }
}
