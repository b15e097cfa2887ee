/** The tables of docs/PERFORMANCE.md. */
@org.jspecify.annotations.NullMarked module org.schiltron.bench {
    requires org.jspecify;
    requires org.schiltron.host;
    requires org.schiltron.enforce;
    requires org.schiltron.sim;
    requires org.schiltron.figures;
    requires org.schiltron.internet;
    requires com.google.common;
    requires jdk.management;
}
