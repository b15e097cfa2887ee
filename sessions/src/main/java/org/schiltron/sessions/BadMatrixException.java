package org.schiltron.sessions;

import java.io.IOException;

/** A file of round trips that cannot be used: where and why, as {@code file:line: reason}. */
public final class BadMatrixException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param line counted from 1; 0 when the whole file is meant */
    BadMatrixException(String file, long line, String reason) {
        super(line == 0 ? file + ": " + reason : file + ":" + line + ": " + reason);
    }
}
