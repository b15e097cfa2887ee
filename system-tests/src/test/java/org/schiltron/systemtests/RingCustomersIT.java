package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running ring node is told of other customers by its file and SIGHUP. */
class RingCustomersIT {
    private static final long BIG = 10_000_000;

    @TempDir
    Path directory;

    @Test
    void customersComeAndGoUnderTheOthersTransfers() throws IOException {
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.start(stage, "127.0.0.1");
            Path original = nginx.file("big", BIG, new Random(7));
            String first = key(stage, "first.key");
            String second = key(stage, "second.key");
            List<String> mailboxes = List.of(mailbox(stage), mailbox(stage));
            Path file = directory.resolve("ring.toml");
            write(file, first);
            Child ring = stage.schiltron("ring", "--listen", "127.0.0.1:0", "-c", file.toString());
            String at = ring.awaitLine("ring: ");
            String front = connect(stage, protect(stage, nginx, "first.key", mailboxes, at));
            Socket socket = get(front);
            InputStream transfer = body(socket);
            byte[] before = transfer.readNBytes(100_000); // and no more: the rest waits

            write(file, first, second);
            ring.hangUp();
            assertThat(ring.awaitLine("customers: ")).isEqualTo("2 may enrol, 1 of them new, 0 dropped");
            Child other = protect(stage, nginx, "second.key", mailboxes, at);
            other.awaitLine("metrics: ");
            assertThat(ring(stage).path("processes").asInt()).isEqualTo(2);

            write(file, first, second.substring(1));
            ring.hangUp();
            await("it says what is wrong").atMost(Child.LONGEST).untilAsserted(
                    () -> assertThat(ring.err()).singleElement().asString().contains("ring.toml:3", "customer")
                            .endsWith("nothing has changed"));
            assertThat(ring(stage).path("processes").asInt()).isEqualTo(2);

            write(file, first);
            ring.hangUp();
            await("the second is dropped").atMost(Child.LONGEST)
                    .until(() -> ring.out().contains("customers: 1 may enrol, 0 of them new, 1 dropped"));
            assertThat(ring(stage).path("processes").asInt()).isEqualTo(1);
            await("it is kept out").atMost(Child.LONGEST)
                    .until(() -> ring(stage).path("drops").path("not_enrolled").asLong() > 0);

            ByteArrayOutputStream arrived = new ByteArrayOutputStream();
            arrived.write(before);
            transfer.transferTo(arrived);
            assertThat(Arrays.equals(arrived.toByteArray(), Files.readAllBytes(original))).as(stage::toString).isTrue();
            socket.close();
            assertThat(ring.terminate()).isZero();
        }
    }

    private static Socket get(String front) throws IOException {
        int colon = front.lastIndexOf(':');
        Socket socket = new Socket(InetAddress.ofLiteral(front.substring(0, colon)),
                Integer.parseInt(front.substring(colon + 1)));
        socket.setSoTimeout((int) Child.LONGEST.toMillis());
        socket.getOutputStream().write("GET /big HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** After the header. */
    private static InputStream body(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        for (int newlines = 0; newlines < 2;) {
            int next = in.read();
            if (next < 0)
                throw new IOException("the answer ends within its header");
            newlines = next == '\n' ? newlines + 1 : next == '\r' ? newlines : 0;
        }
        return in;
    }

    private static String key(Stage stage, String file) {
        Child made = stage.schiltron("key", "new", file);
        assertThat(made.awaitExit()).isZero();
        return made.awaitLine("");
    }

    private static String mailbox(Stage stage) {
        return stage.schiltron("mailbox", "--listen", "127.0.0.1:0").awaitLine("mailbox: ");
    }

    /** One key a line, the first on line 2. */
    private static void write(Path file, String... keys) throws IOException {
        Files.writeString(file, "customer = [\n\"" + String.join("\",\n\"", keys) + "\"\n]\n");
    }

    private static Child protect(Stage stage, Nginx nginx, String key, List<String> mailboxes, String ring) {
        Child protect = stage.schiltron("protect", nginx.address(), "--key", key, "--mailbox", mailboxes.getFirst(),
                mailboxes.getLast(), "--ring", ring);
        protect.awaitLine("link: ");
        return protect;
    }

    private static String connect(Stage stage, Child protect) {
        Child connect = stage.schiltron("connect", protect.awaitLine("link: "), "--listen", "127.0.0.1:0");
        connect.awaitLine("connected: ");
        return connect.awaitLine("listen: tcp ");
    }

    private static JsonNode ring(Stage stage) {
        Child status = stage.schiltron("status", "ring", "--json");
        assertThat(status.awaitExit()).as(stage::toString).isZero();
        return JsonMapper.shared().readTree(String.join("\n", status.out())).path("roles").get(0);
    }
}
