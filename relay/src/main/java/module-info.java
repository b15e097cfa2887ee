/** The sockets and threads of an edge: clients' TCP, TLS and UDP, relayed along legs to a backend. */
@org.jspecify.annotations.NullMarked module org.schiltron.relay {
    requires transitive org.jspecify;
    requires transitive org.schiltron.edge;
    requires transitive org.schiltron.host;
    requires java.management;
    requires jdk.management;

    exports org.schiltron.relay;
    exports org.schiltron.relay.openings;
    exports org.schiltron.relay.routes;
}
