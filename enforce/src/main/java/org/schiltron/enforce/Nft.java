package org.schiltron.enforce;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.schiltron.filter.NftScript;

/** The program {@code nft}, here or in another network namespace. */
final class Nft {
    /** A million prefixes take about 20 s. */
    private static final Duration LONGEST = Duration.ofMinutes(10);
    /** What it says of an error in a large script repeats itself. */
    private static final int MAX_ERRORS = 16_384;
    private static final int NOT_FOUND = 127; // as shells and env say it
    private static final Pattern PLACE = Pattern.compile("/dev/stdin:([0-9]{1,9}):[0-9-]+: Error: (.*)");
    private static final Pattern ERROR = Pattern.compile("Error: (.*)");

    private final List<String> prefix;
    private final Duration longest;

    /** @param prefix what stands before it in the command line, such as {@code ip netns exec NAME} */
    Nft(List<String> prefix) {
        this(prefix, LONGEST);
    }

    /** @param longest how long a run may take */
    Nft(List<String> prefix, Duration longest) {
        this.prefix = List.copyOf(prefix);
        this.longest = longest;
    }

    /** Runs a script, all of it or nothing. */
    void load(String script) throws IOException {
        run(List.of("-f", "-"), script);
    }

    /** @return what it prints */
    String run(List<String> arguments, String input) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add("nft");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C"); // errors are looked at below
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException("needs the program " + command.getFirst()
                    + (prefix.isEmpty() ? " (Debian: nftables)" : ""), e);
        }
        CompletableFuture<String> errors = read(process.getErrorStream(), MAX_ERRORS);
        CompletableFuture<String> output = read(process.getInputStream(), Integer.MAX_VALUE);
        try (OutputStream to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it ended before it had read all: its errors say why
        }
        try {
            if (!process.waitFor(longest))
                throw new IOException("nft has not ended after " + longest.toSeconds() + " s");
            if (process.exitValue() != 0)
                throw new IOException(why(process.exitValue(), errors.join(), input));
            return output.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly(); // does nothing to one that has ended
        }
    }

    private static CompletableFuture<String> read(InputStream stream, int most) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(new String(stream.readNBytes(most), StandardCharsets.UTF_8));
                stream.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                text.complete("");
            }
        });
        return text;
    }

    private static String why(int exit, String errors, String script) {
        if (exit == NOT_FOUND || errors.contains("exec of \"nft\" failed"))
            return "needs the program nft (Debian: nftables): " + errors.strip();
        Matcher place = PLACE.matcher(errors);
        Matcher error = ERROR.matcher(errors);
        if (place.find()) {
            String subject = NftScript.subject(script, Integer.parseInt(place.group(1)));
            return "nftables refuses " + (subject.isEmpty() ? "the rules" : "rule " + subject) + ": " + place.group(2)
                    + hint(errors);
        }
        return "nft: " + (error.find() ? error.group(1) : errors.strip()) + hint(errors);
    }

    private static String hint(String errors) {
        if (errors.contains("Operation not permitted"))
            return " (needs root, or CAP_NET_ADMIN in its network namespace)";
        if (errors.contains("Message too long"))
            return " (more at once than a socket of this user holds: net.core.wmem_max, or CAP_NET_ADMIN on the host)";
        if (errors.contains("No such file or directory"))
            return " (has somebody else changed the table? then apply the rules again)";
        return "";
    }
}
