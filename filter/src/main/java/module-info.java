/** A ring's rules: read, checked, and compiled to gates in Java and to what kernels and routers understand. */
@org.jspecify.annotations.NullMarked module org.schiltron.filter {
    requires transitive org.jspecify;
    requires transitive org.schiltron.bgp;
    requires transitive org.schiltron.ring;
    requires transitive org.schiltron.toml;

    exports org.schiltron.filter;
}
