package org.schiltron.scenario;

import java.io.IOException;

/** A scenario file that cannot be run: where, what is wrong and what would be right, as {@code file:line: reason}. */
public final class BadScenarioException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param line counted from 1; 0 when the whole file is meant */
    BadScenarioException(String file, int line, String reason) {
        super(line == 0 ? file + ": " + reason : file + ":" + line + ": " + reason);
    }
}
