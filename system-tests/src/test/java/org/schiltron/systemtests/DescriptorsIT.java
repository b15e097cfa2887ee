package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that runs out of file descriptors does not end, and serves again as soon as it has some. */
class DescriptorsIT {
    private static final int PROGRAMS = 200;
    private static final int OF_CONNECT = 120;
    private static final int OF_PROTECT = 160;
    /** Both ends of a connection, and some to spare. */
    private static final int FREE = 4;

    @TempDir
    Path directory;

    private final List<Socket> programs = new ArrayList<>();

    @Test
    void connectKeepsWhoComesWaiting() throws IOException {
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = start(stage);
            Child protect = stage.schiltron("protect", nginx.address());
            Child connect = limited(stage, OF_CONNECT, "connect", protect.awaitLine("link: "), "--listen",
                    "127.0.0.1:0");
            awaitControl(connect);
            String at = connect.awaitLine("listen: tcp ");
            connectPrograms(at);
            await().atMost(Child.LONGEST).until(() -> descriptors(connect) >= OF_CONNECT);
            assertThat(traffic(stage, "connect", connect, OF_CONNECT, at).path("acceptPauses").asLong()).isPositive();
            assertThat(connect.terminate()).as(stage::toString).isZero();
            assertThat(connect.err()).isEmpty();
        }
    }

    @Test
    void protectResetsWhatItCannotConnect() throws IOException {
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = start(stage);
            Child protect = limited(stage, OF_PROTECT, "protect", nginx.address());
            Child connect = stage.schiltron("connect", protect.awaitLine("link: "), "--listen", "127.0.0.1:0");
            awaitControl(protect);
            String at = connect.awaitLine("listen: tcp ");
            connect.awaitLine("connected: ");
            connectPrograms(at);
            await().atMost(Child.LONGEST).until(() -> programs.stream().anyMatch(DescriptorsIT::isOver));
            assertThat(traffic(stage, "protect", protect, OF_PROTECT, at).path("connectionsRefused").asLong())
                    .isPositive();
            assertThat(protect.terminate()).as(stage::toString).isZero();
            assertThat(protect.err()).isEmpty();
        }
    }

    private static Nginx start(Stage stage) {
        Programs.curl();
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        nginx.file("file", 100_000, new Random(2));
        return nginx;
    }

    private static Child limited(Stage stage, int descriptors, String... args) {
        List<String> command = new ArrayList<>(
                List.of("bash", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "limited"));
        command.addAll(Launcher.java(args));
        return stage.start(command);
    }

    /** It is the last thing that a role opens. */
    private void awaitControl(Child role) {
        await().atMost(Child.LONGEST).until(() -> {
            try (Stream<Path> all = Files.walk(directory)) {
                return all.anyMatch(path -> path.toString().endsWith("-" + role.pid() + ".sock"));
            }
        });
    }

    private void connectPrograms(String at) throws IOException {
        int colon = at.lastIndexOf(':');
        for (int i = 0; i < PROGRAMS; i++)
            programs.add(new Socket(at.substring(0, colon), Integer.parseInt(at.substring(colon + 1))));
    }

    private static long descriptors(Child of) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(of.pid()), "fd"))) {
            return all.count();
        }
    }

    private static boolean isOver(Socket program) {
        try {
            program.setSoTimeout(1);
            return program.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Once the programs have left and descriptors are free: that a file comes through whole, and what the role says of its traffic. */
    private JsonNode traffic(Stage stage, String role, Child process, int limit, String at) {
        for (Socket program : programs) {
            try {
                program.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        await().atMost(Child.LONGEST).until(() -> descriptors(process) < limit - FREE);
        Curl curl = Curl.start(stage, "http://" + at + "/file", "copy");
        assertThat(curl.exitCode()).as(stage::toString).isZero();
        assertThat(curl.file()).hasSize(100_000);
        Child status = stage.schiltron("status", role, "--json");
        assertThat(status.awaitExit()).as(stage::toString).isZero();
        return JsonMapper.shared().readTree(String.join("\n", status.out())).path("roles").path(0).path("traffic");
    }
}
