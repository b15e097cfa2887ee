package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Network namespaces that a test joins and routes as it likes. All of them forward; none asks where a packet may come from. They go with the stage, after what runs in them. */
class Namespaces {
    private final String prefix = "brd-" + ProcessHandle.current().pid() + "-";
    private final Stage stage;

    /** Skips the test where it cannot be. */
    Namespaces(Stage stage, String... names) {
        this.stage = stage;
        Programs.ip();
        Assumptions.assumeTrue(Files.isWritable(Path.of("/run")) && System.getProperty("user.name").equals("root"),
                "network namespaces need root");
        for (String name : names) {
            ok(List.of(Programs.ip(), "netns", "add", prefix + name));
            stage.undoLater(() -> ok(List.of(Programs.ip(), "netns", "delete", prefix + name)));
            ip(name, "link", "set", "dev", "lo", "up");
            ok(name, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
                    "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0");
        }
    }

    /** A link, named at each end after who is at the other: {@code 10.78.NET.1} and {@code 2001:db8:78:NET::1} at the first, 2 at the second. */
    void join(String first, String second, int net) {
        join(first, second, second, first, "10.78." + net, "2001:db8:78:" + net);
    }

    /** A link between a device at each end, 1 and 2 of a /24 and a /64. */
    void join(String first, String device, String second, String secondDevice, String net, String net6) {
        ok(List.of(Programs.ip(), "link", "add", "name", device, "netns", prefix + first, "type", "veth", "peer",
                "name", secondDevice, "netns", prefix + second));
        for (String[] end : new String[][]{{first, device, "1"}, {second, secondDevice, "2"}}) {
            ip(end[0], "addr", "add", net + "." + end[2] + "/24", "dev", end[1]);
            ip(end[0], "addr", "add", net6 + "::" + end[2] + "/64", "dev", end[1], "nodad");
            ip(end[0], "link", "set", "dev", end[1], "up");
        }
    }

    /** An address of its own, on no link. */
    void address(String name, String... addresses) {
        for (String address : addresses)
            ip(name, "addr", "add", address, "dev", "lo");
    }

    /** @param route such as {@code 10.78.9.0/24 via 10.78.1.1} */
    void route(String name, String route) {
        List<String> command = new ArrayList<>(
                List.of(route.contains("::") ? "-6" : "-4", "route", "add"));
        command.addAll(List.of(route.split(" ")));
        ip(name, command.toArray(String[]::new));
    }

    private void ip(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Programs.ip(), "-n", prefix + name));
        command.addAll(List.of(arguments));
        ok(command);
    }

    void ok(String name, String... command) {
        ok(whole(name, List.of(command)));
    }

    private void ok(List<String> command) {
        Child child = stage.start(command);
        assertThat(child.awaitExit()).as(child::toString).isZero();
    }

    Child on(String name, String... command) {
        return stage.start(whole(name, List.of(command)));
    }

    /** Has a runtime directory of its own, so that several of one role can be told apart. */
    Child schiltron(String name, String... arguments) {
        return stage.start(whole(name, Launcher.java(arguments)),
                Map.of("XDG_RUNTIME_DIR", directory(name).toString()));
    }

    private Path directory(String name) {
        try {
            return Files.createDirectories(stage.directory().resolve("run-" + name));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A class of these tests, as a program. */
    Child main(String name, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED", Launcher.QUICKLY_STARTED, "-cp",
                        System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return stage.start(whole(name, command));
    }

    private List<String> whole(String name, List<String> command) {
        List<String> whole = new ArrayList<>(List.of(Programs.ip(), "netns", "exec", prefix + name));
        whole.addAll(command);
        return whole;
    }
}
