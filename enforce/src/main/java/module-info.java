/** A ring's rules put in force in kernels and routers. */
@org.jspecify.annotations.NullMarked module org.schiltron.enforce {
    requires transitive org.jspecify;
    requires transitive org.schiltron.filter;
    requires org.schiltron.host;
    requires tools.jackson.databind;

    exports org.schiltron.enforce;
}
