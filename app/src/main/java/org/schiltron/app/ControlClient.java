package org.schiltron.app;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks the roles running on this machine, as the same user. */
final class ControlClient {
    /** Bytes of an answer: of a service with 10,000 sessions the status is about 4 MB, the hand-over 8. */
    private static final int MAX_ANSWER = 64 << 20;
    private static final Duration TIME_FOR_ONE = Duration.ofSeconds(10);

    private ControlClient() {
    }

    static ObjectNode request(String ask) {
        return Json.MAPPER.createObjectNode().put("ask", ask);
    }

    /**
     * The answers of every role, or of those of one kind.
     *
     * @throws Failure with {@link Exit#NOT_RUNNING} when there is none, or with what a role refused
     */
    static List<ObjectNode> askAll(ControlDirectory directory, @Nullable String role, ObjectNode request) {
        List<ObjectNode> answers = new ArrayList<>();
        for (Path socket : directory.live()) {
            if (role == null || String.valueOf(socket.getFileName()).startsWith(role + "-"))
                answers.add(ask(socket, request));
        }
        if (answers.isEmpty())
            throw new Failure(Exit.NOT_RUNNING, "no " + (role == null ? "role" : "\"" + role + "\"")
                    + " of this user is running on this machine (looked in " + directory.path() + ")");
        return answers;
    }

    /**
     * The answer of the one role of that kind, or of the process {@code pid}.
     *
     * @param pid null: there must be one only
     */
    static ObjectNode askOne(ControlDirectory directory, String role, @Nullable Long pid, ObjectNode request,
            Duration time) {
        List<Path> found = directory.live().stream()
                .filter(socket -> pid == null
                        ? String.valueOf(socket.getFileName()).startsWith(role + "-")
                        : socket.equals(directory.socketOf(role, pid)))
                .toList();
        if (found.isEmpty())
            throw new Failure(Exit.NOT_RUNNING, "no \"" + role + "\"" + (pid == null ? "" : " with process id " + pid)
                    + " of this user is running on this machine (looked in " + directory.path() + ")");
        if (found.size() > 1)
            throw new Failure(Exit.USAGE, "there are " + found.size() + " of role \"" + role
                    + "\" on this machine: say which with --pid (schiltron status lists them)");
        return ask(found.getFirst(), request, time);
    }

    private static ObjectNode ask(Path socket, ObjectNode request) {
        return ask(socket, request, TIME_FOR_ONE);
    }

    static ObjectNode ask(Path socket, ObjectNode request, Duration time) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Thread timer = Thread.ofVirtual().start(() -> LocalServer.closeAfter(channel, time));
            try {
                ControlSocket.writeLine(channel, request);
                String line = ControlSocket.readLine(channel, MAX_ANSWER);
                if (!(Json.MAPPER.readTree(line) instanceof ObjectNode answer))
                    throw new IOException("the answer is not a JSON object");
                JsonNode error = answer.get("error");
                if (error != null)
                    throw new Failure(Exit.FAILED, error.asString());
                return answer;
            } finally {
                timer.interrupt();
            }
        } catch (ClosedChannelException e) {
            throw new Failure(Exit.FAILED, socket + ": no answer in " + time.toMillis() / 1e3
                    + " s: the role is too busy, or has no file descriptor left", e);
        } catch (IOException | JacksonException e) {
            throw new Failure(Exit.FAILED,
                    socket + ": no answer: " + (e instanceof IOException io ? Reason.of(io) : "not JSON"), e);
        }
    }
}
