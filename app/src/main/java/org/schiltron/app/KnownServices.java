package org.schiltron.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.PublicKey;

/**
 * What this user has seen of services: which version of a record, so that no older one is taken, and whose record lies at
 * a place that was given without a key, so that nobody else's is. A line is a key, a version, and a place or a dash:
 *
 * <pre>
 * aoqqpp7t... 1790000000 shop.example
 * </pre>
 */
record KnownServices(Path file) {
    /** Past it those not seen for longest are forgotten. */
    static final int MAX_ENTRIES = 1_024;
    private static final int MAX_BYTES = MAX_ENTRIES * 2_048;
    private static final String NO_PLACE = "-";

    private record Seen(PublicKey key, long version, String place) {
    }

    /** {@code $XDG_STATE_HOME/schiltron/services}, else below {@code ~/.local/state}. */
    static KnownServices ofUser() {
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return new KnownServices(base.resolve("schiltron").resolve("services"));
    }

    /** The highest seen, -1 for none. */
    long version(PublicKey key) {
        return read().stream().filter(seen -> seen.key.equals(key)).mapToLong(Seen::version).max().orElse(-1);
    }

    /** Whose record lay there; null if it was never looked at. */
    @Nullable
    PublicKey at(String place) {
        return read().stream().filter(seen -> seen.place.equals(place)).map(Seen::key).findFirst().orElse(null);
    }

    /**
     * Remembers it.
     *
     * @param place null if the key was given with it
     * @throws Failure if the file cannot be written
     */
    void saw(PublicKey key, long version, @Nullable String place) {
        String at = place == null ? NO_PLACE : place;
        List<Seen> all = new ArrayList<>(read());
        if (all.contains(new Seen(key, version, at)))
            return;
        all.removeIf(seen -> seen.place.equals(at) && (place != null || seen.key.equals(key)));
        all.add(new Seen(key, version, at));
        StringBuilder text = new StringBuilder();
        all.subList(Math.max(0, all.size() - MAX_ENTRIES), all.size()).forEach(seen -> text.append(seen.key.text())
                .append(' ').append(seen.version).append(' ').append(seen.place).append('\n'));
        try {
            Path directory = file.getParent();
            if (directory != null)
                Files.createDirectories(directory);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be written: " + Reason.of(e), e);
        }
        TextFiles.write(file, text.toString());
    }

    private List<Seen> read() {
        if (!Files.exists(file))
            return List.of();
        List<Seen> all = new ArrayList<>();
        for (String line : TextFiles.lines(new String(TextFiles.bytes(file, MAX_BYTES),
                StandardCharsets.UTF_8))) {
            String[] words = line.split(" ", 3);
            try {
                if (words.length < 3)
                    throw new IllegalArgumentException("expected a key, a version and a place");
                all.add(new Seen(PublicKey.parse(words[0]), Long.parseLong(words[1]), words[2]));
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.FILE, file + ": \"" + words[0] + " ...\": " + e.getMessage()
                        + "; remove the line if it is not yours", e);
            }
        }
        return all;
    }
}
