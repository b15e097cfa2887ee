package org.schiltron.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scenarios from the text of a test. */
final class Texts {
    static final String FILE = "s.toml";
    private static final long SEED = Long.getLong("schiltron.seed", 1);

    private Texts() {
    }

    static Scenario read(Path directory, String text) throws IOException {
        return Scenario.read(Files.writeString(directory.resolve(FILE), text));
    }

    static Result run(Path directory, String text) throws IOException {
        return run(directory, text, SEED);
    }

    static Result run(Path directory, String text, long seed) throws IOException {
        return new ScenarioRun(read(directory, text), seed).run(_ -> {
        });
    }

    static Result.Link link(Result result, String from, String to) {
        return result.links().stream().filter(link -> link.from().equals(from) && link.to().equals(to)).findFirst()
                .orElseThrow();
    }
}
