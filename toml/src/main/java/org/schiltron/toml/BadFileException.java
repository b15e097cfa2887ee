package org.schiltron.toml;

import java.io.IOException;

/** A file that cannot be used: where, what is wrong and what would be right, as {@code file:line: reason}. */
public final class BadFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param line counted from 1; 0 when the whole file is meant */
    public BadFileException(String file, int line, String reason) {
        super(line == 0 ? file + ": " + reason : file + ":" + line + ": " + reason);
    }
}
