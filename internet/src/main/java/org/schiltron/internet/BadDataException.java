package org.schiltron.internet;

import java.io.IOException;

/** A data file that cannot be used: where and why, as {@code file:line: reason}. */
public final class BadDataException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param line counted from 1; 0 when the whole file is meant */
    BadDataException(String file, long line, String reason) {
        super(line == 0 ? file + ": " + reason : file + ":" + line + ": " + reason);
    }
}
