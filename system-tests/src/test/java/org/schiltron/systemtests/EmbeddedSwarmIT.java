package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The two commands of the README, by the launcher itself. */
class EmbeddedSwarmIT {
    @TempDir
    Path directory;

    @Test
    void firstTryWithNothingElse() {
        Programs.curl();
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.start(stage, "127.0.0.1");
            Path original = nginx.file("file", 100_000, new Random(2));
            Child protect = stage.start(Launcher.script("protect", nginx.address()));
            String link = protect.awaitLine("link: ");
            assertThat(link).startsWith("schiltron:");
            assertThat(protect.awaitLine("swarm: ")).contains("protects nothing by itself");

            Child connect = stage.start(Launcher.script("connect", link, "--listen", "127.0.0.1:0"));
            connect.awaitLine("connected: ");
            Curl curl = Curl.start(stage, "http://" + connect.awaitLine("listen: tcp ") + "/file", "copy");
            assertThat(curl.exitCode()).as(stage::toString).isZero();
            assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));

            protect.awaitLine("metrics: ");
            connect.awaitLine("metrics: ");
            Child status = stage.schiltron("status", "--json");
            assertThat(status.awaitExit()).as(stage::toString).isZero();
            JsonNode roles = JsonMapper.shared().readTree(String.join("\n", status.out())).path("roles");
            assertThat(roles.valueStream().map(role -> role.path("role").asString() + role.path("pid").asLong()))
                    .containsExactlyInAnyOrder("protect" + protect.pid(), "connect" + connect.pid());

            assertThat(connect.terminate()).as(stage::toString).isZero();
            assertThat(protect.terminate()).as(stage::toString).isZero();
            assertThat(protect.out()).filteredOn(line -> line.startsWith("link: ")).hasSize(1);
            assertThat(protect.err()).isEmpty();
            assertThat(connect.err()).isEmpty();
            assertThat(stage.schiltron("status").awaitExit()).as("nobody is left").isEqualTo(6);
        }
    }
}
