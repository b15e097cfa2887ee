/** The tables of docs/PERFORMANCE.md. */
@org.jspecify.annotations.NullMarked module org.schiltron.bench {
    requires org.jspecify;
    requires org.schiltron.host;
    requires org.schiltron.sim;
    requires com.google.common;
    requires jdk.management;
}
