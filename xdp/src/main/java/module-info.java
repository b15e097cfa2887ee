/** A ring in XDP: BPF programs, what loads them, and their maps. */
@org.jspecify.annotations.NullMarked module org.schiltron.xdp {
    requires transitive org.jspecify;
    requires transitive org.schiltron.filter;

    exports org.schiltron.xdp;
}
