package org.schiltron.app;

import org.jspecify.annotations.Nullable;

/** Ends a command with one line for a person (what is wrong, where, what to do) and an exit code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Exit exit;

    Failure(Exit exit, String line) {
        this(exit, line, null);
    }

    Failure(Exit exit, String line, @Nullable Throwable cause) {
        super(line.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(""), cause);
        this.exit = exit;
    }

    Exit exit() {
        return exit;
    }

    /** The message, which is never missing here. */
    String line() {
        return String.valueOf(getMessage());
    }
}
