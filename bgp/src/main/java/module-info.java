/** A BGP speaker that announces FlowSpec routes and takes none. */
@org.jspecify.annotations.NullMarked module org.schiltron.bgp {
    requires transitive org.jspecify;
    requires transitive org.schiltron.machine;

    exports org.schiltron.bgp;
}
