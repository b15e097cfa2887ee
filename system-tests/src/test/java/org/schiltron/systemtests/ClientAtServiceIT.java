package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service knows of a client by its id: its web server logs it, and its operator limits and bans it. */
class ClientAtServiceIT {
    private static final int FAILED = 1;
    private static final String LIMITS = "sessions=1 streams=8 packets-per-second=60";

    @TempDir
    Path directory;

    @Test
    void nginxLearnsItAndLimitsAndBansHold() throws Exception {
        Programs.curl();
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.startBehindProxyProtocol(stage, "127.0.0.1");
            Path original = nginx.file("file", 200_000, new Random(8));
            key(stage, "service.key");
            key(stage, "client.key");
            Child protect = protect(stage, nginx);
            Child connect = connect(stage, protect);
            String client = connect.awaitLine("connected: as client ");
            assertFetches(stage, connect, original);
            assertLogged(nginx, client);

            assertThat(ban(stage, client, "--limit", LIMITS.replace(' ', ','))).containsExactly(
                    "limited " + client + " to " + LIMITS);
            assertFetches(stage, connect, original);
            assertThat(session(stage).path("advertisedPacketsPerSecond").asInt()).isEqualTo(60);
            assertThat(protect.terminate()).isZero();

            Child again = protect(stage, nginx);
            assertThat(ban(stage, "--list")).as("kept beside the key").containsExactly(client + " " + LIMITS);
            assertThat(connect.terminate()).isZero();
            Child anew = connect(stage, again); // its embedded swarm is elsewhere
            anew.awaitLine("connected: as client " + client);
            assertThat(ban(stage, client)).containsExactly("banned " + client);
            assertThat(anew.awaitExit()).as(stage::toString).isEqualTo(FAILED);
            assertThat(anew.err()).singleElement().asString().endsWith("the service has banned this client");
            assertThat(ban(stage, "--remove", client)).containsExactly("no longer banned or limited: " + client);
            assertThat(ban(stage, "--list")).isEmpty();
            Child free = connect(stage, again);
            free.awaitLine("connected: as client " + client);
        }
    }

    private static void key(Stage stage, String file) {
        assertThat(stage.schiltron("key", "new", file).awaitExit()).isZero();
    }

    private static Child protect(Stage stage, Nginx nginx) {
        Child protect = stage.schiltron("protect", nginx.address(), "--key", "service.key", "--proxy-protocol");
        protect.awaitLine("metrics: ");
        return protect;
    }

    private static Child connect(Stage stage, Child protect) {
        return stage.schiltron("connect", protect.awaitLine("link: "), "--listen", "127.0.0.1:0", "--key",
                "client.key");
    }

    private static void assertFetches(Stage stage, Child connect, Path original) {
        Curl curl = Curl.start(stage, "http://" + connect.awaitLine("listen: tcp ") + "/file", "copy");
        assertThat(curl.exitCode()).as(stage::toString).isZero();
        assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));
    }

    /** The address is fdc6:fae0:51ca::/48 and the id's ten bytes. */
    private static void assertLogged(Nginx nginx, String client) {
        await("the request is logged").atMost(Child.LONGEST).untilAsserted(() -> {
            String[] words = Files.readString(nginx.log()).lines().findFirst().orElse("").split(" ", -1);
            assertThat(words).hasSize(2);
            byte[] address = InetAddress.ofLiteral(words[0]).getAddress();
            assertThat(address).startsWith(0xfd, 0xc6, 0xfa, 0xe0, 0x51, 0xca);
            StringBuilder bits = new StringBuilder();
            for (int i = 6; i < 16; i++)
                bits.append(Integer.toBinaryString(0x100 | address[i] & 0xff).substring(1));
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 80; i += 5)
                text.append("abcdefghijklmnopqrstuvwxyz234567".charAt(Integer.parseInt(bits.substring(i, i + 5), 2)));
            assertThat(text.toString()).isEqualTo(client);
            assertThat(Integer.parseInt(words[1])).isBetween(1_024, 65_535);
        });
    }

    private static List<String> ban(Stage stage, String... args) {
        String[] words = new String[args.length + 1];
        words[0] = "ban";
        System.arraycopy(args, 0, words, 1, args.length);
        Child ban = stage.schiltron(words);
        assertThat(ban.awaitExit()).as(stage::toString).isZero();
        return ban.out();
    }

    private static JsonNode session(Stage stage) {
        Child status = stage.schiltron("status", "protect", "--json");
        assertThat(status.awaitExit()).as(stage::toString).isZero();
        return JsonMapper.shared().readTree(String.join("\n", status.out())).path("roles").get(0).path("sessions")
                .get(0);
    }
}
