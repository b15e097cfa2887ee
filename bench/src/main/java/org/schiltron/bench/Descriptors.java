package org.schiltron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * File descriptors that a process may have. Where this one may raise the limit (root, unless a container has taken that away), its
 * children get more; where not, what needs more has to be spread over several processes.
 */
final class Descriptors {
    private static final Pattern LIMIT = Pattern.compile("Max open files +\\S+ +([0-9]+)");

    private Descriptors() {
    }

    /** The limit as it is: a JVM takes all that it may have by itself. */
    static int limit() throws IOException {
        Matcher matcher = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
        return matcher.find() ? (int) Math.min(Integer.MAX_VALUE, Long.parseLong(matcher.group(1))) : 1_024;
    }

    /** Whether a child may have so many. */
    static boolean mayHave(int wanted) throws IOException, InterruptedException {
        if (limit() >= wanted)
            return true;
        String prlimit = Scene.find("prlimit");
        return prlimit != null && new ProcessBuilder(List.of(prlimit, "--nofile=" + wanted, "true"))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    /** The command with so many, which it {@link #mayHave}. */
    static List<String> with(int wanted, List<String> command) throws IOException {
        if (limit() >= wanted)
            return command;
        List<String> whole = new ArrayList<>(List.of(String.valueOf(Scene.find("prlimit")), "--nofile=" + wanted));
        whole.addAll(command);
        return whole;
    }
}
