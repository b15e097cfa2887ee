package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Three network namespaces in a row: {@code outside} (10.77.1.2, 2001:db8:77:1::2), a border that routes between its interfaces {@code out} and {@code in}, and {@code inside} (10.77.2.2,
 * 2001:db8:77:2::2). What is started in them is the stage's; the namespaces go with this.
 */
final class Border implements AutoCloseable {
    static final String OUTSIDE = "10.77.1.2";
    static final String INSIDE = "10.77.2.2";
    private static final String PREFIX = "schiltron-test-";

    private final Stage stage;

    Border(Stage stage) {
        this.stage = stage;
        Programs.ip();
        Assumptions.assumeTrue(Files.isWritable(Path.of("/run")) && System.getProperty("user.name").equals("root"),
                "network namespaces need root");
        for (String name : List.of("outside", "border", "inside")) {
            ip("netns", "add", PREFIX + name);
            ip("-n", PREFIX + name, "link", "set", "lo", "up");
        }
        join("outside", "out", 1);
        join("inside", "in", 2);
        on("border", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1").awaitExit();
    }

    private void join(String host, String side, int net) {
        ip("link", "add", "eth0", "netns", PREFIX + host, "type", "veth", "peer", "name", side, "netns",
                PREFIX + "border");
        for (String[] end : new String[][]{{host, "eth0", "2"}, {"border", side, "1"}}) {
            ip("-n", PREFIX + end[0], "addr", "add", "10.77." + net + "." + end[2] + "/24", "dev", end[1]);
            ip("-n", PREFIX + end[0], "addr", "add", "2001:db8:77:" + net + "::" + end[2] + "/64", "dev", end[1],
                    "nodad");
            ip("-n", PREFIX + end[0], "link", "set", end[1], "up");
        }
        ip("-n", PREFIX + host, "route", "add", "default", "via", "10.77." + net + ".1");
        ip("-n", PREFIX + host, "route", "add", "default", "via", "2001:db8:77:" + net + "::1");
    }

    private void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Programs.ip()));
        command.addAll(List.of(arguments));
        Child child = stage.start(command);
        assertThat(child.awaitExit()).as(child::toString).isZero();
    }

    /** Lets no more than that through to the inside: the link that would fill up. */
    void narrow(String rate) {
        Child child = on("border", "tc", "qdisc", "add", "dev", "in", "root", "tbf", "rate", rate, "burst", "16kb",
                "latency", "20ms");
        assertThat(child.awaitExit()).as(child::toString).isZero();
    }

    /** Starts a program on one of the three. */
    Child on(String name, String... command) {
        return on(name, List.of(command));
    }

    Child schiltron(String name, String... arguments) {
        return on(name, Launcher.java(arguments));
    }

    /** A class of these tests, as a program. */
    Child main(String name, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return on(name, command);
    }

    private Child on(String name, List<String> command) {
        List<String> whole = new ArrayList<>(List.of(Programs.ip(), "netns", "exec", PREFIX + name));
        whole.addAll(command);
        return stage.start(whole);
    }

    @Override
    public void close() {
        for (String name : List.of("outside", "border", "inside"))
            ip("netns", "delete", PREFIX + name);
    }
}
