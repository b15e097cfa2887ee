package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ControlTest {
    @TempDir
    Path parent;

    private ControlDirectory directory;

    @BeforeEach
    void name() {
        directory = new ControlDirectory(parent.resolve("schiltron"));
    }

    private static ObjectNode answer(JsonNode request) {
        if (!request.path("ask").asString("").equals("status"))
            throw new Failure(Exit.USAGE, "unknown request");
        return Json.MAPPER.createObjectNode().put("role", "mailbox").put("pid", 1);
    }

    @Test
    void rolesAnswerUntilClosed() throws IOException {
        try (ControlSocket _ = ControlSocket.open(directory, "mailbox", ControlTest::answer, _ -> {
        })) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                    .isEqualTo("rwx------");
            assertThat(ControlClient.askAll(directory, null, ControlClient.request("status")))
                    .singleElement().satisfies(a -> assertThat(a.path("role").asString()).isEqualTo("mailbox"));
            assertThat(failure(null, "dance")).isEqualTo(Exit.FAILED);
            assertThat(failure("protect", "status")).isEqualTo(Exit.NOT_RUNNING);
        }
        assertThat(failure(null, "status")).isEqualTo(Exit.NOT_RUNNING);
        assertThat(directory.path()).isEmptyDirectory();
    }

    @Test
    void socketsOfKilledRolesAreRemoved() throws IOException {
        directory.prepare();
        Path stale = directory.socketOf("ring", 999_999_999L);
        ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        killed.bind(UnixDomainSocketAddress.of(stale));
        killed.close();
        assertThat(stale).exists();
        try (ControlSocket _ = ControlSocket.open(directory, "ring", ControlTest::answer, _ -> {
        })) {
            assertThat(stale).doesNotExist();
            assertThat(ControlClient.askAll(directory, null, ControlClient.request("status"))).hasSize(1);
        }
    }

    @Test
    void aRoleThatDoesNotAnswerIsNamed() throws IOException {
        directory.prepare();
        Path silent = directory.socketOf("ring", 1);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(silent));
            Failure failure = catchThrowableOfType(Failure.class,
                    () -> ControlClient.ask(silent, ControlClient.request("status"), Duration.ofMillis(50)));
            assertThat(failure.exit()).isEqualTo(Exit.FAILED);
            assertThat(failure.line()).startsWith(silent + ": no answer in 0.05 s:");
        }
    }

    @Test
    void aDirectoryOthersMayEnterIsRefused() throws IOException {
        Files.createDirectory(directory.path(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Failure failure = catchThrowableOfType(Failure.class, directory::prepare);
        assertThat(failure.line()).contains("must be a directory of yours with mode 0700");
    }

    @Test
    void rubbishIsAnsweredOrCutOff() throws IOException {
        try (ControlSocket _ = ControlSocket.open(directory, "ring", ControlTest::answer, _ -> {
        })) {
            assertThat(send("not json\n")).contains("error");
            assertThat(send("{\"ask\":\"" + "x".repeat(ControlSocket.MAX_REQUEST) + "\"}\n")).isEmpty();
            assertThat(ControlClient.askAll(directory, "ring", ControlClient.request("status"))).hasSize(1);
        }
    }

    private String send(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.live().getFirst()))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            return ControlSocket.readLine(channel, 4_096);
        } catch (IOException cutOff) {
            return "";
        }
    }

    private Exit failure(@Nullable String role, String ask) {
        return catchThrowableOfType(Failure.class,
                () -> ControlClient.askAll(directory, role, ControlClient.request(ask))).exit();
    }
}
