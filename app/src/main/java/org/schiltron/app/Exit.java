package org.schiltron.app;

import java.util.LinkedHashMap;
import java.util.Map;

/** The exit codes, the same for every command. Shown by {@code --help} and in docs/OPERATING.md; never renumbered. */
enum Exit {
    OK(0, "done, or stopped as asked"), FAILED(1, "failed while running"), USAGE(2,
            "wrong arguments or configuration"), UNREACHABLE(3,
                    "the swarm, a ring node or the service did not answer"), CANNOT_LISTEN(4,
                            "an address to listen on is busy or not of this machine"), FILE(5,
                                    "a file cannot be read or written, or is not what it should be"), NOT_RUNNING(6,
                                            "no such role is running on this machine"),
    /** Given by the launcher. */
    ENVIRONMENT(7, "JDK 25 or Maven is missing, or the build failed"), BUG(70, "a fault in Schiltron itself");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }

    /** Code to meaning, as picocli wants them for its help. */
    static Map<String, String> table() {
        Map<String, String> table = new LinkedHashMap<>();
        for (Exit exit : values())
            table.put(Integer.toString(exit.code), exit.meaning);
        return table;
    }
}
