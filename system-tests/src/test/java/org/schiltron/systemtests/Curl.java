package org.schiltron.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One download by curl. */
record Curl(Child process, Path file) {
    /** No download here takes so long, however busy the machine; one that does hangs. */
    private static final int LONGEST_SECONDS = 280;

    /** @param more options of curl */
    static Curl start(Stage stage, String url, String file, String... more) {
        Path to = stage.directory().resolve(file);
        List<String> command = new ArrayList<>(List.of(Programs.curl(), "-sS", "-g", "--fail", "--noproxy", "*",
                "--max-time", Integer.toString(LONGEST_SECONDS), "-o", to.toString()));
        command.addAll(List.of(more));
        command.add(url);
        return new Curl(stage.start(command), to);
    }

    /** Bytes that have arrived so far. */
    long bytes() {
        return file.toFile().length();
    }

    /** curl's exit code: 0, 18 (ended early), 28 (too long), 52 (no answer), 56 (reset). */
    int exitCode() {
        return process.awaitExit();
    }
}
