package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five nodes, each a process, a landing beside nginx, and curl: each route carries a file, and legs outlive a node. */
class EdgeRoutesIT {
    private static final int FILE_BYTES = 8_000_000;
    private static final String[] NODES = {"access", "b1", "b2", "e1", "e2"};
    private static final String[] ROLES = {"ingress", "beacon", "beacon", "egress", "egress"};
    private static final String[] ROUTES = {"singly-indirect", "doubly-indirect", "random", "mix"};

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private final List<Child> nodes = new ArrayList<>();

    @BeforeEach
    void begin() {
        stage = new Stage(directory);
    }

    @AfterEach
    void end() {
        stage.close();
    }

    private String key(String name) {
        return stage.ok("key", "new", name + ".key").out().getFirst();
    }

    private Child node(int index, int port, String... more) {
        List<String> arguments = new ArrayList<>(List.of("edge", "--metrics", "off", "--nodes", "nodes.txt",
                "--node-key", NODES[index] + ".key", "--trunk-listen", "127.0.0.1:" + port));
        arguments.addAll(List.of(more));
        return stage.schiltron(arguments.toArray(String[]::new));
    }

    @Test
    void everyRouteCarriesAndALegOutlivesItsEgress() throws IOException {
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        Path file = nginx.file("big", FILE_BYTES, new Random(1));
        StringBuilder list = new StringBuilder();
        int[] ports = new int[NODES.length];
        for (int i = 0; i < NODES.length; i++) {
            ports[i] = Stage.freePort();
            list.append(NODES[i]).append(" 127.0.0.1:").append(ports[i]).append(' ').append(key(NODES[i])).append(' ')
                    .append(ROLES[i]).append('\n');
        }
        String landingKey = key("landing");
        Files.writeString(directory.resolve("nodes.txt"), list);
        Child landing = stage.schiltron("landing", "--metrics", "off", "--listen", "127.0.0.1:0", "--key",
                "landing.key", "--nodes", "nodes.txt", "--service", "lasting=" + nginx.address());
        String landingAt = landing.awaitLine("landing: ");
        StringBuilder egresses = new StringBuilder();
        StringBuilder services = new StringBuilder();
        for (String route : ROUTES) {
            services.append("[[service]]\nname = \"").append(route).append("\"\nroute = \"").append(route)
                    .append("\"\nverify = \"http\"\nlisten = \"127.0.0.1:").append(Stage.freePort()).append("\"\n");
            egresses.append("[[egress]]\nname = \"").append(route).append("\"\nto = \"").append(nginx.address())
                    .append("\"\n");
        }
        services.append("[[service]]\nname = \"lasting\"\nroute = \"singly-indirect\"\nlisten = \"127.0.0.1:")
                .append(Stage.freePort()).append("\"\nlanding = \"").append(landingKey).append("\"\n");
        egresses.append("[[egress]]\nname = \"lasting\"\nlanding = \"").append(landingAt).append("\"\n");
        Files.writeString(directory.resolve("services.toml"), services);
        Files.writeString(directory.resolve("egresses.toml"), egresses);
        for (int i = 1; i < NODES.length; i++)
            nodes.add(i < 3 ? node(i, ports[i]) : node(i, ports[i], "--services", "egresses.toml"));
        nodes.forEach(node -> node.awaitLine("node: "));
        Child access = node(0, ports[0], "--services", "services.toml");
        access.awaitLine("node: ");
        List<String> entrances = access.out().stream().filter(line -> line.startsWith("edge: "))
                .map(line -> line.replaceAll("edge: | tcp", "")).toList();
        for (int i = 0; i < ROUTES.length; i++) {
            Curl got = Curl.start(stage, "http://" + entrances.get(i) + "/big", ROUTES[i], "--retry", "20",
                    "--retry-delay", "1");
            assertThat(got.exitCode()).as("%s%n%s", ROUTES[i], stage).isZero();
            assertThat(Stage.sha256(got.file())).as(ROUTES[i]).isEqualTo(Stage.sha256(file));
        }
        outlives(entrances.get(ROUTES.length), file);
    }

    private void outlives(String entrance, Path file) {
        Curl slow = Curl.start(stage, "http://" + entrance + "/big", "lasting", "--limit-rate", "1M");
        await("the download is under way").atMost(Child.LONGEST).until(() -> slow.bytes() > 500_000);
        slow.process().freeze(); // how long looking takes is up to the machine
        List<Child> carrying = carrying();
        assertThat(carrying).as("one egress has the leg").hasSize(1);
        carrying.getFirst().kill();
        slow.process().thaw();
        assertThat(slow.exitCode()).as(stage::toString).isZero();
        assertThat(Stage.sha256(slow.file())).isEqualTo(Stage.sha256(file));
    }

    private List<Child> carrying() {
        String all = String.join("", stage.ok("status", "edge", "--json").out()).replaceAll("\\s", "");
        return nodes.stream().skip(2).filter(node -> all.replaceAll(".*\"pid\":" + node.pid() + ",", "")
                .replaceAll("\"pid\":.*", "").matches(".*\"egressLegs\":[1-9].*")).toList();
    }
}
