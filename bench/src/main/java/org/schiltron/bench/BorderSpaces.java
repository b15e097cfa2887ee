package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Three network namespaces in a row, made and removed with the scene: {@code outside} (10.77.1.2, and others there), a border that routes between its interfaces {@code out} and {@code in},
 * and {@code inside} (10.77.2.2). The link from the border to the inside is as narrow as one is told.
 */
final class BorderSpaces {
    /** Of all addresses in here. */
    static final String NET = "10.77.";
    static final String OUTSIDE = NET + "1.2";
    /** An attacker's, beside the edge's. */
    static final String ATTACKER = NET + "1.66";
    static final String INSIDE = NET + "2.2";
    static final List<String> MORE_INSIDE = List.of(NET + "2.3", NET + "2.4");

    /** May be set, so that several of these can be told apart. */
    private final String prefix = System.getProperty("schiltron.bench.namespaces", "schiltron") + "-"
            + ProcessHandle.current().pid() + "-";
    private final Scene scene;

    BorderSpaces(Scene scene, String rate) throws IOException, InterruptedException {
        this.scene = scene;
        for (String name : List.of("outside", "border", "inside")) {
            add(scene, prefix + name);
            ip(name, "link", "set", "lo", "up");
        }
        join("outside", "out", 1);
        join("inside", "in", 2);
        ip("outside", "addr", "add", ATTACKER + "/24", "dev", "eth0");
        for (String more : MORE_INSIDE)
            ip("inside", "addr", "add", more + "/24", "dev", "eth0");
        run("border", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        run("border", "tc", "qdisc", "add", "dev", "in", "root", "tbf", "rate", rate, "burst", "64kb", "latency",
                "20ms");
    }

    /** Makes a namespace that goes with the scene. */
    static void add(Scene scene, String name) throws IOException, InterruptedException {
        scene.run("ip", "netns", "add", name);
        scene.atEnd(() -> {
            try {
                new ProcessBuilder("ip", "netns", "del", name).start().waitFor();
            } catch (IOException e) {
                System.err.println("could not remove the network namespace " + name + ": " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void join(String host, String side, int net) throws IOException, InterruptedException {
        scene.run("ip", "link", "add", "eth0", "netns", prefix + host, "type", "veth", "peer", "name", side, "netns",
                prefix + "border");
        String way = NET + net + ".";
        ip(host, "addr", "add", way + "2/24", "dev", "eth0");
        ip("border", "addr", "add", way + "1/24", "dev", side);
        ip(host, "link", "set", "eth0", "up");
        ip("border", "link", "set", side, "up");
        ip(host, "route", "add", "default", "via", way + "1");
    }

    private void ip(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", prefix + name));
        command.addAll(List.of(arguments));
        scene.run(command.toArray(String[]::new));
    }

    private List<String> in(String name, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", prefix + name));
        whole.addAll(command);
        return whole;
    }

    /** Runs a program in one of the three to its end; its output. */
    String run(String name, String... command) throws IOException, InterruptedException {
        return scene.run(in(name, List.of(command)).toArray(String[]::new));
    }

    /** Starts one. */
    Child start(String name, String what, List<String> command) throws IOException {
        return scene.start(what, in(name, command));
    }

    /** Bytes that have come to the border from outside. */
    long bytesFromOutside() throws IOException, InterruptedException {
        return Long.parseLong(run("border", "cat", "/sys/class/net/out/statistics/rx_bytes").strip());
    }
}
