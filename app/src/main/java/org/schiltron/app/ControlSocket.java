package org.schiltron.app;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A running role's ear for {@code status}, {@code ban} and {@code move}: one JSON object on one line in, one out, then the connection
 * closes. Requests come from the same user alone (see {@link ControlDirectory}); even so each is bounded in length,
 * time and number.
 */
final class ControlSocket implements AutoCloseable {
    /** Bytes of a request with its newline. */
    static final int MAX_REQUEST = 4_096;
    /** Connections at once; more are closed unanswered. */
    static final int MAX_CONNECTIONS = 16;
    private static final Duration TIME_FOR_ONE = Duration.ofSeconds(5);

    private final Path path;
    private final Function<JsonNode, ObjectNode> answer;
    private final Consumer<ObjectNode> answered;
    private final LocalServer server;

    private ControlSocket(Path path, ServerSocketChannel listener, Function<JsonNode, ObjectNode> answer,
            Consumer<ObjectNode> answered) {
        this.path = path;
        this.answer = answer;
        this.answered = answered;
        server = LocalServer.start("control", listener, MAX_CONNECTIONS, TIME_FOR_ONE, this::serve);
    }

    /**
     * Listens until closed.
     *
     * @param answer   called from several threads; a {@link Failure} it throws is sent back as {@code {"error": line}}
     * @param answered called with an answer when it has been sent, or could not be
     */
    static ControlSocket open(ControlDirectory directory, String role, Function<JsonNode, ObjectNode> answer,
            Consumer<ObjectNode> answered) {
        Json.touch();
        directory.prepare();
        directory.live(); // for its cleaning
        Path path = directory.socketOf(role, ProcessHandle.current().pid());
        try {
            Files.deleteIfExists(path); // of an earlier process with our number
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(path));
            return new ControlSocket(path, listener, answer, answered);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot listen there: " + Reason.of(e), e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next role or status removes it.
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        ObjectNode reply = answerTo(readLine(channel, MAX_REQUEST));
        try {
            writeLine(channel, reply);
        } finally {
            answered.accept(reply);
        }
    }

    private ObjectNode answerTo(String line) {
        try {
            return answer.apply(Json.MAPPER.readTree(line));
        } catch (Failure e) {
            return Json.MAPPER.createObjectNode().put("error", e.line());
        } catch (JacksonException e) {
            return Json.MAPPER.createObjectNode().put("error", "the request is not a JSON object on one line");
        }
    }

    /** Reads up to a newline or the end; the newline is not part of what is returned. */
    static String readLine(SocketChannel channel, int maxBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(maxBytes, 65_536));
        while (true) {
            int read = channel.read(buffer);
            int end = buffer.position();
            if (end > 0 && buffer.get(end - 1) == '\n' || read < 0)
                return new String(buffer.array(), 0, end, StandardCharsets.UTF_8).strip();
            if (!buffer.hasRemaining()) {
                if (buffer.capacity() >= maxBytes)
                    throw new IOException("line longer than " + maxBytes + " bytes");
                ByteBuffer larger = ByteBuffer.allocate(Math.min(maxBytes, 2 * buffer.capacity()));
                buffer = larger.put(buffer.flip());
            }
        }
    }

    static void writeLine(SocketChannel channel, JsonNode node) throws IOException {
        ByteBuffer bytes = ByteBuffer
                .wrap((Json.MAPPER.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining())
            channel.write(bytes);
    }
}
