/** Scenarios in real time, with real programs in network namespaces at their leaves. */
@org.jspecify.annotations.NullMarked module org.schiltron.lab {
    requires transitive org.jspecify;
    requires transitive org.schiltron.scenario;
    requires org.schiltron.host;
    requires HdrHistogram;

    exports org.schiltron.lab;
}
