package org.schiltron.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A router on loopback that waits to be connected to, as AS {@link #AS}. It can be killed and started again in the same
 * place.
 */
abstract class BgpPeer {
    static final int AS = 65_002;
    static final int OUR_AS = 65_001;

    /** {@link #rules}: what is done with the rule's packets, in the router's words. */
    static final String NO_ACTIONS = "";

    private final Stage stage;
    private final Path directory;
    private final int port = Stage.freePort();
    private @Nullable Child child;

    BgpPeer(Stage stage, String name) {
        this.stage = stage;
        directory = stage.newDirectory(name);
    }

    /** What it has, in the words of its own tools: rules, and the extended communities of each. */
    abstract Map<String, String> rules();

    abstract List<String> command();

    Map<String, String> environment() {
        return Map.of();
    }

    /** Does not wait until it listens: a connection made to see that would be taken for the neighbour's. */
    final void start() {
        child = stage.start(command(), environment());
    }

    final Child child() {
        Child started = child;
        if (started == null)
            throw new IllegalStateException("not started");
        return started;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    final int port() {
        return port;
    }

    final Path directory() {
        return directory;
    }

    /** Writes a file into the router's own directory. */
    final Path file(String name, String content) {
        try {
            return Files.writeString(directory.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a command says when it does well: a router may still be busy starting. */
    final List<String> ask(String... command) {
        return await(String.join(" ", command)).atMost(Child.LONGEST).until(() -> {
            Child asked = stage.start(List.of(command));
            return asked.awaitExit() == 0 ? asked.out() : null;
        }, Objects::nonNull);
    }
}
