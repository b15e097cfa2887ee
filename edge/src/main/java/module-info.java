/** Edges as machines: what clients open with, trunks, routes, legs, authenticators, modes. */
@org.jspecify.annotations.NullMarked module org.schiltron.edge {
    requires transitive org.jspecify;
    requires transitive org.schiltron.proof;

    exports org.schiltron.edge;
}
