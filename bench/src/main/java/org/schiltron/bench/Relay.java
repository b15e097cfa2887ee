package org.schiltron.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A relay under test: a child process that listens on a loopback port. Closing it ends it. */
final class Relay implements AutoCloseable {
    private final Process process;
    private final int port;
    private final boolean counts;
    private final BufferedReader output;
    private final String extra;

    private Relay(Process process, BufferedReader output, int port, String extra, boolean counts) {
        this.process = process;
        this.output = output;
        this.port = port;
        this.extra = extra;
        this.counts = counts;
    }

    /**
     * Waits until the process prints {@code ready PORT [EXTRA]}.
     *
     * @param counts whether it answers a line of input with its counters, as {@link RelayProcess} does
     */
    static Relay thatSaysReady(Process process, boolean counts) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (line == null || !line.startsWith("ready ")) {
            process.destroyForcibly();
            throw new IOException("relay said \"" + line + "\" instead of ready");
        }
        String[] words = line.split(" ", 3);
        return new Relay(process, output, Integer.parseInt(words[1]), words.length == 3 ? words[2] : "", counts);
    }

    static Relay onPort(Process process, int port) {
        return new Relay(process, process.inputReader(StandardCharsets.UTF_8), port, "", false);
    }

    long pid() {
        return process.pid();
    }

    int port() {
        return port;
    }

    /** What the load must know besides the port. */
    String extra() {
        return extra;
    }

    boolean counts() {
        return counts;
    }

    /** Datagrams in, datagrams out, system calls, bytes allocated by the loop's thread; since the start. */
    long[] counters() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write('\n');
        in.flush();
        String line = output.readLine();
        if (line == null)
            throw new IOException("the relay is gone");
        String[] words = line.split(" ", -1);
        long[] values = new long[words.length];
        for (int i = 0; i < values.length; i++)
            values[i] = Long.parseLong(words[i]);
        return values;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS))
                process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
