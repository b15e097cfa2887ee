package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A way from a client to a web server.
 *
 * @param name      as in the table
 * @param version   of the program, empty for none
 * @param does      what it encrypts and where it runs
 * @param processes what stands between client and web server
 * @param ends      client and web server
 * @param address   where the client finds the web server
 */
record Way(String name, String version, String does, List<Child> processes, Ends ends, String address, int port) {

    /** Client and web server, in one network. */
    record Ends(Child load, Child server) {
    }

    /** Bulk: bytes per second; CPU seconds per 10^9 bytes of the processes between, and of the ends too. */
    record Bulk(double bytesPerSecond, double cpuPerGb, double cpuPerGbWithEnds) {
    }

    /** Small requests: latencies from when they were due; processor time of the processes between. */
    record Small(long requests, long errors, double p50Us, double p99Us, double cpuUsPerRequest) {
    }

    Bulk bulk(int seconds) throws IOException, InterruptedException {
        double before = cpu(processes);
        double endsBefore = cpu(List.of(ends.load, ends.server));
        double[] said = ask("bulk: ", "bulk " + address + " " + port + " " + seconds);
        double between = cpu(processes) - before;
        double atEnds = cpu(List.of(ends.load, ends.server)) - endsBefore;
        return new Bulk(said[0] / said[1], between / said[0] * 1e9, (between + atEnds) / said[0] * 1e9);
    }

    Small small(boolean fresh, int connections, int rate, int warmMs, int ms)
            throws IOException, InterruptedException {
        double before = cpu(processes);
        double[] said = ask("small: ", "small " + address + " " + port + (fresh ? " new " : " kept ") + connections
                + " " + rate + " " + warmMs + " " + ms);
        double requests = said[0] * (warmMs + ms) / ms;
        return new Small((long) said[0], (long) said[1], said[2], said[3], 1e6 * (cpu(processes) - before) / requests);
    }

    private double[] ask(String mark, String question) throws IOException, InterruptedException {
        String answer = ends.load.ask(question, mark);
        if (answer.contains("failed"))
            throw new IOException(name + ": " + answer);
        List<Double> values = new ArrayList<>();
        for (String word : answer.split(" ", -1))
            values.add(Double.parseDouble(word));
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double cpu(List<Child> of) throws IOException {
        double sum = 0;
        for (Child child : of)
            sum += child.cpuSeconds();
        return sum;
    }
}
