/**
 * Edges: what plain clients open with, how they are let in, and the routes and legs behind. No socket, clock or
 * thread.
 */
@org.jspecify.annotations.NullMarked module org.schiltron.edge {
    requires transitive org.jspecify;
    requires transitive org.schiltron.machine;
    requires transitive org.schiltron.proof;
    requires bcrypt;

    exports org.schiltron.edge;
}
