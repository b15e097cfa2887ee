/** Command line, demo, status. */
@org.jspecify.annotations.NullMarked module org.schiltron.app {
    requires transitive org.jspecify;
    requires transitive org.schiltron.host;
    requires org.schiltron.sim;

}
