package org.schiltron.relay;

import java.util.ArrayList;
import java.util.function.Consumer;

/** A loop and the connections that live on it. Used on the loop's thread. */
final class Shard {
    private final EventLoop loop;
    private final ArrayList<Connection> connections = new ArrayList<>();

    Shard(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    void add(Connection connection) {
        connection.index = connections.size();
        connections.add(connection);
    }

    /** The last takes its place. */
    void remove(Connection connection) {
        Connection last = connections.removeLast();
        if (last != connection) {
            connections.set(connection.index, last);
            last.index = connection.index;
        }
    }

    boolean isEmpty() {
        return connections.isEmpty();
    }

    /** Those that are there now; the action may close any. */
    void forEach(Consumer<Connection> action) {
        for (Connection connection : connections.toArray(Connection[]::new))
            action.accept(connection);
    }
}
