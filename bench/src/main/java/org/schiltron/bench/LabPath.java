package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What real programs measure between two network namespaces.
 *
 * @param address of the receiver
 */
record LabPath(String sender, String receiver, String address) {
    private static final int PINGS = 1_000;
    private static final Pattern ROUND_TRIP = Pattern.compile("time=([0-9.]+) ms");
    private static final Pattern RECEIVED = Pattern.compile(
            "\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");
    private static final Pattern UDP_SUM = Pattern.compile(
            "\"sum\":\\s*\\{[^}]*\"seconds\":\\s*([0-9.eE+]+)[^}]*\"lost_packets\":\\s*([0-9]+),\\s*\"packets\":\\s*([0-9]+)");

    private static String[] in(String space, String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", space));
        whole.addAll(List.of(command));
        return whole.toArray(new String[0]);
    }

    /** Of one connection, at the receiver. */
    double bitsPerSecond(Scene scene, int seconds) throws IOException, InterruptedException {
        Matcher matcher = RECEIVED.matcher(iperf(scene, "-t", Integer.toString(seconds)));
        if (!matcher.find())
            throw new IOException("iperf3 does not say what was received");
        return Double.parseDouble(matcher.group(1));
    }

    /** UDP packets of 64 bytes that arrive, of as many as can be sent. */
    double smallPacketsPerSecond(Scene scene, int seconds) throws IOException, InterruptedException {
        Matcher matcher = UDP_SUM.matcher(iperf(scene, "-u", "-b", "0", "-l", "64", "-t", Integer.toString(seconds)));
        if (!matcher.find())
            throw new IOException("iperf3 does not say how many packets arrived");
        return (Double.parseDouble(matcher.group(3)) - Double.parseDouble(matcher.group(2)))
                / Double.parseDouble(matcher.group(1));
    }

    /** A steady stream for so long, in the background. */
    Child stream(Scene scene, String rate, int seconds) throws IOException, InterruptedException {
        serve(scene);
        return scene.start("iperf3", List.of(in(sender, "iperf3", "-c", address, "-u", "-b", rate, "-l", "1200", "-t",
                Integer.toString(seconds))));
    }

    private String iperf(Scene scene, String... more) throws IOException, InterruptedException {
        Child server = serve(scene);
        List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-c", address));
        command.addAll(List.of(more));
        String said = scene.run(in(sender, command.toArray(new String[0])));
        server.end();
        return said;
    }

    private Child serve(Scene scene) throws IOException, InterruptedException {
        Child server = scene.start("iperf3 -s", List.of(in(receiver, "iperf3", "-s", "-1", "--forceflush")));
        server.awaitLine("Server listening");
        return server;
    }

    /** Sorted, in ms, of pings 10 ms apart. */
    double[] roundTripsMs(Scene scene) throws IOException, InterruptedException {
        String said = scene.run(in(sender, "ping", "-c", Integer.toString(PINGS), "-i", "0.01", address));
        double[] all = new double[PINGS];
        int count = 0;
        Matcher matcher = ROUND_TRIP.matcher(said);
        while (matcher.find() && count < PINGS)
            all[count++] = Double.parseDouble(matcher.group(1));
        if (count < PINGS * 9 / 10)
            throw new IOException("only " + count + " of " + PINGS + " pings came back");
        double[] sorted = Arrays.copyOf(all, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
